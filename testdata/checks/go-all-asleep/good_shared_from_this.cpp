// A goroutine that keeps its object alive by shared_from_this() uses that one.
#include <csp/csp.h>
#include <memory>
#include <string>
#include <iostream>
class Session : public std::enable_shared_from_this<Session> {
 public:
  explicit Session(csp::chan<std::string> out) : out_(std::move(out)) {}
  void start() {
    auto self = shared_from_this();
    csp::go([self] { self->serve(); });
  }
  void post(std::string s) { in_ << std::move(s); }
  void finish() { in_.close(); }
 private:
  void serve() {
    for (auto line : in_) {
      ++lines_;
      out_ << "echo " + line;
    }
    out_.close();
  }
  csp::chan<std::string> in_ = csp::make_chan<std::string>();
  csp::chan<std::string> out_;
  int lines_ = 0;
};
int main() {
  auto out = csp::make_chan<std::string>(4);
  auto s = std::make_shared<Session>(out);
  s->start();
  s->post("a");
  s->post("b");
  s->finish();
  for (auto l : out) std::cout << l << "\n";
}
