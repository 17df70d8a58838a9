// A latch that is counted down once too little.
#include <latch>
#include <thread>

int main() {
  std::latch done(2);
  std::thread worker([&] { done.count_down(); });
  done.wait();  // want "waits for 'done', whose counter is 1"
  worker.join();
}
