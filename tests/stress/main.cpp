// stress [SECONDS [SEED]]: random programs for that long, at GOMAXPROCS
// processors. A failure prints its seed, and `stress 0 SEED` runs that program
// alone, a hundred times. A hang is ended by SIGQUIT, which prints every
// goroutine.
#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <random>
#include <string>

#include "csp/csp.h"
#include "tests/stress/stress.h"

namespace {

constexpr unsigned kSecondsOfOneProgram = 30;

/// Until it is wound up again.
void wind_up_watchdog(unsigned seconds) {
  struct sigaction action{};
  action.sa_handler = [](int) { kill(getpid(), SIGQUIT); };
  sigaction(SIGALRM, &action, nullptr);
  alarm(seconds);
}

bool right(std::uint32_t seed) {
  wind_up_watchdog(kSecondsOfOneProgram);
  const std::string wrong = seed % 4 == 0 ? stress::check_large_program(seed)
                                          : stress::check_small_history(seed);
  if (wrong.empty()) return true;
  std::cerr << "stress: seed " << seed << ", GOMAXPROCS " << csp::gomaxprocs()
            << ": " << wrong << std::endl;
  return false;
}

// What the watchdog is there for: a goroutine that will never go on, though
// nothing says so.
int hang() {
  wind_up_watchdog(1);
  csp::go([] {
    csp::set_goroutine_name("stuck");
    csp::make_chan<int>().recv();
  });
  for (;;) csp::sleep_for(std::chrono::milliseconds(1));
}

}  // namespace

int main(int argc, char** argv) {
  const std::string first = argc > 1 ? argv[1] : "1";
  if (first == "hang") return hang();
  const int seconds = std::atoi(first.c_str());
  std::uint32_t seed =
      argc > 2 ? static_cast<std::uint32_t>(std::strtoul(argv[2], nullptr, 10))
               : std::random_device()();
  std::cout << "stress: first seed " << seed << ", GOMAXPROCS "
            << csp::gomaxprocs() << std::endl;
  if (seconds == 0) {
    for (int i = 0; i < 100; ++i) {
      if (!right(seed)) return 1;
    }
    return 0;
  }
  const auto end =
      std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
  std::uint32_t count = 0;
  while (std::chrono::steady_clock::now() < end) {
    if (!right(seed + count)) return 1;
    ++count;
  }
  std::cout << "stress: " << count << " programs" << std::endl;
}
