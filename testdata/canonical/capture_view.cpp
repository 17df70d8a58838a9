// What the view shows is gone before the goroutine looks.
#include <csp/csp.h>

#include <string>
#include <string_view>

void print(std::string_view text);

void start() {
  const std::string text = "hello";
#ifndef FIXED
  std::string_view view = text;
  csp::go([view] { print(view); });  // want "a view of what this function"
#else
  csp::go([text] { print(text); });
#endif
}
