// The function of a once comes back to the once.
#include <csp/csp.h>
#include <memory>
class Lazy {
 public:
  int get() {
    once_.call([this] { init(); });  // want "chansan-go-all-asleep"
    return v_;
  }

 private:
  void init() {
#ifdef FIXED
    v_ = 1;
#else
    v_ = 1 + get();
#endif
  }
  csp::once once_;
  int v_ = 0;
};
int main() {
  auto l = std::make_unique<Lazy>();
  return l->get() == 0;
}
