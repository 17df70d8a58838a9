// Two threads push.
#include <thread>
#include <vector>

std::size_t run() {
  std::vector<int> all;
  std::thread other([&] { all.push_back(1); });  // want "data race on the container 'all'"
  all.push_back(2);
  other.join();
  return all.size();
}
