#include <csp/csp.h>

int main() {
  csp::chan<int> c;
  c.close();  // want "this closes a nil channel"
}
