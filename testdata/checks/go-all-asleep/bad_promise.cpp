// A promise that is kept on one way only.
#include <future>
#include <thread>

int main(int count, char**) {
  std::promise<void> ready;
  std::thread worker([&] {
    if (count > 1) return;
    ready.set_value();
  });
  ready.get_future().wait();  // want "waits for the value of 'ready'"
  worker.join();
}
