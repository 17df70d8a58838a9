// Caught and sent; a future carries it.
#include <csp/csp.h>

#include <exception>
#include <future>
#include <stdexcept>

bool work();

void run(csp::chan<std::exception_ptr> errors) {
  csp::go([errors] {
    try {
      if (!work()) throw std::runtime_error("failed");
    } catch (...) {
      errors << std::current_exception();
    }
  });
}

bool ask() {
  auto future = std::async(std::launch::async, [] {
    if (!work()) throw std::runtime_error("failed");
    return true;
  });
  return future.get();
}
