// A flow that timed out is cancelled with the registry's lock held, by a push
// into a channel that is full and that nobody reads yet.
// deadlock: channel and wait group
#include <csp/csp.h>

#include <map>
#include <memory>
#include <mutex>

struct Receiver {
  virtual ~Receiver() = default;
  virtual void push(int meta) = 0;
};

struct RowReceiver final : Receiver {
  explicit RowReceiver(std::size_t room) : rows(csp::make_chan<int>(room)) {}
  void push(int meta) override {
    rows << meta;  // knot: chan send
  }
  csp::chan<int> rows;
};

struct Registry {
  csp::mutex mu;
  std::map<int, std::shared_ptr<Receiver>> streams;

  void register_flow() {
    csp::wait_group timed_out;
    timed_out.go([this] {
      std::lock_guard held(mu);
      for (auto& [id, receiver] : streams) {
        receiver->push(-1);
        receiver->push(-2);
      }
    });
    timed_out.wait();  // knot: sync.WaitGroup.Wait
  }
};

int main() {
  Registry registry;
  registry.streams[7] = std::make_shared<RowReceiver>(FIXED ? 2 : 1);
  registry.register_flow();
}
