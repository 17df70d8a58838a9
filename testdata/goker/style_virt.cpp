// One of two implementations of a virtual function sends, with no receiver.
#include <csp/csp.h>
#include <memory>
#include <mutex>
#include <vector>
class Sink {
 public:
  virtual ~Sink() = default;
  virtual void put(int v) = 0;
  virtual void close() {}
};
class Null final : public Sink {
 public:
  void put(int) override {}
};
class Queue : public Sink {
 public:
  Queue() : ch_(csp::make_chan<int>()) {}
  void put(int v) override { ch_.send(v); }  // want "chansan-go-all-asleep"
  void close() override { ch_.close(); }
  csp::chan<int> ch_;
};
class Pump {
 public:
  explicit Pump(std::shared_ptr<Sink> s) : sink_(std::move(s)) {}
  void run() {
    for (int i = 0; i < 2; ++i) sink_->put(i);
    sink_->close();
  }

 private:
  std::shared_ptr<Sink> sink_;
};
int main() {
  auto q = std::make_shared<Queue>();
  Pump quiet(std::make_shared<Null>());
  quiet.run();
  Pump p(q);
#ifdef FIXED
  csp::go([&] { p.run(); });
  for (int v : q->ch_) (void)v;
#else
  p.run();
#endif
}
