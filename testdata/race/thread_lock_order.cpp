// Two threads take two locks in opposite orders; in the twin the first has
// ended before the second begins.
#include <atomic>
#include <mutex>
#include <thread>

std::mutex left;
std::mutex right;
std::atomic<bool> first_done{false};

void lock_both(std::mutex& one, std::mutex& other) {
  const std::lock_guard<std::mutex> a(one);
  const std::lock_guard<std::mutex> b(other);
}

int main() {
  std::thread first([] {
    lock_both(left, right);
    first_done = true;
  });
#ifndef RACY
  first.join();
#endif
  // So that the program does not deadlock; an atomic orders no locks.
  std::thread second([] {
    while (!first_done) std::this_thread::yield();
    lock_both(right, left);
  });
#ifdef RACY
  first.join();
#endif
  second.join();
  return 0;
}
