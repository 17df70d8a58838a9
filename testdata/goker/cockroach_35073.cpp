// The registration's outbox fails and returns without closing the row channel
// that the consumer drains.
#include <csp/csp.h>
#include <functional>
#include <memory>
#include <vector>
enum class Status { kNeedMore, kDrained };
struct RowChannel {
  csp::chan<int> data = csp::make_chan<int>(4);
  Status push(int row) {
    data.send(row);
    return Status::kNeedMore;
  }
  void producer_done() { data.close(); }
};
struct Outbox {
  RowChannel rows;
  bool failed = true;
  void start(csp::wait_group& wg) {
    wg.add(1);
    csp::go([this, &wg] {
      run();
      wg.done();
    });
  }
  void run() { main_loop(); }
  int main_loop() {
    int n = 0;
    for (auto row : rows.data) n += row;  // want "chansan-chan-range-never-closed"
    return n;
  }
};
bool setup_stream() { return false; }
void run_flow(Outbox& out) {
  out.rows.push(1);
  if (!setup_stream()) {
#ifdef FIXED
    out.rows.producer_done();
#endif
    return;
  }
  out.rows.push(2);
  out.rows.producer_done();
}
int main() {
  csp::wait_group wg;
  Outbox outbox;
  outbox.start(wg);
  run_flow(outbox);
  wg.wait();
}
