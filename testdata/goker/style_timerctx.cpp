// The caller stops waiting; the result is sent to nobody.
#include <csp/csp.h>
#include <memory>
#include <optional>
struct Watch {
  csp::chan<int> result = csp::make_chan<int>();
  std::optional<int> last;
};
std::optional<int> fetch(Watch& w, csp::context ctx) {
  csp::go([ch = w.result] { ch << 42; });  // want "chansan-chan-orphan-send"
  std::optional<int> out;
  int which =
      csp::select(csp::recv_case(w.result, out), csp::recv_case(ctx.done()));
  if (which == 1) {
#ifdef FIXED
    csp::go([ch = w.result] { ch.recv(); });
#endif
    return std::nullopt;
  }
  return out;
}
int main() {
  auto [ctx, cancel] = csp::with_timeout(csp::context::background(),
                                         std::chrono::milliseconds(1));
  Watch w;
  w.last = fetch(w, ctx);
  cancel();
  csp::sleep_for(std::chrono::milliseconds(2));
}
