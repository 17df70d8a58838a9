// An atomic_ref orders nobody who does not use one, and a relaxed store
// publishes nothing.
#include <atomic>
#include <thread>

static long hits = 0;
static int data = 0;
static int flag = 0;

static void hit() {
  std::atomic_ref<long>(hits).fetch_add(1);  // want "data race on 'hits'"
}

static void publish() {
  data = 1;
  std::atomic_ref(flag).store(1, std::memory_order_relaxed);
}

static void use() {
  if (std::atomic_ref(flag).load(std::memory_order_acquire))
    data = 2;  // want "data race on 'data'"
}

int main() {
  std::jthread one([] {
    hit();
    publish();
  });
  std::jthread two(hit);
  std::jthread three(use);
  return static_cast<int>(hits);
}
