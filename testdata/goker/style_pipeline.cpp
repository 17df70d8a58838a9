// The consumer leaves its range; the generator stays.
#include <csp/csp.h>
#include <iostream>
csp::recv_chan<int> gen(int n, csp::recv_chan<csp::unit> quit) {
  auto out = csp::make_chan<int>();
  csp::go([=] {
    for (int i = 0; i < n; ++i) {
#ifdef FIXED
      if (csp::select(csp::send_case(out, i), csp::recv_case(quit)) == 1)
        return;
#else
      out << i;  // want "chansan-chan-orphan-send"
#endif
    }
    out.close();
  });
  return out;
}
int main() {
  auto quit = csp::make_chan<csp::unit>();
  auto nums = gen(5, quit);
  for (auto v : nums) {
    if (v == 1) break;
    std::cout << v << "\n";
  }
  quit.close();
  csp::sleep_for(std::chrono::milliseconds(1));
}
