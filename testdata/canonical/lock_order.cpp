// Two locks that are taken in two orders.
#include <mutex>

std::mutex from;
std::mutex to;
int moved;

void move() {
  std::lock_guard<std::mutex> first(from);
  std::lock_guard<std::mutex> second(to);
  ++moved;
}

void move_back() {
#ifndef FIXED
  std::lock_guard<std::mutex> first(to);
  std::lock_guard<std::mutex> second(from);  // want "the other way round"
#else
  std::lock_guard<std::mutex> first(from);
  std::lock_guard<std::mutex> second(to);
#endif
  --moved;
}
