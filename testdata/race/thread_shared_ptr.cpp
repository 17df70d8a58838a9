// The count of a shared_ptr orders the last user's destruction after the
// others' uses; the object itself is anybody's.
#include <memory>
#include <thread>

int main() {
  auto shared = std::make_shared<int>(0);
  std::thread one([shared] {
#ifdef RACY
    *shared = 1;
#else
    if (*shared != 0) __builtin_trap();
#endif
  });
  std::thread two([shared = std::move(shared)] {
#ifdef RACY
    *shared = 2;
#else
    if (*shared != 0) __builtin_trap();
#endif
  });
  one.join();
  two.join();
  return 0;
}
