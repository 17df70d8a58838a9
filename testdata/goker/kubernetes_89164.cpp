// The reflector's last version is read by the test while the watch sets it.
#include <csp/csp.h>
#include <memory>
#include <mutex>
#include <string>
class Reflector {
 public:
  void list_and_watch(csp::recv_chan<csp::unit> stop) {
    for (int i = 0; i < 2; ++i) {
      set_version("v" + std::to_string(i));
      if (csp::select(csp::recv_case(stop), csp::default_case()) == 0) break;
    }
  }
  void set_version(std::string v) {
    mu_.lock();
    version_ = std::move(v);  // want "chansan-race-shared-ptr-slot"
    mu_.unlock();
  }
  const std::string& version() {
#ifdef FIXED
    static std::string copy;
    mu_.lock();
    copy = version_;
    mu_.unlock();
    return copy;
#else
    return version_;
#endif
  }

 private:
  csp::mutex mu_;
  std::string version_;
};
int main() {
  Reflector r;
  auto stop = csp::make_chan<csp::unit>();
  csp::wait_group wg;
  wg.go([&] { r.list_and_watch(stop); });
  bool empty = r.version().empty();
  stop.close();
  wg.wait();
  return empty;
}
