// Each turn's element ends with the turn.
#include <csp/csp.h>

#include <string>
#include <vector>

void use(int);

struct Named {
  std::string name;
};

void use_names(const std::vector<Named>& all) {
  for (auto one : all)
    csp::go([&one] {  // want "reference to the loop variable 'one'"
      use(static_cast<int>(one.name.size()));
    });
}

int main() {
  std::vector<int> values = {1, 2, 3};
  use_names({{"a"}, {"b"}});
  csp::wait_group all;
  for (int value : values)
    all.go([&value] { use(value); });  // want "reference to the loop variable"
  all.wait();
}
