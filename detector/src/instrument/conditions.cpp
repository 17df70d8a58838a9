// What std::condition_variable_any sleeps on in programs compiled for
// detection: csp/internal/instrumented_waiting.h.
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <ctime>
#include <limits>

extern "C" {

void __csp_sleep_while(const unsigned* turn, unsigned old,
                       long long ns) noexcept {
  constexpr long long kSecond = 1'000'000'000;
  timespec left{};
  left.tv_sec = ns / kSecond;
  left.tv_nsec = ns % kSecond;
  syscall(SYS_futex, turn, FUTEX_WAIT_PRIVATE, old, ns < 0 ? nullptr : &left);
}

void __csp_wake(const unsigned* turn, bool all) noexcept {
  syscall(SYS_futex, turn, FUTEX_WAKE_PRIVATE,
          all ? std::numeric_limits<int>::max() : 1);
}

}  // extern "C"
