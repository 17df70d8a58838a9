// The consumer's loop ends with an error before it drains; its producer's rows
// fill the channel.
// leak: no receiver left
#include <csp/csp.h>

#include <atomic>
#include <memory>

class RowChannel {
 public:
  void push(int row) {
    if (draining_.load()) return;
    data_ << row;  // knot: chan send
  }
  void consumer_done() { draining_.store(true); }
  void producer_done() { data_.close(); }
  csp::recv_chan<int> rows() const { return data_; }

 private:
  std::atomic<bool> draining_{false};
  csp::chan<int> data_ = csp::make_chan<int>(1);
};

class Outbox {
 public:
  explicit Outbox(std::shared_ptr<RowChannel> input)
      : input_(std::move(input)) {}
  void start(csp::wait_group& wg) {
    wg.go([this] { run(); });
  }

 private:
  void run() {
#if FIXED
    input_->consumer_done();
    while (input_->rows().recv()) {
    }
#endif
    // The stream could not be opened.
  }
  std::shared_ptr<RowChannel> input_;
};

int main() {
  auto input = std::make_shared<RowChannel>();
  Outbox outbox(input);
  csp::wait_group wg;
  outbox.start(wg);
  csp::go([input] {
    for (int row = 0; row < 3; ++row) input->push(row);
    input->producer_done();
  });
  input.reset();
  wg.wait();
}
