// Detached, it outlives the function.
#include <thread>

void use(int);

void run(int n) {
  int x = n + 1;
  std::thread([&x] { use(x); }).detach();  // want "the goroutine keeps a reference to 'x'"
}
