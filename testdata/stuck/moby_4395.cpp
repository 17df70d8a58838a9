// The error of a function that runs beside its caller goes to a channel that
// the caller throws away.
// leak: no receiver left
#include <csp/csp.h>

#include <exception>
#include <functional>
#include <stdexcept>

csp::recv_chan<std::exception_ptr> promise(std::function<void()> run) {
  auto result = csp::make_chan<std::exception_ptr>(FIXED ? 1 : 0);
  csp::go([=] {
    std::exception_ptr error;
    try {
      run();
    } catch (...) {
      error = std::current_exception();
    }
    result << error;  // knot: chan send
  });
  return result;
}

int main() {
  promise([] { throw std::runtime_error("no such device"); });
  csp::yield();
}
