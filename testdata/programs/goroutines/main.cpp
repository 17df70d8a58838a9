// A function called directly, as a goroutine, and from a lambda as one; main
// waits for a line of input before it ends everything.
#include <csp/csp.h>

#include <cstdio>
#include <iostream>
#include <string>

void count_up(const std::string& from) {
  for (int i = 0; i < 3; ++i) {
    std::printf("%s : %d\n", from.c_str(), i);
    std::fflush(stdout);
  }
}

int main() {
  count_up("direct");
  csp::go(count_up, std::string("goroutine"));
  csp::go([](std::string message) { count_up(message); },
          std::string("lambda"));

  std::string line;
  std::getline(std::cin, line);
  std::puts("done");
}
