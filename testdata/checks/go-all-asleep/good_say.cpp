// Two voices that take turns at one processor.
#include <csp/csp.h>

#include <iostream>
#include <string>

void say(std::string text) {
  for (int i = 0; i < 5; i++) {
    csp::yield();
    std::cout << text << "\n";
  }
}

int main() {
  csp::gomaxprocs(1);
  csp::go(say, "world");
  say("hello");
}
