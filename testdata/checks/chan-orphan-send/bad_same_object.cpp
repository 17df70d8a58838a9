// The object under another name: its own shared_ptr, a weak one that is locked,
// another class of it. And a capacity that is handed through make_shared.
#include <csp/csp.h>

#include <memory>

class Poller : public std::enable_shared_from_this<Poller> {
 public:
  void start() {
    csp::go([self = shared_from_this()] {
      self->ready_.close();
      self->values_ << 1;  // want "waits to send on 'values_'"
    });
  }
  void wait() { ready_.recv(); }

 private:
  csp::chan<int> values_ = csp::make_chan<int>();
  csp::chan<csp::unit> ready_ = csp::make_chan<csp::unit>();
};

void poll() {
  auto poller = std::make_shared<Poller>();
  poller->start();
  poller->wait();
}

class Mailbox {
 public:
  Mailbox(std::size_t letters, std::size_t stamps)
      : letters_(csp::make_chan<int>(letters)),
        stamps_(csp::make_chan<int>(stamps)) {}
  void post() {
    letters_ << 1;
    stamps_ << 1;  // want "waits to send on 'stamps_'"
  }
  void take() { letters_.recv(); }

 private:
  csp::chan<int> letters_;
  csp::chan<int> stamps_;
};

void deliver() {
  auto box = std::make_shared<Mailbox>(1, 0);
  csp::go([box] { box->post(); });
  box->take();
}
