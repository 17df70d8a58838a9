// Joined.
#include <thread>

void use(int);

void run(int n) {
  int x = n + 1;
  std::thread other([&x] { use(x); });
  other.join();
}
