// Select over channels of which all are ready, or none.
#include <csp/csp.h>

#include <array>
#include <utility>

#include "bench/runtime/csp_kernels.h"

namespace bench {

namespace {

template <std::size_t Cases>
using Channels = std::array<csp::chan<int>, Cases>;

template <std::size_t Cases>
Channels<Cases> make_channels(std::size_t capacity) {
  Channels<Cases> channels;
  for (auto& channel : channels) channel = csp::make_chan<int>(capacity);
  return channels;
}

template <std::size_t Cases>
int select_one(const Channels<Cases>& c) {
  return [&]<std::size_t... I>(std::index_sequence<I...>) {
    return csp::select(csp::recv_case(c[I])...);
  }(std::make_index_sequence<Cases>());
}

template <std::size_t Cases>
void select_ready(int n) {
  const auto c = make_channels<Cases>(1);
  for (const auto& channel : c) channel.send(0);
  for (int i = 0; i < n; ++i) {
    c[static_cast<std::size_t>(select_one<Cases>(c))].send(0);
  }
}

template <std::size_t Cases>
void select_blocked(int n) {
  const auto c = make_channels<Cases>(0);
  csp::go([=] {
    for (int i = 0; i < n; ++i) c[static_cast<std::size_t>(i) % Cases].send(i);
  });
  for (int i = 0; i < n; ++i) select_one<Cases>(c);
}

}  // namespace

void add_select_kernels(Kernels& kernels) {
  kernels["select_2_ready"] = {1'000'000, select_ready<2>};
  kernels["select_4_ready"] = {1'000'000, select_ready<4>};
  kernels["select_8_ready"] = {1'000'000, select_ready<8>};
  kernels["select_2_blocked"] = {500'000, select_blocked<2>};
  kernels["select_4_blocked"] = {500'000, select_blocked<4>};
  kernels["select_8_blocked"] = {500'000, select_blocked<8>};
}

}  // namespace bench
