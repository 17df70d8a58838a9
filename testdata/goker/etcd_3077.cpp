// The leader's state is read by the status handler while the event loop writes.
#include <csp/csp.h>
#include <memory>
#include <mutex>
#include <shared_mutex>
enum class State { kFollower, kCandidate, kLeader };
class Server {
 public:
  State state() const {
#ifdef FIXED
    std::shared_lock<csp::shared_mutex> g(mu_);
#endif
    return state_;
  }
  void set_state(State s) {
    std::unique_lock<csp::shared_mutex> g(mu_);
    state_ = s;  // want "chansan-race-sibling-goroutines"
  }
  void start() {
    csp::go([this] { loop(); });
  }
  void loop() {
    while (state() != State::kLeader) {
      if (state() == State::kFollower)
        set_state(State::kCandidate);
      else
        set_state(State::kLeader);
    }
    stopped_.close();
  }
  void wait() { stopped_.recv(); }

 private:
  mutable csp::shared_mutex mu_;
  State state_ = State::kFollower;
  csp::chan<csp::unit> stopped_ = csp::make_chan<csp::unit>();
};
int main() {
  auto s = std::make_unique<Server>();
  s->start();
  bool leader = s->state() == State::kLeader;
  s->wait();
  return leader;
}
