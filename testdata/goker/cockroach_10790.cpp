// Cancelled callers leave; the command's goroutine sends its reply to nobody.
#include <csp/csp.h>
#include <memory>
struct Reply {
  int code;
};
class Replica {
 public:
  csp::chan<Reply> propose(csp::context ctx) {
#ifdef FIXED
    auto ch = csp::make_chan<Reply>(1);
#else
    auto ch = csp::make_chan<Reply>();
#endif
    csp::go([this, ch, ctx] { apply(ch); });
    return ch;
  }
  int begin(csp::context ctx) {
    auto ch = propose(ctx);
    int result = -1;
    csp::select(csp::recv_case(ch,
                               [&](std::optional<Reply> r) {
                                 if (r) result = r->code;
                               }),
                csp::recv_case(ctx.done(),
                               [&](std::optional<csp::unit>) { result = -2; }));
    return result;
  }

 private:
  void apply(csp::chan<Reply> ch) { ch.send(Reply{7}); }  // want "chansan-chan-orphan-send"
};
int main() {
  auto replica = std::make_unique<Replica>();
  auto [ctx, cancel] = csp::with_cancel(csp::context::background());
  csp::go([cancel = cancel] { cancel(); });
  replica->begin(ctx);
  csp::sleep_for(std::chrono::milliseconds(10));
}
