// What lives on, and what is waited for.
#include <csp/csp.h>

#include <string>
#include <string_view>

void fixed(csp::chan<std::string_view> out) {
  out.send("text");
  static const std::string name = "text";
  out.send(name);
}

void given(csp::chan<int*> out, int* where) { out.send(where); }

void answered(csp::chan<std::string_view> out, csp::chan<csp::unit> done) {
  std::string name = "text";
  out.send(name);
  done.recv();
}
