// What programs with channels are made of, all of it right: nothing is told.
#include <csp/csp.h>
#include <atomic>
#include <functional>
#include <iostream>
#include <map>
#include <memory>
#include <mutex>
#include <queue>
#include <shared_mutex>
#include <string>
#include <vector>
using namespace std::chrono_literals;
// timers
void timers() {
  csp::timer t1(2s);
  t1.channel().recv();
  csp::timer t2(1s);
  csp::go([&] {
    t2.channel().recv();
    std::cout << "fired\n";
  });
  if (t2.stop()) std::cout << "stopped\n";
  csp::sleep_for(2s);
}
// tickers
void tickers() {
  csp::ticker t(500ms);
  auto done = csp::make_chan<bool>();
  csp::go([&] {
    for (;;) {
      switch (csp::select(csp::recv_case(done), csp::recv_case(t.channel()))) {
        case 0:
          return;
        case 1:
          std::cout << "tick\n";
      }
    }
  });
  csp::sleep_for(1600ms);
  t.stop();
  done << true;
}
// rate limiting
void rate() {
  auto requests = csp::make_chan<int>(5);
  for (int i = 1; i <= 5; i++) requests << i;
  requests.close();
  csp::ticker limiter(200ms);
  for (auto r : requests) {
    limiter.channel().recv();
    std::cout << r;
  }
  auto bursty = csp::make_chan<int>(3);
  for (int i = 0; i < 3; i++) bursty << i;
  csp::go([=] {
    csp::ticker t(200ms);
    for (auto x : t.channel()) {
      (void)x;
      bursty << 1;
    }
  });
  for (int i = 0; i < 5; i++) bursty.recv();
}
// context
int slow(csp::context ctx) {
  switch (
      csp::select(csp::recv_case(ctx.done()), csp::recv_case(csp::after(1s)))) {
    case 0:
      return -1;
    default:
      return 1;
  }
}
void ctx() {
  auto [c, cancel] = csp::with_timeout(csp::context::background(), 1s);
  auto out = csp::make_chan<int>(1);
  csp::go([c = c, out] { out << slow(c); });
  std::cout << *out.recv();
  cancel();
}
void gen_ctx() {
  auto [c, cancel] = csp::with_cancel(csp::context::background());
  auto dst = csp::make_chan<int>();
  csp::go([c = c, dst] {
    int n = 1;
    for (;;) {
      switch (csp::select(csp::recv_case(c.done()), csp::send_case(dst, n))) {
        case 0:
          return;
        case 1:
          n++;
      }
    }
  });
  for (auto v : dst) {
    if (v == 5) break;
  }
  cancel();
}
// stateful goroutines
struct ReadOp {
  int key;
  csp::chan<int> resp;
};
struct WriteOp {
  int key;
  int val;
  csp::chan<bool> resp;
};
void stateful() {
  std::atomic<std::uint64_t> readOps = 0, writeOps = 0;
  auto reads = csp::make_chan<ReadOp>();
  auto writes = csp::make_chan<WriteOp>();
  csp::go([=] {
    std::map<int, int> state;
    for (;;) {
      csp::select(csp::recv_case(reads,
                                 [&](std::optional<ReadOp> r) {
                                   r->resp << state[r->key];
                                 }),
                  csp::recv_case(writes, [&](std::optional<WriteOp> w) {
                    state[w->key] = w->val;
                    w->resp << true;
                  }));
    }
  });
  for (int r = 0; r < 100; r++)
    csp::go([&, reads] {
      for (;;) {
        ReadOp read{1, csp::make_chan<int>()};
        reads << read;
        read.resp.recv();
        readOps++;
        csp::sleep_for(1ms);
      }
    });
  csp::sleep_for(1s);
  std::cout << readOps.load();
}
// mutex-protected container
struct Container {
  csp::mutex mu;
  std::map<std::string, int> counters;
  void inc(std::string name) {
    std::lock_guard l(mu);
    counters[name]++;
  }
};
void mutexes() {
  Container c;
  csp::wait_group wg;
  auto doIncrement = [&](std::string name, int n) {
    for (int i = 0; i < n; i++) c.inc(name);
    wg.done();
  };
  wg.add(3);
  csp::go(doIncrement, "a", 10000);
  csp::go(doIncrement, "a", 10000);
  csp::go(doIncrement, "b", 10000);
  wg.wait();
  std::cout << c.counters["a"];
}
// pipeline with fan-in
csp::recv_chan<int> gen(std::vector<int> nums) {
  auto out = csp::make_chan<int>();
  csp::go([=] {
    for (int n : nums) out << n;
    out.close();
  });
  return out;
}
csp::recv_chan<int> sq(csp::recv_chan<int> in) {
  auto out = csp::make_chan<int>();
  csp::go([=] {
    for (auto n : in) out << n * n;
    out.close();
  });
  return out;
}
csp::recv_chan<int> merge(std::vector<csp::recv_chan<int>> cs) {
  auto wg = std::make_shared<csp::wait_group>();
  auto out = csp::make_chan<int>();
  wg->add(static_cast<int>(cs.size()));
  for (auto c : cs)
    csp::go([=] {
      for (auto n : c) out << n;
      wg->done();
    });
  csp::go([=] {
    wg->wait();
    out.close();
  });
  return out;
}
void pipeline() {
  auto in = gen({2, 3});
  auto c1 = sq(in);
  auto c2 = sq(in);
  for (auto n : merge({c1, c2})) std::cout << n;
}
void simple_pipeline() {
  for (auto n : sq(sq(gen({2, 3})))) std::cout << n;
}
// bounded parallelism
void bounded() {
  auto sem = csp::make_chan<csp::unit>(3);
  csp::wait_group wg;
  for (int i = 0; i < 10; i++) {
    wg.add(1);
    csp::go([&, i] {
      sem << csp::unit{};
      std::cout << i;
      sem.recv();
      wg.done();
    });
  }
  wg.wait();
}
// ping pong
void ping(csp::send_chan<std::string> pings, std::string msg) { pings << msg; }
void pong(csp::recv_chan<std::string> pings,
          csp::send_chan<std::string> pongs) {
  pongs << *pings.recv();
}
void directions() {
  auto pings = csp::make_chan<std::string>(1);
  auto pongs = csp::make_chan<std::string>(1);
  ping(pings, "passed message");
  pong(pings, pongs);
  std::cout << *pongs.recv();
}
// closing channels
void closing() {
  auto jobs = csp::make_chan<int>(5);
  auto done = csp::make_chan<bool>();
  csp::go([=] {
    for (;;) {
      auto j = jobs.recv();
      if (j)
        std::cout << *j;
      else {
        done << true;
        return;
      }
    }
  });
  for (int j = 1; j <= 3; j++) jobs << j;
  jobs.close();
  done.recv();
}
// once singleton
struct Config {
  int v = 0;
};
csp::once once_;
Config* config_ = nullptr;
Config& config() {
  once_.call([] {
    config_ = new Config;
    config_->v = 3;
  });
  return *config_;
}
void singleton() {
  csp::wait_group wg;
  for (int i = 0; i < 4; i++) wg.go([] { std::cout << config().v; });
  wg.wait();
}
// tree walk
struct Tree {
  std::unique_ptr<Tree> left;
  int value = 0;
  std::unique_ptr<Tree> right;
};
void walk(Tree* t, csp::chan<int> ch) {
  if (!t) return;
  walk(t->left.get(), ch);
  ch << t->value;
  walk(t->right.get(), ch);
}
bool same(Tree* a, Tree* b) {
  auto c1 = csp::make_chan<int>(), c2 = csp::make_chan<int>();
  csp::go([=] {
    walk(a, c1);
    c1.close();
  });
  csp::go([=] {
    walk(b, c2);
    c2.close();
  });
  for (;;) {
    auto x = c1.recv();
    auto y = c2.recv();
    if (!x || !y) return !x && !y;
    if (*x != *y) return false;
  }
}
// crawler: mutex map
struct Fetched {
  csp::mutex mu;
  std::map<std::string, bool> seen;
};
void crawl(std::string url, int depth, Fetched& f, csp::wait_group& wg) {
  {
    std::lock_guard l(f.mu);
    if (f.seen[url]) {
      wg.done();
      return;
    }
    f.seen[url] = true;
  }
  if (depth > 0)
    for (int i = 0; i < 2; i++) {
      wg.add(1);
      csp::go([&, url, depth] { crawl(url + "x", depth - 1, f, wg); });
    }
  wg.done();
}
void crawler() {
  Fetched f;
  csp::wait_group wg;
  wg.add(1);
  csp::go([&] { crawl("a", 3, f, wg); });
  wg.wait();
}
// pub sub
class Broker {
 public:
  csp::recv_chan<std::string> subscribe() {
    auto c = csp::make_chan<std::string>(1);
    std::lock_guard l(mu_);
    subs_.push_back(c);
    return c;
  }
  void publish(std::string m) {
    std::lock_guard l(mu_);
    for (auto& s : subs_) s << m;
  }
  void close() {
    std::lock_guard l(mu_);
    for (auto& s : subs_) s.close();
  }

 private:
  csp::mutex mu_;
  std::vector<csp::chan<std::string>> subs_;
};
void pubsub() {
  Broker b;
  auto s1 = b.subscribe(), s2 = b.subscribe();
  csp::wait_group wg;
  for (auto s : {s1, s2})
    wg.go([=] {
      for (auto m : s) std::cout << m;
    });
  b.publish("x");
  b.publish("y");
  b.close();
  wg.wait();
}
// rwmutex cache
struct Cache {
  csp::shared_mutex mu;
  int v = 0;
  int get() {
    std::shared_lock l(mu);
    return v;
  }
  void set(int x) {
    std::unique_lock l(mu);
    v = x;
  }
};
void cache() {
  Cache c;
  csp::wait_group wg;
  for (int i = 0; i < 3; i++) {
    wg.go([&] { c.get(); });
    wg.go([&, i] { c.set(i); });
  }
  wg.wait();
  std::cout << c.v;
}
// cond var queue
struct Queue {
  csp::mutex mu;
  csp::condition_variable cv;
  std::queue<int> q;
  bool closed = false;
  void put(int v) {
    {
      std::lock_guard l(mu);
      q.push(v);
    }
    cv.notify_one();
  }
  bool get(int& v) {
    std::unique_lock l(mu);
    cv.wait(l, [&] { return closed || !q.empty(); });
    if (q.empty()) return false;
    v = q.front();
    q.pop();
    return true;
  }
  void finish() {
    {
      std::lock_guard l(mu);
      closed = true;
    }
    cv.notify_all();
  }
};
void queue() {
  Queue q;
  csp::wait_group wg;
  wg.go([&] {
    int v;
    while (q.get(v)) std::cout << v;
  });
  for (int i = 0; i < 3; i++) q.put(i);
  q.finish();
  wg.wait();
}
void futures() {
  std::vector<csp::chan<int>> results;
  for (int i = 0; i < 3; i++) {
    auto c = csp::make_chan<int>(1);
    csp::go([=] { c << i; });
    results.push_back(c);
  }
  for (auto& c : results) std::cout << *c.recv();
}
void fn() {
  std::function<void()> f;
  auto done = csp::make_chan<int>();
  f = [=] { done << 1; };
  csp::go(f);
  done.recv();
}
void daisy() {
  const int n = 100;
  auto leftmost = csp::make_chan<int>();
  auto right = leftmost;
  auto left = leftmost;
  for (int i = 0; i < n; i++) {
    right = csp::make_chan<int>();
    csp::go([](csp::chan<int> l, csp::chan<int> r) { l << 1 + *r.recv(); },
            left, right);
    left = right;
  }
  csp::go([](csp::chan<int> c) { c << 1; }, right);
  std::cout << *leftmost.recv();
}
void boring(std::string msg, csp::send_chan<std::string> c) {
  for (int i = 0;; i++) {
    c << msg;
    csp::sleep_for(1ms);
  }
}
void multiplex() {
  auto c = csp::make_chan<std::string>();
  csp::go(boring, "joe", c);
  csp::go(boring, "ann", c);
  for (int i = 0; i < 5; i++) std::cout << *c.recv();
}
int main() {
  timers();
  tickers();
  rate();
  ctx();
  gen_ctx();
  stateful();
  mutexes();
  pipeline();
  simple_pipeline();
  bounded();
  directions();
  closing();
  singleton();
  Tree t;
  same(&t, &t);
  crawler();
  pubsub();
  cache();
  queue();
  futures();
  fn();
  daisy();
  multiplex();
}
