/// Durations of any kind as nanoseconds, saturated. Not promised.
#pragma once

#include <chrono>
#include <cstdint>
#include <limits>

namespace csp::internal {

template <class Rep, class Period>
std::int64_t to_nanoseconds(std::chrono::duration<Rep, Period> d) {
  // Compared as long double, since a conversion of a large duration to
  // nanoseconds would overflow.
  using Wide = std::chrono::duration<long double, std::nano>;
  const long double wide = std::chrono::duration_cast<Wide>(d).count();
  constexpr auto kMax = std::numeric_limits<std::int64_t>::max();
  if (wide >= static_cast<long double>(kMax)) return kMax;
  if (wide <= 0) return wide < -1 ? -1 : static_cast<std::int64_t>(wide);
  return std::chrono::duration_cast<std::chrono::nanoseconds>(d).count();
}

}  // namespace csp::internal
