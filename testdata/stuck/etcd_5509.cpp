// A client's get returns early, when it was closed, with the read lock held.
// deadlock: owner ended while holding
#include <csp/csp.h>

#include <mutex>

class Remote {
 public:
  bool acquire(const csp::context& ctx) {
    mu_.lock_shared();
    if (ctx.err()) {
#if FIXED
      mu_.unlock_shared();
#endif
      return false;
    }
    mu_.unlock_shared();
    return true;
  }
  void close() {
    mu_.lock();  // knot: sync.RWMutex.Lock
    mu_.unlock();
  }

 private:
  csp::shared_mutex mu_;
};

int main() {
  Remote remote;
  auto [ctx, cancel] = csp::with_cancel(csp::context::background());
  auto got = csp::make_chan<bool>();
  cancel();
  csp::go([&, context = ctx] { got << remote.acquire(context); });
  got.recv();
  remote.close();
}
