// One goroutine inserts, the other looks.
#include <csp/csp.h>

#include <map>
#include <string>

std::size_t run() {
  std::map<std::string, int> ages;
  csp::wait_group wg;
  wg.go([&] { ages["ann"] = 30; });  // want "data race on the container 'ages'"
  const std::size_t size = ages.size();
  wg.wait();
  return size;
}
