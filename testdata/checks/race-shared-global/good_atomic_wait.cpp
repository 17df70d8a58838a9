// wait() returns when it has seen the store, and what was written before.
#include <atomic>
#include <thread>

int data = 0;
std::atomic<bool> ready{false};

int main() {
  std::thread producer([] {
    data = 5;
    ready.store(true, std::memory_order_release);
    ready.notify_one();
  });
  ready.wait(false, std::memory_order_acquire);
  const int seen = data;
  producer.join();
  return seen == 5 ? 0 : 1;
}
