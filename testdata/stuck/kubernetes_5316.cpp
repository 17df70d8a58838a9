// A request that took too long is given up; its result and its error have
// nobody to go to.
// leak: no receiver left
#include <csp/csp.h>

#include <functional>
#include <string>
#include <utility>

std::string finish_request(csp::recv_chan<csp::unit> timeout,
                           std::function<std::string()> request) {
  auto result = csp::make_chan<std::string>(FIXED ? 1 : 0);
  auto error = csp::make_chan<std::string>(FIXED ? 1 : 0);
  csp::go([=] {
    std::string text = request();
    if (text.empty()) {
      error << std::string("failed");
    } else {
      result << std::move(text);  // knot: chan send
    }
  });
  std::string text;
  csp::select(csp::recv_case(result, [&](auto value) { text = *value; }),
              csp::recv_case(error, [&](auto value) { text = *value; }),
              csp::recv_case(timeout));
  return text;
}

int main() {
  auto late = csp::make_chan<csp::unit>();
  auto timeout = csp::make_chan<csp::unit>(1);
  timeout << csp::unit{};
  finish_request(timeout, [late] {
    late.recv();
    return std::string("text");
  });
  late.close();
  csp::yield();
}
