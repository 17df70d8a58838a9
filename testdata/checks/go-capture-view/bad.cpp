// The caller's string may be a temporary.
#include <csp/csp.h>

#include <string_view>

void write(std::string_view);

void log(std::string_view line) {
  csp::go([line] { write(line); });  // want "the goroutine keeps 'line', a view"
}
