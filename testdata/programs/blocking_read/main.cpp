// On one processor a goroutine waits in read() for input that comes late; the
// others finish first.
#include <csp/csp.h>
#include <unistd.h>

#include <cstdio>

int collatz_steps(long number) {
  int steps = 0;
  for (; number != 1; ++steps) {
    number = number % 2 == 0 ? number / 2 : 3 * number + 1;
  }
  return steps;
}

int main() {
  csp::gomaxprocs(1);
  auto input = csp::make_chan<char>();
  csp::go([input] {
    char letter = '?';
    const auto size =
        csp::blocking([&] { return ::read(STDIN_FILENO, &letter, 1); });
    input << (size == 1 ? letter : '-');
  });

  csp::wait_group all;
  auto longest = csp::make_chan<int>(4);
  for (long part = 0; part < 4; ++part) {
    all.go([longest, part] {
      int most = 0;
      for (long number = part * 5000 + 1; number <= (part + 1) * 5000;
           ++number) {
        const int steps = collatz_steps(number);
        if (steps > most) most = steps;
        if (number % 1000 == 0) csp::yield();
      }
      longest << most;
    });
  }
  all.wait();
  longest.close();
  int most = 0;
  for (int steps : longest) {
    if (steps > most) most = steps;
  }
  std::printf("longest: %d\n", most);
  std::fflush(stdout);
  std::printf("then read: %c\n", *input.recv());
}
