// The inner goroutine logs with the test's logger after the test is over.
#include <csp/csp.h>
#include <memory>
#include <string>
#include <vector>
class TestLogger {
 public:
  void log(const std::string& s) { lines_.push_back(s); }
  void finish() { lines_.clear(); }  // want "chansan-race-container-mutation"

 private:
  std::vector<std::string> lines_;
};
class revisionWatcher {
 public:
  revisionWatcher(TestLogger* l, csp::chan<int> dests)
      : logger_(l), dests_(dests), done_(csp::make_chan<csp::unit>()) {}
  void run() {
    for (;;) {
      auto v = dests_.recv();
      if (!v) break;
      logger_->log("check");
    }
    done_.close();
  }
  csp::recv_chan<csp::unit> done() const { return done_; }

 private:
  TestLogger* logger_;
  csp::chan<int> dests_;
  csp::chan<csp::unit> done_;
};
int main() {
  TestLogger logger;
  auto dests = csp::make_chan<int>(2);
  revisionWatcher rw(&logger, dests);
  csp::go(&revisionWatcher::run, &rw);
  dests << 1 << 2;
  dests.close();
#ifdef FIXED
  rw.done().recv();
#endif
  logger.finish();
#ifndef FIXED
  rw.done().recv();
#endif
}
