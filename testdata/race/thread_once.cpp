// std::call_once orders its function before every return.
#include <mutex>
#include <thread>

std::once_flag flag;
int data = 0;

void use() {
#ifdef RACY
  static thread_local int unused = 0;
  if (data == 0) data = 5 + unused;
#else
  std::call_once(flag, [] { data = 5; });
#endif
  if (data != 5) __builtin_trap();
}

int main() {
  std::thread one(use);
  std::thread two(use);
  one.join();
  two.join();
  return 0;
}
