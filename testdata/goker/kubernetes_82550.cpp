// Two workers set the shared error of a request.
#include <csp/csp.h>
#include <string>
#include <system_error>
struct Result {
  std::error_code err;
  int node = 0;
};
int main() {
  csp::wait_group wg;
  std::error_code err;
  for (int i = 0; i < 2; ++i) {
    wg.add(1);
    csp::go([&] {
#ifdef FIXED
      std::error_code err;
#endif
      err = std::make_error_code(std::errc::timed_out);  // want "chansan-race-sibling-goroutines"
      if (err) {
      }
      wg.done();
    });
  }
  wg.wait();
}
