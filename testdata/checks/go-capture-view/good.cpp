// A copy; a view that is waited for; a view of a literal.
#include <csp/csp.h>

#include <string>
#include <string_view>

void write(std::string_view);

void log(std::string_view line) {
  csp::go([text = std::string(line)] { write(text); });
}

void log_now(std::string_view line) {
  auto done = csp::make_chan<csp::unit>();
  csp::go([line, done] {
    write(line);
    done.close();
  });
  done.recv();
}

void hello() {
  std::string_view text = "hello";
  csp::go([text] { write(text); });
}
