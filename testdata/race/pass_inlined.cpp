// A check that is made in place: what the goroutine did before it released
// something says nothing of what it does afterwards.
#include <mutex>
#include <thread>

std::mutex mutex;
bool released = false;
long values[2];

[[gnu::noinline]] void put(long* value, long content) { *value = content; }

bool is_released() {
  const std::scoped_lock guard(mutex);
  return released;
}

int main() {
  std::thread other([] {
    for (int i = 0; i < 3; ++i) put(&values[0], i);
    {
      const std::scoped_lock guard(mutex);
      released = true;
    }
#ifdef RACY
    put(&values[0], 3);
#else
    put(&values[1], 3);
#endif
  });
  while (!is_released()) std::this_thread::yield();
  const long seen = values[0];
  other.join();
  return seen < 0 ? 1 : 0;
}
