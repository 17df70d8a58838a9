// A copy, a shared owner, a destructor that waits, a protocol.
#include <csp/csp.h>

#include <memory>

class Report : public std::enable_shared_from_this<Report> {
 public:
  void send() {
    csp::go([self = shared_from_this()] { ++self->sent_; });
  }
  void copy() {
    csp::go([*this]() mutable { ++sent_; });
  }

 private:
  int sent_ = 0;
};

class Worker {
 public:
  ~Worker() { done_.recv(); }
  void start() {
    csp::go([this] {
      ++runs_;
      done_.close();
    });
  }

 private:
  int runs_ = 0;
  csp::chan<csp::unit> done_ = csp::make_chan<csp::unit>();
};
