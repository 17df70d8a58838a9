// Plain variables that are read and written by atomic operations, of the
// standard library and of the compiler.
#include <atomic>
#include <thread>

static long hits = 0;
static int data = 0;
static int flag = 0;
static int other_data = 0;
static int other_flag = 0;

static void hit() { std::atomic_ref<long>(hits).fetch_add(1); }

static void publish() {
  data = 1;
  std::atomic_ref(flag).store(1, std::memory_order_release);
  other_data = 1;
  __atomic_store_n(&other_flag, 1, __ATOMIC_RELEASE);
}

static void use() {
  if (std::atomic_ref(flag).load(std::memory_order_acquire)) data = 2;
  if (__atomic_load_n(&other_flag, __ATOMIC_ACQUIRE)) other_data = 2;
}

int main() {
  {
    std::jthread one([] {
      hit();
      publish();
    });
    std::jthread two(hit);
    std::jthread three(use);
  }
  return static_cast<int>(hits);
}
