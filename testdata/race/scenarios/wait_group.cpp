// csp::wait_group, context, timers, and the annotations.
#define SCENARIO_WITH_CSP
#include "scenario.h"

#include <chrono>
#include <memory>
#include <string>

using namespace std::chrono_literals;

static csp::wait_group group;

NORACE(done_before_wait_returns) {
  group.add();
  csp::go([] {
    x = 1;
    group.done();
  });
  group.wait();
  x = 2;
}
RACE(write_after_done) {
  group.add();
  csp::go([] {
    group.done();
    x = 1;
    ended.step();
  });
  group.wait();
  x = 2;
  ended.wait();
}
NORACE(every_worker_is_before_wait) {
  static int parts[10];
  group.add(10);
  for (int i = 0; i < 10; ++i) {
    csp::go([i] {
      parts[i] = 1;
      group.done();
    });
  }
  group.wait();
  for (int& part : parts) part = 2;
  keep(parts);
}
RACE(workers_are_not_ordered) {
  group.add(2);
  for (int i = 0; i < 2; ++i) {
    csp::go([] {
      ++x;
      group.done();
    });
  }
  group.wait();
}
RACE(group_is_no_mutex) {
  unordered(
      [] {
        group.add();
        ++x;
        group.done();
      },
      [] {
        group.add();
        ++x;
        group.done();
      });
}
RACE(read_before_wait) {
  group.add();
  csp::go([] {
    x = 1;
    group.done();
  });
  use(x);
  group.wait();
}
NORACE(several_goroutines_wait) {
  group.add(2);
  csp::go([] {
    x = 1;
    group.done();
  });
  csp::go([] {
    y = 1;
    group.done();
  });
  csp::go([] {
    group.wait();
    use(x);
    use(y);
    ended.step();
  });
  group.wait();
  use(x);
  use(y);
  ended.wait();
}
RACE(waiters_are_not_ordered_with_each_other) {
  group.add();
  csp::go([] { group.done(); });
  unordered(
      [] {
        group.wait();
        x = 1;
      },
      [] {
        group.wait();
        x = 2;
      });
}
NORACE(group_go) {
  static int parts[4];
  for (int i = 0; i < 4; ++i) group.go([i] { parts[i] = 1; });
  group.wait();
  for (int& part : parts) part = 2;
  keep(parts);
}
NORACE(group_is_used_again) {
  for (int round = 0; round < 10; ++round) {
    for (int i = 0; i < 2; ++i) {
      group.go([i] { (i == 0 ? x : y) += 1; });
    }
    group.wait();
    x += y;
  }
}
NORACE(group_passes_on_what_a_worker_knew) {
  auto c = csp::make_chan<int>();
  group.add(1);
  csp::go([=] {
    x = 1;
    c.send(0);
  });
  csp::go([=] {
    c.recv();
    group.done();
  });
  group.wait();
  x = 2;
}
NORACE(add_by_many_before_wait) {
  auto added = csp::make_chan<csp::unit>(2);
  static int parts[2];
  for (int i = 0; i < 2; ++i) {
    csp::go([=] {
      group.add();
      added.send({});
      parts[i] = 1;
      group.done();
    });
  }
  added.recv();
  added.recv();
  group.wait();
  for (int& part : parts) part = 2;
  keep(parts);
}
RACE(add_from_zero_against_wait) {
  csp::go([] {
    group.add();
    group.done();
    ended.step();
  });
  ended.wait();
  group.add();
  csp::go([] {
    second.wait();
    group.done();
  });
  second.step();
  group.wait();
}
NORACE(add_while_the_counter_is_above_zero) {
  group.add();
  csp::go([] {
    group.add();
    csp::go([] { group.done(); });
    group.done();
  });
  group.wait();
}
NORACE(negative_counter_throws_and_harms_nothing) {
  group.add();
  try {
    group.add(-2);
  } catch (const csp::sync_error&) {
  }
  csp::go([] {
    x = 1;
    group.done();
  });
  group.wait();
  x = 2;
}
NORACE(local_groups_in_recycled_places) {
  for (int i = 0; i < 20; ++i) {
    csp::wait_group local;
    int value = 0;
    local.go([&] { value = 1; });
    local.wait();
    value = 2;
    keep(value);
  }
}
NORACE(group_destroyed_right_after_wait) {
  for (int i = 0; i < 20; ++i) {
    auto local = std::make_unique<csp::wait_group>();
    for (int k = 0; k < 3; ++k) {
      local->go([] {});
    }
    local->wait();
    local.reset();
  }
}

NORACE(cancel_before_done) {
  auto [context, cancel] = csp::with_cancel(csp::context::background());
  csp::go([cancel = cancel] {
    x = 1;
    cancel();
  });
  context.done().recv();
  x = 2;
}
RACE(write_after_cancel) {
  auto [context, cancel] = csp::with_cancel(csp::context::background());
  csp::go([cancel = cancel] {
    cancel();
    x = 1;
    ended.step();
  });
  context.done().recv();
  x = 2;
  ended.wait();
}
NORACE(cancel_reaches_children) {
  auto [parent, cancel] = csp::with_cancel(csp::context::background());
  auto [child, cancel_child] = csp::with_cancel(parent);
  csp::go([cancel = cancel] {
    x = 1;
    cancel();
  });
  child.done().recv();
  x = 2;
  cancel_child();
}
RACE(second_cancel_orders_nothing) {
  auto [context, cancel] = csp::with_cancel(csp::context::background());
  cancel();
  csp::go([cancel = cancel] {
    x = 1;
    cancel();
    ended.step();
  });
  ended.wait();
  context.done().recv();
  x = 2;
}
NORACE(values_travel_with_the_context) {
  static int value = 0;
  value = 1;
  auto context =
      csp::with_value(csp::context::background(), "key", std::string("text"));
  csp::go([context] {
    keep(context.value<std::string>("key")->size());
    use(value);
    ended.step();
  });
  ended.wait();
}
NORACE(deadline_ends_a_context) {
  x = 1;
  auto [context, cancel] = csp::with_timeout(csp::context::background(), 1ms);
  csp::go([context = context] {
    context.done().recv();
    use(x);
    ended.step();
  });
  ended.wait();
  cancel();
}

NORACE(after_func_sees_what_came_before) {
  x = 1;
  auto timer = csp::after_func(1ms, [] {
    x = 2;
    ended.step();
  });
  ended.wait();
}
RACE(after_func_against_what_comes_after) {
  auto timer = csp::after_func(1ms, [] {
    x = 2;
    ended.step();
  });
  x = 1;
  ended.wait();
}
NORACE(timer_channel_sees_what_came_before_its_start) {
  auto handed =
      csp::make_chan<csp::recv_chan<std::chrono::steady_clock::time_point>>(1);
  csp::go([=] {
    x = 1;
    handed.send(csp::after(1ms));
  });
  auto fires = *handed.recv();
  fires.recv();
  x = 2;
}
NORACE(timer_reset_orders) {
  static csp::timer timer(1h);
  csp::go([] {
    x = 1;
    timer.reset(1ms);
  });
  timer.channel().recv();
  x = 2;
}
RACE(timer_write_after_reset) {
  static csp::timer timer(1h);
  csp::go([] {
    timer.reset(1ms);
    x = 1;
    ended.step();
  });
  timer.channel().recv();
  x = 2;
  ended.wait();
}
RACE(two_after_funcs_are_not_ordered) {
  auto one = csp::after_func(1ms, [] {
    x = 1;
    ended.step();
  });
  auto two = csp::after_func(2ms, [] {
    x = 2;
    ended.step();
  });
  ended.wait(2);
}
NORACE(ticker_fires_while_goroutines_end) {
  auto words = csp::make_chan<std::string>(1);
  auto stop = csp::make_chan<csp::unit>();
  csp::wait_group reader;
  csp::wait_group writers;
  reader.go([=] {
    csp::ticker ticker(50us);
    while (csp::select(csp::recv_case(words), csp::recv_case(ticker.channel()),
                       csp::recv_case(stop)) != 2) {
    }
  });
  for (int i = 0; i < 20; ++i) {
    writers.go([=] {
      csp::yield();
      words << std::string(100, 'a');
    });
  }
  writers.wait();
  stop.close();
  reader.wait();
}
NORACE(ticker_orders_its_start) {
  x = 1;
  csp::ticker ticker(1ms);
  csp::go([c = ticker.channel()] {
    c.recv();
    c.recv();
    use(x);
    ended.step();
  });
  ended.wait();
}
RACE(sleep_orders_nothing) {
  csp::go([] {
    x = 1;
    ended.step();
  });
  csp::sleep_for(5ms);
  ended.wait();
  x = 2;
}

NORACE(annotated_release_and_acquire) {
  static int object;
  csp::go([] {
    x = 1;
    csp::race::release(&object);
    ended.step();
  });
  ended.wait();
  csp::race::acquire(&object);
  x = 2;
}
RACE(annotated_on_different_objects) {
  static int object[4];
  csp::go([] {
    x = 1;
    csp::race::release(&object[0]);
    ended.step();
  });
  ended.wait();
  csp::race::acquire(&object[2]);
  x = 2;
}
NORACE(ignored_accesses) {
  unordered(
      [] {
        csp::race::ignore_scope scope;
        x = 1;
      },
      [] { x = 2; });
}
RACE(ignoring_is_not_inherited) {
  {
    csp::race::ignore_scope scope;
    csp::go([] {
      x = 1;
      ended.step();
    });
    csp::go([] {
      x = 2;
      ended.step();
    });
  }
  ended.wait(2);
}
NORACE(blocking_calls) {
  auto c = csp::make_chan<int>();
  csp::go([=] {
    csp::blocking([] { x = 1; });
    c.send(0);
  });
  c.recv();
  x = 2;
}
RACE(blocking_orders_nothing) {
  unordered([] { csp::blocking([] { x = 1; }); },
            [] { csp::blocking([] { x = 2; }); });
}
NORACE(goexit_ends_like_a_return) {
  group.add();
  csp::go([] {
    struct Done {
      ~Done() {
        x = 1;
        group.done();
      }
    } done;
    csp::goexit();
  });
  group.wait();
  x = 2;
}
