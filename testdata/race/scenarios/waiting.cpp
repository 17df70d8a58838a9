// What goroutines wait for: timers, contexts, descriptors; and what they leave
// behind when they end.
#define SCENARIO_WITH_CSP
#include "scenario.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>

using namespace std::chrono_literals;

NORACE(after_channel_orders_start) {
  x = 1;
  auto c = csp::after(1ms);
  csp::go([c] {
    c.recv();
    x = 2;
    ended.step();
  });
  ended.wait();
}
RACE(after_write_after_start) {
  auto c = csp::after(5ms);
  csp::go([c] {
    c.recv();
    use(x);
    ended.step();
  });
  x = 1;
  ended.wait();
}
NORACE(timer_reset_by_other) {
  static csp::timer t(1h);
  auto c = t.channel();
  csp::go([c] {
    c.recv();
    use(x);
    ended.step();
  });
  x = 1;
  t.reset(1ms);
  ended.wait();
}
RACE(after_func_stop_orders_nothing) {
  static auto t = csp::after_func(1ms, [] {
    x = 2;
    ended.step();
  });
  ended.wait();
  t.stop();
  x = 1;
}
RACE(ticker_no_order_with_later_writes) {
  static csp::ticker t(1ms);
  auto c = t.channel();
  csp::go([c] {
    c.recv();
    c.recv();
    use(x);
    ended.step();
  });
  x = 1;
  ended.wait();
}
NORACE(select_timeout) {
  auto c = csp::make_chan<int>();
  x = 1;
  csp::select(csp::recv_case(c),
              csp::recv_case(csp::after(1ms), [](auto) { use(x); }));
}
NORACE(ctx_child) {
  auto [p, cancel] = csp::with_cancel(csp::context::background());
  auto [ch, cancel2] = csp::with_cancel(p);
  csp::go([c = ch] {
    c.done().recv();
    use(x);
    ended.step();
  });
  x = 1;
  cancel();
  ended.wait();
}
RACE(ctx_timeout_orders_only_the_start) {
  auto [ctx, cancel] = csp::with_timeout(csp::context::background(), 5ms);
  csp::go([ctx = ctx] {
    ctx.done().recv();
    use(x);
    ended.step();
  });
  x = 1;
  ended.wait();
}
NORACE(ctx_child_canceled_by_itself) {
  auto [parent, cancel] = csp::with_cancel(csp::context::background());
  auto [child, cancel_child] = csp::with_cancel(parent);
  csp::go([cancel_child = cancel_child] {
    x = 1;
    cancel_child();
    first.step();
  });
  first.wait();
  child.done().recv();
  cancel();
  x = 2;
}
RACE(ctx_child_canceled_beside_its_parent) {
  auto [parent, cancel] = csp::with_cancel(csp::context::background());
  auto [child, cancel_child] = csp::with_cancel(parent);
  csp::go([cancel_child = cancel_child] {
    x = 1;
    cancel_child();
    first.step();
  });
  first.wait();
  cancel();
  x = 2;
}
NORACE(ctx_child_of_one_that_is_done) {
  auto [parent, cancel] = csp::with_cancel(csp::context::background());
  csp::go([cancel = cancel] {
    x = 1;
    cancel();
    first.step();
  });
  first.wait();
  auto [child, cancel_child] = csp::with_cancel(parent);
  child.done().recv();
  x = 2;
}
RACE(ctx_children_of_one_parent) {
  auto [parent, cancel] = csp::with_cancel(csp::context::background());
  csp::go([parent = parent] {
    x = 1;
    auto [child, cancel_child] = csp::with_cancel(parent);
    first.step();
    second.wait();
    ended.step();
  });
  first.wait();
  auto [child, cancel_child] = csp::with_cancel(parent);
  x = 2;
  second.step();
  ended.wait();
}
NORACE(ctx_many_cancel) {
  auto [ctx, cancel] = csp::with_cancel(csp::context::background());
  unordered(
      [c = cancel] {
        auto d = c;
        d();
      },
      [c = cancel] {
        auto d = c;
        d();
      },
      [ctx = ctx] { ctx.done().recv(); });
}
RACE(csem_try_fails) {
  static csp::semaphore s(1);
  unordered(
      [] {
        s.acquire();
        x = 1;
        first.step();
        second.wait();
        s.release();
      },
      [] {
        first.wait();
        keep(s.try_acquire());
        use(x);
        second.step();
      });
}
RACE(ccv_after_unlock) {
  static csp::mutex m;
  static csp::condition_variable cv;
  static bool r = false;
  unordered(
      [] {
        std::unique_lock l(m);
        cv.wait(l, [] { return r; });
        use(x);
      },
      [] {
        {
          std::lock_guard l(m);
          r = true;
        }
        x = 1;
        cv.notify_one();
      });
}
NORACE(sel_nil_never) {
  csp::chan<int> nil;
  auto c = csp::make_chan<int>();
  unordered(
      [c] {
        x = 1;
        c.send(1);
      },
      [c, nil] {
        csp::select(csp::recv_case(nil), csp::recv_case(c));
        use(x);
      });
}
NORACE(sel_loop_two_producers) {
  auto a = csp::make_chan<int*>(), b = csp::make_chan<int*>();
  unordered(
      [a] {
        for (int i = 0; i < 20; ++i) a.send(new int(i));
        a.close();
      },
      [b] {
        for (int i = 0; i < 20; ++i) b.send(new int(i));
        b.close();
      },
      [a = a, b = b] {
        auto aa = a, bb = b;
        while (aa || bb)
          csp::select(csp::recv_case(aa,
                                     [&](std::optional<int*> p) {
                                       if (p) {
                                         **p = 1;
                                         delete *p;
                                       } else
                                         aa = {};
                                     }),
                      csp::recv_case(bb, [&](std::optional<int*> p) {
                        if (p) {
                          **p = 1;
                          delete *p;
                        } else
                          bb = {};
                      }));
      });
}
RACE(sel_send_wins_over_recv) {
  auto a = csp::make_chan<int>(1), b = csp::make_chan<int>();
  unordered(
      [b] {
        x = 1;
        csp::select(csp::send_case(b, 1), csp::default_case());
        first.step();
      },
      [a, b] {
        first.wait();
        csp::select(csp::send_case(a, 1), csp::recv_case(b));
        use(x);
      });
}
RACE(range_break_early) {
  auto c = csp::make_chan<int>();
  csp::go([c] {
    c << 1;
    x = 1;
    ended.step();
  });
  for (int v : c) {
    keep(v);
    break;
  }
  x = 2;
  ended.wait();
}
RACE(nil_channel_blocks) {
  csp::chan<int> nil;
  csp::go([nil] {
    x = 1;
    first.step();
    nil.recv();
  });
  first.wait();
  x = 2;
}
NORACE(chan_of_chan) {
  auto cc = csp::make_chan<csp::chan<int>>();
  csp::go([cc] {
    auto c = *cc.recv();
    x = 1;
    c.send(1);
  });
  auto c = csp::make_chan<int>();
  cc.send(c);
  c.recv();
  use(x);
}
NORACE(buffered_full_reverse) {
  auto c = csp::make_chan<int>(1);
  c.send(0);
  unordered(
      [c] {
        x = 1;
        c.recv();
      },
      [c] {
        c.send(1);
        x = 2;
      });
}
NORACE(wg_nested) {
  csp::wait_group g;
  g.go([&] {
    g.add(1);
    csp::go([&] {
      x = 1;
      g.done();
    });
  });
  g.wait();
  use(x);
}
RACE(goexit_deferred_write) {
  struct D {
    ~D() {
      x = 1;
      ended.step();
    }
  };
  csp::go([] {
    D d;
    csp::goexit();
  });
  x = 2;
  ended.wait();
}
NORACE(goexit_wg) {
  struct D {
    csp::wait_group& g;
    ~D() {
      x = 1;
      g.done();
    }
  };
  csp::wait_group g;
  g.add(1);
  csp::go([&] {
    D d{g};
    csp::goexit();
  });
  g.wait();
  x = 2;
}
NORACE(io_pipe) {
  static int p[2];
  keep(pipe2(p, O_NONBLOCK));
  csp::go([] {
    x = 1;
    csp::io::write(p[1], "a", 1);
  });
  char c;
  csp::io::read(p[0], &c, 1);
  use(x);
}
RACE(io_write_after) {
  static int p[2];
  keep(pipe2(p, O_NONBLOCK));
  csp::go([] {
    csp::io::write(p[1], "a", 1);
    x = 1;
    ended.step();
  });
  char c;
  csp::io::read(p[0], &c, 1);
  use(x);
  ended.wait();
}
RACE(io_read_buffer) {
  static int p[2];
  static char buf[8];
  keep(pipe2(p, O_NONBLOCK));
  csp::io::write(p[1], "abcd", 4);
  unordered([] { csp::io::read(p[0], buf, 4); }, [] { use(buf[2]); });
}
RACE(io_write_buffer) {
  static int p[2];
  static char buf[8];
  keep(pipe2(p, O_NONBLOCK));
  unordered([] { csp::io::write(p[1], buf, 4); }, [] { buf[2] = 1; });
}
NORACE(io_buffer_beyond) {
  static int p[2];
  static char buf[8];
  keep(pipe2(p, O_NONBLOCK));
  csp::io::write(p[1], "ab", 2);
  unordered([] { csp::io::read(p[0], buf, 8); }, [] { buf[5] = 1; });
}
NORACE(io_socket) {
  static int s[2];
  keep(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, s));
  unordered(
      [] {
        x = 1;
        csp::io::write(s[0], "a", 1);
        char c;
        csp::io::read(s[0], &c, 1);
        use(y);
      },
      [] {
        char c;
        csp::io::read(s[1], &c, 1);
        use(x);
        y = 1;
        csp::io::write(s[1], "b", 1);
      });
}
NORACE(io_tcp) {
  static int ls = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  sockaddr_in a{};
  a.sin_family = AF_INET;
  a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  bind(ls, (sockaddr*)&a, sizeof a);
  listen(ls, 4);
  static sockaddr_in b;
  socklen_t n = sizeof b;
  getsockname(ls, (sockaddr*)&b, &n);
  csp::go([] {
    int c = csp::io::accept(ls, nullptr, nullptr);
    char ch;
    csp::io::read(c, &ch, 1);
    use(x);
    y = 2;
    csp::io::write(c, "z", 1);
    close(c);
  });
  int c = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  csp::io::connect(c, (sockaddr*)&b, sizeof b);
  x = 1;
  csp::io::write(c, "q", 1);
  char ch;
  csp::io::read(c, &ch, 1);
  use(y);
  close(c);
}
NORACE(io_wait_readable) {
  static int p[2];
  keep(pipe2(p, O_NONBLOCK));
  csp::go([] {
    x = 1;
    csp::io::write(p[1], "a", 1);
  });
  csp::io::wait_readable(p[0]);
  char c;
  csp::io::read(p[0], &c, 1);
  use(x);
}
RACE(goroutine_stack_pointer_escapes) {
  static std::atomic<int*> p{nullptr};
  unordered(
      [] {
        int v = 0;
        p.store(&v, std::memory_order_relaxed);
        v = 1;
        second.wait();
        use(v);
      },
      [] {
        int* q;
        while (!(q = p.load(std::memory_order_relaxed))) csp::yield();
        *q = 5;
        second.step();
      });
}
RACE(captured_reference_outlives_frame) {
  auto launch = [] {
    int local = 0;
    csp::go([&local] {
      first.wait();
      local = 1;
      ended.step();
    });
    use(local);
    first.step();
    ended.wait();
    local = 2;
  };
  launch();
}
