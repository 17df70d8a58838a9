// On the heap.
#include <csp/csp.h>

#include <vector>

void fill(char*);

void run() {
  csp::go([] {
    std::vector<char> buffer(256 * 1024);
    fill(buffer.data());
  });
}
