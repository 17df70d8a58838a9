// The block waits, by a call or when it ends.
#include <csp/csp.h>

#include <string>
#include <thread>

void use(const std::string&);

void greet(int count) {
  for (int i = 0; i < count; ++i) {
    const std::string name = std::to_string(i);
    csp::wait_group all;
    all.go([&name] { use(name); });
    all.wait();
  }
  for (int i = 0; i < count; ++i) {
    const std::string name = std::to_string(i);
    std::jthread other([&name] { use(name); });
  }
}
