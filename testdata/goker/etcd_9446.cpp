// The transaction buffer is written back while a concurrent reader ranges it.
#include <csp/csp.h>
#include <map>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
class TxBuffer {
 public:
  std::map<std::string, int> buckets;
};
class Backend {
 public:
  void put(const std::string& k, int v) {
    std::unique_lock lk(mu_);
    buf_.buckets[k] = v;
  }
  void reset() {
#ifdef FIXED
    std::unique_lock lk(mu_);
#endif
    buf_.buckets.clear();
  }
  std::size_t size() {
    std::shared_lock lk(mu_);
    return buf_.buckets.size();  // want "chansan-race-container-mutation"
  }

 private:
  csp::shared_mutex mu_;
  TxBuffer buf_;
};
int main() {
  Backend b;
  b.put("a", 1);
  auto done = csp::make_chan<csp::unit>();
  csp::go([&] {
    b.reset();
    done.close();
  });
  auto n = b.size();
  done.recv();
  return n > 5;
}
