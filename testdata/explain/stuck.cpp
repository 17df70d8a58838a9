// A consumer that keeps a lock while it waits, a producer that needs the lock
// first, and main, which waits for the producer. A goroutine that only sleeps
// keeps the program from being a deadlock. With one processor it says that it
// is ready once the others wait.
#include <csp/csp.h>

#include <chrono>
#include <cstdio>

void consume(const csp::chan<int>& numbers, csp::mutex& lock,
             csp::wait_group& has_lock) {
  csp::set_goroutine_name("consumer");
  lock.lock();
  has_lock.done();
  numbers.recv();
  lock.unlock();
}

void produce(const csp::chan<int>& numbers, csp::mutex& lock) {
  csp::set_goroutine_name("producer");
  lock.lock();
  numbers << 1;
  lock.unlock();
}

int main() {
  const auto numbers = csp::make_chan<int>();
  csp::mutex lock;
  csp::wait_group has_lock;
  has_lock.add(1);
  csp::go([&] { consume(numbers, lock, has_lock); });
  has_lock.wait();
  csp::wait_group produced;
  produced.add(1);
  csp::go([&] {
    produce(numbers, lock);
    produced.done();
  });
  csp::go([] {
    csp::yield();
    std::puts("ready");
    std::fflush(stdout);
    for (;;) csp::sleep_for(std::chrono::hours(1));
  });
  produced.wait();
}
