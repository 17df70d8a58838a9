// The server skips a request without answering it.
#include <csp/csp.h>
#include <string>
struct Request {
  int id;
  std::string name;
  csp::chan<int> reply;
};
class Server {
 public:
  explicit Server(csp::chan<Request> in) : in_(in) {}
  void serve() {
    while (auto req = in_.recv()) {
      if (req->id < 0) {
#ifdef FIXED
        req->reply << -1;
#endif
        continue;
      }
      req->reply << req->id * 2;
    }
  }

 private:
  csp::chan<Request> in_;
};
int main() {
  auto in = csp::make_chan<Request>();
  Server server(in);
  csp::go([&server] { server.serve(); });
  auto reply = csp::make_chan<int>();
  in << Request{-1, "x", reply};
  auto r = reply.recv();  // want "chansan-go-all-asleep"
  in.close();
  return r.value_or(0);
}
