// Looking up in a map while another thread inserts into it.
#include <map>
#include <mutex>
#include <thread>

std::map<int, int> numbers;
std::mutex guard;

void insert(int key) {
#ifndef RACY
  const std::lock_guard<std::mutex> lock(guard);
#endif
  numbers[key] = key;
}

int main() {
  std::thread one(insert, 1);
  std::thread two(insert, 2);
  one.join();
  two.join();
  return 0;
}
