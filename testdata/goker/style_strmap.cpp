// A lock that is kept in a map under a name is taken twice.
#include <csp/csp.h>
#include <map>
#include <mutex>
#include <string>
class Registry {
 public:
  void add(const std::string& name) { locks_[name]; }
  csp::mutex& of(const std::string& name) { return locks_[name]; }

 private:
  std::map<std::string, csp::mutex> locks_;
};
int main() {
  Registry r;
  r.add("a");
  r.add("b");
  r.of("a").lock();
#ifdef FIXED
  r.of("a").unlock();
#else
  r.of("b").lock();
  r.of("b").unlock();
#endif
  r.of("a").lock();  // want "chansan-lock-double-acquire"
  r.of("a").unlock();
}
