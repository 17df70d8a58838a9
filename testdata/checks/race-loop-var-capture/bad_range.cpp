// Each turn's element ends with the turn.
#include <csp/csp.h>

#include <vector>

void use(int);

int main() {
  std::vector<int> values = {1, 2, 3};
  csp::wait_group all;
  for (int value : values)
    all.go([&value] { use(value); });  // want "reference to the loop variable"
  all.wait();
}
