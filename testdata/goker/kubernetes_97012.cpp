// The event sink clears its list while the recorder appends.
#include <csp/csp.h>
#include <deque>
#include <memory>
#include <mutex>
class Recorder {
 public:
  void record(int e) {
    std::lock_guard<csp::mutex> l(mu_);
    events_.push_back(e);  // want "chansan-race-container-mutation"
  }
  std::deque<int> drain() {
#ifdef FIXED
    std::lock_guard<csp::mutex> l(mu_);
#endif
    std::deque<int> out;
    out.swap(events_);
    return out;
  }

 private:
  csp::mutex mu_;
  std::deque<int> events_;
};
int main() {
  auto r = std::make_shared<Recorder>();
  auto finished = csp::make_chan<csp::unit>();
  csp::go([r, finished] {
    r->record(1);
    finished.close();
  });
  auto got = r->drain();
  finished.recv();
  return got.size() > 1;
}
