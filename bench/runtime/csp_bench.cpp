// Our own side of scripts/bench.
#include <csp/csp.h>

#include "bench/runtime/csp_kernels.h"

namespace {

void spin(int processors) {
  csp::wait_group all;
  for (int p = 0; p < processors; ++p) {
    all.go([deadline = bench::Deadline()] {
      while (!deadline.over()) {
      }
    });
  }
  all.wait();
}

}  // namespace

int main(int argc, char** argv) {
  bench::Kernels kernels;
  bench::add_channel_kernels(kernels);
  bench::add_select_kernels(kernels);
  bench::add_scale_kernels(kernels);
  bench::add_echo_kernels(kernels);
  bench::add_behaviour_kernels(kernels);
  return bench::run(argc, argv,
                    {kernels, [](int count) { csp::gomaxprocs(count); }, spin});
}
