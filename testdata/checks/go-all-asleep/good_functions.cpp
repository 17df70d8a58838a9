// Called directly, as a goroutine, and from a lambda; main waits for input.
#include <csp/csp.h>

#include <iostream>
#include <string>

void f(std::string from) {
  for (int i = 0; i < 3; i++) std::cout << from << ": " << i << "\n";
}

int main() {
  f("direct");
  csp::go(f, "goroutine");
  csp::go([](std::string message) { std::cout << message << "\n"; }, "going");
  csp::blocking([] {
    std::string input;
    std::getline(std::cin, input);
  });
  std::cout << "done\n";
}
