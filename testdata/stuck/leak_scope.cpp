// What a scope leaves behind is reported at its end, once.
// leak: no receiver left
#include <csp/csp.h>

#include <cstdio>

[[gnu::noinline]] void start() {
#if FIXED
  auto results = csp::make_chan<int>(1);
#else
  auto results = csp::make_chan<int>();
#endif
  csp::go([results] {
    results << 1;  // knot: chan send
  });
}

[[gnu::noinline]] void in_scope() {
  csp::leak::scope scope;
  start();
}

int main() {
  in_scope();
  const std::size_t expected = FIXED ? 0 : 1;
  if (csp::leak::check() != expected) std::puts("check() counts otherwise");
}
