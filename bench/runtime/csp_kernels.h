// The kernels of csp_bench, by what they measure.
#pragma once

#include "bench/runtime/harness.h"

namespace bench {

void add_channel_kernels(Kernels& kernels);
void add_select_kernels(Kernels& kernels);
void add_scale_kernels(Kernels& kernels);
void add_echo_kernels(Kernels& kernels);
void add_behaviour_kernels(Kernels& kernels);

}  // namespace bench
