// The element itself; a copy; or waited for in the same turn.
#include <csp/csp.h>

#include <thread>
#include <vector>

void use(int);

int main() {
  std::vector<int> values = {1, 2, 3};
  csp::wait_group all;
  for (int& value : values) all.go([&value] { value *= 2; });
  all.wait();
  for (int value : values) all.go([value] { use(value); });
  all.wait();
  for (int value : values) {
    all.go([&value] { use(value); });
    all.wait();
  }
  for (int value : values) {
    std::jthread other([&value] { use(value); });
  }
}
