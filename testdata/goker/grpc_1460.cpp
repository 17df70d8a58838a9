// keepalive waits for the awaken channel with the transport's lock held, which
// NewStream needs before it awakens it.
#include <csp/csp.h>
#include <memory>
#include <mutex>
struct ClientTransport {
  virtual void new_stream() = 0;
  virtual ~ClientTransport() = default;
};
class Http2Client : public ClientTransport {
 public:
  void keepalive() {
    csp::unit u;
    mu_.lock();
    if (active_streams_ < 1) {
#ifdef FIXED
      mu_.unlock();
      awaken_ >> u;
#else
      awaken_ >> u;
      mu_.unlock();
#endif
    } else {
      mu_.unlock();
    }
  }
  void new_stream() override {
    mu_.lock();
    active_streams_++;
    const bool first = active_streams_ == 1;
    mu_.unlock();
    if (first)
      csp::select(csp::send_case(awaken_, csp::unit{}), csp::default_case());
  }
  csp::chan<csp::unit> awaken_ = csp::make_chan<csp::unit>(1);

 private:
  csp::mutex mu_;
  int active_streams_ = 0;
};
int main() {
  csp::wait_group wg;
  wg.add(2);
  auto t = std::make_shared<Http2Client>();
  csp::go([&, t] {
    t->keepalive();
    wg.done();
  });
  csp::go([&, t] {
    t->new_stream();
    wg.done();
  });
  wg.wait();  // want "chansan-go-all-asleep"
}
