// The wait stands behind the block that ends the variable.
#include <csp/csp.h>

#include <string>

std::string name_of(int);
void use(const std::string&);

void greet(int count) {
  csp::wait_group all;
  for (int i = 0; i < count; ++i) {
    const std::string name = name_of(i);
    all.add();
    csp::go([&name, &all] {  // want "nothing in this block waits for it"
      use(name);
      all.done();
    });
  }
  all.wait();
}
