// Rows are never closed, so the goroutine that waits for their context stays.
#include <csp/csp.h>
#include <functional>
#include <memory>
class Rows {
 public:
  explicit Rows(csp::context parent) {
    auto made = csp::with_cancel(parent);
    cancel_ = made.second;
    csp::go([this, ctx = made.first] { await_done(ctx); });
  }
  void close() { cancel_(); }
  bool next() { return false; }

 private:
  void await_done(csp::context ctx) {
    ctx.done().recv();  // want "chansan-go-leak"
    close_impl();
  }
  void close_impl() {}
  std::function<void()> cancel_;
};
int main() {
  auto rows = std::make_shared<Rows>(csp::context::background());
  while (rows->next()) {
  }
#ifdef FIXED
  rows->close();
#endif
  csp::sleep_for(std::chrono::milliseconds(5));
}
