// The test handler writes the result variable, the test reads it at once.
#include <csp/csp.h>
#include <functional>
#include <string>
struct RequestInfo {
  std::string path;
};
class Server {
 public:
  explicit Server(std::function<void(const RequestInfo&)> h)
      : handler(std::move(h)) {}
  void serve(csp::chan<RequestInfo> in, csp::chan<csp::unit> done) {
    csp::go([this, in, done] {
      while (auto r = in.recv()) handler(*r);
      done.close();
    });
  }
  std::function<void(const RequestInfo&)> handler;
};
int main() {
  RequestInfo updated;
  Server server([&](const RequestInfo& r) { updated = r; });
  auto in = csp::make_chan<RequestInfo>(1);
  auto done = csp::make_chan<csp::unit>();
  server.serve(in, done);
  in.send(RequestInfo{"/healthz"});
  in.close();
#ifdef FIXED
  done.recv();
  return updated.path.empty();
#else
  bool bad = updated.path.empty();  // want "chansan-race-shared-ptr-slot"
  done.recv();
  return bad;
#endif
}
