// The first error ends the collection; the other senders stay.
#include <csp/csp.h>
#include <functional>
#include <string>
#include <vector>
using Task = std::function<std::string()>;
std::string first_error(const std::vector<Task>& tasks) {
#ifdef FIXED
  auto errs = csp::make_chan<std::string>(tasks.size());
#else
  auto errs = csp::make_chan<std::string>();
#endif
  for (const auto& t : tasks) csp::go([t, errs] { errs << t(); });  // want "chansan-chan-orphan-send"
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    auto e = errs.recv();
    if (e && !e->empty()) return *e;
  }
  return "";
}
int main() {
  std::vector<Task> tasks;
  tasks.push_back([] { return std::string("bad"); });
  tasks.push_back([] { return std::string(""); });
  first_error(tasks);
  csp::sleep_for(std::chrono::milliseconds(1));
}
