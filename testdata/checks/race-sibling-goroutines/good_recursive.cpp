// A recursive lock protects, although how often it is held is not modelled.
#include <mutex>
#include <thread>

class Tree {
 public:
  void add(int depth) {
    std::lock_guard<std::recursive_mutex> guard(mu_);
    ++nodes_;
    if (depth > 0) add(depth - 1);
  }
  int nodes() {
    std::lock_guard<std::recursive_mutex> guard(mu_);
    return nodes_;
  }

 private:
  std::recursive_mutex mu_;
  int nodes_ = 0;
};

int main() {
  Tree tree;
  std::thread first([&] { tree.add(2); });
  std::thread second([&] { tree.add(1); });
  first.join();
  second.join();
  return tree.nodes() == 5 ? 0 : 1;
}
