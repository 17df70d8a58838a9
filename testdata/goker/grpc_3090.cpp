// The resolver starts its goroutine before the wrapper's field is assigned.
#include <csp/csp.h>
#include <functional>
#include <memory>
struct Wrapper;
struct Resolver {
  virtual ~Resolver() = default;
  virtual void resolve_now() {}
};
struct Wrapper {
  std::shared_ptr<Resolver> resolver;
  csp::mutex mu;
  void update_state() {
#ifdef FIXED
    std::lock_guard<csp::mutex> g(mu);
#endif
    if (resolver) resolver->resolve_now();  // want "chansan-race-shared-ptr-slot"
  }
};
std::shared_ptr<Resolver> build(Wrapper& w, csp::wait_group& wg) {
  wg.go([&w] { w.update_state(); });
  return std::make_shared<Resolver>();
}
int main() {
  Wrapper w;
  csp::wait_group wg;
  {
#ifdef FIXED
    std::lock_guard<csp::mutex> g(w.mu);
#endif
    w.resolver = build(w, wg);
  }
  wg.wait();
}
