// The test changes an object that the controller copies.
#include <csp/csp.h>

#include <map>
#include <string>

using Annotations = std::map<std::string, std::string>;

void sync(const Annotations& object) {
  Annotations copy = object;  // want "chansan-race-container-mutation"
  (void)copy;
}

int main() {
  Annotations object;
  csp::wait_group wg;
#ifdef FIXED
  Annotations own = object;
  wg.go([&] { sync(own); });
#else
  wg.go([&] { sync(object); });
#endif
  object["key"] = "value";
  wg.wait();
}
