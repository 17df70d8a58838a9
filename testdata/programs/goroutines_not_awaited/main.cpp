// As goroutines, but main does not wait: the goroutines end with it, wherever
// they are.
#include <csp/csp.h>

#include <cstdio>
#include <string>

void count_up(const std::string& from) {
  for (int i = 0; i < 3; ++i) {
    std::printf("%s : %d\n", from.c_str(), i);
  }
}

int main() {
  count_up("direct");
  csp::go(count_up, std::string("goroutine"));
  csp::go([](std::string message) { count_up(message); },
          std::string("lambda"));
}
