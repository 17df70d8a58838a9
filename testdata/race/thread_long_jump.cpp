// A long jump leaves functions without their saying so.
#include <setjmp.h>

#include <thread>

int data = 0;

[[gnu::noinline]] void leap(jmp_buf& to, int depth) {
  if (depth == 0) longjmp(to, 1);
  leap(to, depth - 1);
  data += 0;
}

void work() {
  jmp_buf place;
  for (volatile int i = 0; i != 100;) {
    const int next = i + 1;
    i = next;
    if (setjmp(place) == 0) leap(place, 10);
  }
#ifdef RACY
  data = 1;
#endif
}

int main() {
  std::thread one(work);
  std::thread two(work);
  one.join();
  two.join();
  return 0;
}
