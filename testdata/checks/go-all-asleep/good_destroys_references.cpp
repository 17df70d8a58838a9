// What an object refers to does not end with it, though it be of its own type,
// or a thread.
#include <mutex>
#include <thread>

struct Node {
  Node& parent;
  std::jthread& worker;
};

int main() {
  std::mutex mu;
  mu.lock();
  std::jthread worker([&] {
    mu.lock();
    mu.unlock();
  });
  {
    Node node{node, worker};
  }
  mu.unlock();
}
