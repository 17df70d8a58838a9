// Two goroutines send what ends an input whose buffer has room for one.
#include <csp/csp.h>

#include <vector>

struct Receiver { virtual ~Receiver() = default; virtual void push() = 0; };
class RowChannel : public Receiver {
 public:
  explicit RowChannel(int n) : data_(csp::make_chan<int>(n)) {}
  void push() override { data_ << 0; }  // want "chansan-go-all-asleep"
 private:
  csp::chan<int> data_;
};
struct Flow {
  std::vector<Receiver*> inbound;
  void start() {
    csp::wait_group wg;
    wg.add(1);
    csp::go([&] {
      for (auto* r : inbound) r->push();
      wg.done();
    });
#ifdef FIXED
    csp::yield();
    return wg.wait();
#else
    for (auto* r : inbound) r->push();
    wg.wait();  // want "chansan-go-all-asleep"
#endif
  }
};
int main() {
  RowChannel ch(1);
  Flow f;
  f.inbound.push_back(&ch);
  f.start();
}
