// The lock of a remote is read-locked again while the URL lock's writer waits.
#include <csp/csp.h>
#include <map>
#include <memory>
#include <mutex>
#include <shared_mutex>
struct RemoteLock {
  csp::shared_mutex rw;
  std::map<int, std::shared_ptr<csp::mutex>> m;
  void url_lock(int url) {
#ifdef FIXED
    std::shared_ptr<csp::mutex> found;
    {
      std::unique_lock<csp::shared_mutex> g(rw);
      if (!m[url]) m[url] = std::make_shared<csp::mutex>();
      found = m[url];
    }
    found->lock();
#else
    rw.lock();
    if (!m[url]) m[url] = std::make_shared<csp::mutex>();
    m[url]->lock();
    rw.unlock();
#endif
  }
  void url_unlock(int url) {
    rw.lock_shared();
    auto it = m.find(url);
    if (it != m.end()) it->second->unlock();
    rw.unlock_shared();
  }
};
RemoteLock remote;
void res_get_remote(int url) {
  remote.url_lock(url);
  remote.url_unlock(url);
}
int main() {
  csp::wait_group wg;
  for (int i = 0; i < 3; ++i) {
    wg.add(1);
    csp::go([&wg] {
      for (int j = 0; j < 2; ++j) res_get_remote(7);
      wg.done();
    });
  }
  wg.wait();  // want "chansan-go-all-asleep"
}
