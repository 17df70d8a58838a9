// The timer dies at the semicolon.
#include <csp/csp.h>

void clean_up();

void later() {
  csp::after_func(std::chrono::seconds(1), [] { clean_up(); });  // want "the timer of this after_func\(\) is not kept"
}
