// The publisher sends with the lock held that its subscribers need.
#include <csp/csp.h>
#include <algorithm>
#include <mutex>
#include <vector>
class Hub {
 public:
  csp::recv_chan<int> subscribe() {
    std::unique_lock l(mu_);
    subs_.emplace_back(csp::make_chan<int>());
    return subs_.back();
  }
  void publish(int v) {
#ifdef FIXED
    std::vector<csp::chan<int>> copy;
    {
      std::unique_lock l(mu_);
      copy = subs_;
    }
    for (auto& s : copy) csp::select(csp::send_case(s, v), csp::default_case());
#else
    std::unique_lock l(mu_);
    for (auto& s : subs_) s << v;
#endif
  }
  void drop() {
    std::unique_lock l(mu_);
    if (!subs_.empty()) subs_.pop_back();
  }

 private:
  csp::mutex mu_;
  std::vector<csp::chan<int>> subs_;
};
int main() {
  Hub hub;
  auto sub = hub.subscribe();
  csp::wait_group wg;
  wg.go([&] { hub.publish(7); });
  wg.go([&] { hub.drop(); });
  wg.wait();  // want "chansan-go-all-asleep"
}
