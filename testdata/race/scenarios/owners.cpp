// Owners that are counted, and what is published when a thread ends.
#include <condition_variable>
#include <exception>
#include <future>
#include <memory>
#include <mutex>
#include <utility>

#include "scenario.h"

static std::shared_ptr<int> owner;
RACE(shared_ptr_nonlast_release_orders_nothing) {
  auto a = std::make_shared<int>(0), b = a;
  static std::shared_ptr<int> hold;
  hold = a;
  std::thread t1([a = std::move(a)]() mutable {
    x = 1;
    a.reset();
    first.step();
  });
  std::thread t2([b = std::move(b)]() mutable {
    first.wait();
    b.reset();
    x = 2;
  });
  t1.join();
  t2.join();
}
struct UsesX {
  ~UsesX() { use(x); }
};
NORACE(shared_ptr_last_release_is_after_all) {
  auto a = std::make_shared<UsesX>(), b = a;
  std::thread t1([a = std::move(a)]() mutable {
    x = 1;
    a.reset();
    first.step();
  });
  std::thread t2([b = std::move(b)]() mutable {
    first.wait();
    b.reset();
  });
  t1.join();
  t2.join();
}
RACE(weak_lock_orders_nothing) {
  owner = std::make_shared<int>(1);
  static std::weak_ptr<int> w = owner;
  std::thread t1([p = owner]() mutable {
    x = 1;
    p.reset();
    first.step();
  });
  std::thread t2([] {
    std::weak_ptr<int> mine = w;
    first.wait();
    auto p = mine.lock();
    use(x);
  });
  t1.join();
  t2.join();
}
NORACE(weak_lock_reads_object) {
  owner = std::make_shared<int>(1);
  static std::weak_ptr<int> w = owner;
  auto f = [] {
    for (int i = 0; i < 100; ++i)
      if (auto p = w.lock()) use(*p);
  };
  std::thread a(f), b(f), c([p = std::move(owner)]() mutable { p.reset(); });
  a.join();
  b.join();
  c.join();
}
RACE(weak_lock_writes_object) {
  owner = std::make_shared<int>(1);
  static std::weak_ptr<int> w = owner;
  auto f = [] {
    if (auto p = w.lock()) ++*p;
  };
  threads(f, f);
}
RACE(use_count_orders_nothing) {
  static auto p = std::make_shared<int>(0);
  static auto q = p;
  threads(
      [] {
        x = 1;
        q.reset();
      },
      [] {
        while (p.use_count() > 1) yield();
        use(x);
      });
}
NORACE(promise_at_thread_exit) {
  std::promise<int> p;
  auto f = p.get_future();
  std::thread t([&] {
    x = 1;
    p.set_value_at_thread_exit(1);
    x = 2;
  });
  f.get();
  use(x);
  t.join();
}
NORACE(promise_void_at_thread_exit) {
  std::promise<void> p;
  auto f = p.get_future();
  std::thread t([&] {
    x = 1;
    p.set_value_at_thread_exit();
  });
  f.wait();
  use(x);
  t.join();
}
NORACE(packaged_task_at_thread_exit) {
  std::packaged_task<int()> task([] { return x = 1; });
  auto f = task.get_future();
  std::thread t(
      [](std::packaged_task<int()> task) {
        task.make_ready_at_thread_exit();
        x = 2;
      },
      std::move(task));
  f.get();
  use(x);
  t.join();
}
NORACE(exception_at_thread_exit) {
  std::promise<int> p;
  auto f = p.get_future();
  std::thread t([&] {
    x = 1;
    p.set_exception_at_thread_exit(std::make_exception_ptr(1));
  });
  try {
    f.get();
  } catch (int) {
  }
  use(x);
  t.join();
}
static std::mutex exit_mutex;
static std::condition_variable exit_cv;
static bool exit_ready;
NORACE(notify_all_at_thread_exit) {
  std::thread t([] {
    std::unique_lock l(exit_mutex);
    x = 1;
    exit_ready = true;
    std::notify_all_at_thread_exit(exit_cv, std::move(l));
    x = 2;
  });
  {
    std::unique_lock l(exit_mutex);
    exit_cv.wait(l, [] { return exit_ready; });
    use(x);
  }
  t.join();
}
