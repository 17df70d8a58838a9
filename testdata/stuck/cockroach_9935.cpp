// What fails while the log is written ends in a function that locks the log.
// deadlock: self deadlock
#include <csp/csp.h>

#include <mutex>
#include <stdexcept>

class Log {
 public:
  void output() {
    mu_.lock();
    try {
      create_files();
    } catch (const std::runtime_error&) {
#if FIXED
      mu_.unlock();
      return exit();
#else
      exit();
#endif
    }
    mu_.unlock();
  }

 private:
  void create_files() { throw std::runtime_error("disk full"); }
  void exit() {
    std::lock_guard<csp::mutex> held(mu_);  // knot: sync.Mutex.Lock
    flushed_ = true;
  }
  csp::mutex mu_;
  bool flushed_ = false;
};

int main() {
  Log log;
  auto done = csp::make_chan<bool>();
  csp::go([&] {
    log.output();
    done << true;
  });
  done.recv();  // stuck: chan receive
}
