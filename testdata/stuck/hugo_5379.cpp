// A page's content is made once, by somebody who locks the shared templates;
// who has these asks for the page.
// deadlock: lock cycle
#include <csp/csp.h>

#include <functional>
#include <memory>
#include <mutex>

csp::mutex templates;

class Page {
 public:
  void plain(const std::function<void()>& between) {
    content_.call([&] {  // knot: sync.Once
      between();
      render();
    });
  }

 private:
  static void render() {
    std::lock_guard held(templates);  // knot: sync.Mutex.Lock
  }
  csp::once content_;
};

int main() {
  auto page = std::make_shared<Page>();
  auto in_once = csp::make_chan<csp::unit>();
  auto locked = csp::make_chan<csp::unit>();
  csp::wait_group workers;
  workers.go([=] {
    page->plain([&] {
      in_once.close();
#if !FIXED
      locked.recv();
#endif
    });
  });
  workers.go([=] {
    in_once.recv();
#if FIXED
    page->plain([] {});
#endif
    std::lock_guard held(templates);
    locked.close();
#if !FIXED
    page->plain([] {});
#endif
  });
  workers.wait();  // stuck: sync.WaitGroup.Wait
}
