// Two goroutines on one processor take turns at each yield.
#include <csp/csp.h>

#include <cstdio>

void say(const char* word) {
  for (int i = 0; i < 5; ++i) {
    csp::yield();
    std::puts(word);
  }
}

int main() {
  csp::gomaxprocs(1);
  csp::go(say, "world");
  say("hello");
}
