// What races is a member of the base, inside a member.
#include <thread>

struct Counters {
  int hits = 0;
  int misses = 0;
};

struct Base {
  Counters counters;
};

struct Shop : Base {
  int stock = 3;
};

int main() {
  Shop shop;
  std::thread first([&] { shop.counters.misses++; });
  std::thread second([&] { shop.counters.misses++; });  // want "'shop.counters.misses'"
  first.join();
  second.join();
}
