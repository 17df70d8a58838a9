// A goroutine that dies while main waits for it.
#include <csp/csp.h>

#include <cstdlib>

void break_down() { std::abort(); }

int main() {
  const auto answer = csp::make_chan<int>();
  csp::go([answer] {
    csp::set_goroutine_name("breaker");
    break_down();
    answer << 1;
  });
  answer.recv();
}
