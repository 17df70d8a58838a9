// Closing channels; handles; channels among many.
#define SCENARIO_WITH_CSP
#include "scenario.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

using csp::make_chan;

NORACE(close_before_receive_that_sees_it) {
  auto c = make_chan<int>();
  csp::go([=] {
    x = 1;
    c.close();
  });
  c.recv();
  x = 2;
}
RACE(write_after_close) {
  auto c = make_chan<int>();
  csp::go([=] {
    c.close();
    x = 1;
    ended.step();
  });
  c.recv();
  x = 2;
  ended.wait();
}
NORACE(close_of_a_buffered_channel) {
  auto c = make_chan<int>(10);
  csp::go([=] {
    x = 1;
    c.close();
  });
  c.recv();
  x = 2;
}
NORACE(close_ends_a_range) {
  auto c = make_chan<int>(10);
  csp::go([=] {
    c.send(1);
    x = 1;
    c.close();
  });
  for (int v : c) y += v;
  x = 2;
}
RACE(value_from_a_closed_channel_is_not_ordered_after_the_close) {
  auto c = make_chan<int>(1);
  csp::go([=] {
    c.send(1);
    x = 1;
    c.close();
    ended.step();
  });
  ended.wait();
  c.recv();
  x = 2;
}
NORACE(receive_by_operator_sees_the_close) {
  auto c = make_chan<int>(1);
  csp::go([=] {
    x = 1;
    c.close();
  });
  int out = 0;
  while (c >> out) {
  }
  x = 2;
}
NORACE(close_wakes_all_receivers) {
  auto c = make_chan<int>();
  auto done = make_chan<int>(2);
  for (int i = 0; i < 2; ++i) {
    csp::go([=] {
      c.recv();
      y += 0 * i;
      use(x);
      done.send(0);
    });
  }
  x = 1;
  c.close();
  done.recv();
  done.recv();
}
RACE(receivers_woken_by_one_close_are_not_ordered) {
  auto c = make_chan<int>();
  csp::go([=] { c.close(); });
  unordered(
      [=] {
        c.recv();
        x = 1;
      },
      [=] {
        c.recv();
        x = 2;
      });
}
RACE(send_against_close) {
  auto c = make_chan<int>(1);
  csp::go([=] {
    try {
      c.send(1);
    } catch (const csp::channel_error&) {
    }
    ended.step();
  });
  c.close();
  ended.wait();
}
NORACE(send_before_close_through_another_channel) {
  auto c = make_chan<int>(1);
  auto done = make_chan<int>();
  csp::go([=] {
    c.send(1);
    done.send(0);
  });
  done.recv();
  c.close();
}
RACE(send_by_select_against_close) {
  auto c = make_chan<int>(1);
  csp::go([=] {
    try {
      csp::select(csp::send_case(c, 1), csp::default_case());
    } catch (const csp::channel_error&) {
    }
    ended.step();
  });
  ended.wait();
  c.close();
}
RACE(close_after_unordered_send) {
  auto c = make_chan<int>(1);
  csp::go([=] {
    c.send(1);
    ended.step();
  });
  ended.wait();
  c.close();
}
NORACE(receive_against_close) {
  auto c = make_chan<int>(1);
  csp::go([=] { c.recv(); });
  c.close();
}
NORACE(close_by_the_receiver_of_the_last_value) {
  auto c = make_chan<int>(1);
  csp::go([=] { c.send(1); });
  c.recv();
  c.close();
}
RACE(failed_close_is_no_acquire) {
  auto c = make_chan<int>();
  csp::go([=] {
    x = 1;
    c.close();
    ended.step();
  });
  ended.wait();
  try {
    c.close();
  } catch (const csp::channel_error&) {
  }
  x = 2;
}
RACE(failed_send_is_no_acquire) {
  auto c = make_chan<int>();
  csp::go([=] {
    x = 1;
    c.close();
    ended.step();
  });
  ended.wait();
  try {
    c.send(1);
  } catch (const csp::channel_error&) {
  }
  x = 2;
}
NORACE(len_and_cap_race_with_nothing) {
  auto c = make_chan<int>(4);
  csp::go([=] {
    for (int i = 0; i < 4; ++i) c.send(i);
    c.close();
    ended.step();
  });
  std::size_t sum = 0;
  while (c.len() < 4) {
    sum += c.cap();
    yield();
  }
  keep(sum);
  ended.wait();
}
RACE(len_orders_nothing_after_a_send) {
  auto c = make_chan<int>(1);
  csp::go([=] {
    x = 1;
    c.send(0);
  });
  while (c.len() == 0) yield();
  x = 2;
}
RACE(len_orders_nothing_after_a_receive) {
  auto c = make_chan<int>(1);
  c.send(0);
  csp::go([=] {
    x = 1;
    c.recv();
  });
  while (c.len() != 0) yield();
  x = 2;
}
NORACE(what_a_value_points_to_is_handed_over) {
  auto c = make_chan<std::unique_ptr<std::vector<int>>>(1);
  csp::go([=] {
    auto v = std::make_unique<std::vector<int>>(3, 1);
    v->push_back(4);
    c.send(std::move(v));
  });
  auto v = std::move(*c.recv());
  v->push_back(5);
}
RACE(what_a_value_points_to_is_still_used_by_the_sender) {
  auto c = make_chan<int*>(1);
  csp::go([=] {
    static int value;
    c.send(&value);
    value = 1;
    ended.step();
  });
  **c.recv() = 2;
  ended.wait();
}
NORACE(strings_are_moved_through_a_channel) {
  auto c = make_chan<std::string>(2);
  csp::go([=] {
    for (int i = 0; i < 10; ++i) c.send(std::string(100, 'a'));
    c.close();
  });
  std::size_t size = 0;
  for (auto&& s : c) size += s.size();
  keep(size);
}
NORACE(large_values_are_copied_through_a_channel) {
  struct Large {
    int part[100] = {};
  };
  auto c = make_chan<Large>();
  csp::go([=] {
    Large large;
    for (int& part : large.part) part = 1;
    c.send(large);
    large.part[0] = 2;
  });
  keep(c.recv()->part[7]);
}
RACE(channel_variable_is_assigned_unordered) {
  static csp::chan<int> c;
  csp::go([] {
    c = make_chan<int>(1);
    ended.step();
  });
  if (c) y = 1;
  ended.wait();
}
RACE(channel_variable_is_used_for_a_send_while_assigned) {
  static csp::chan<int> c = make_chan<int>(8);
  csp::go([] {
    c = make_chan<int>(8);
    ended.step();
  });
  ended.wait();
  c.send(1);
}
NORACE(handles_are_copied_by_many) {
  auto c = make_chan<int>(100);
  csp::wait_group group;
  for (int i = 0; i < 10; ++i) {
    group.go([c] {
      auto copy = c;
      csp::send_chan<int> sends = copy;
      sends.send(1);
    });
  }
  group.wait();
  c.close();
}
NORACE(last_handle_may_be_dropped_by_anybody) {
  for (int i = 0; i < 20; ++i) {
    auto c = make_chan<std::string>(1);
    csp::go([c] { c.send(std::string(50, 'x')); });
    c.recv();
  }
}
NORACE(recycled_channel_has_no_history) {
  for (int i = 0; i < 50; ++i) {
    auto c = make_chan<int>(1);
    csp::go([c] {
      c.send(1);
      c.close();
    });
    for (int v : c) keep(v);
  }
}
NORACE(producer_and_consumer) {
  auto c = make_chan<int*>();
  auto back = make_chan<int*>();
  csp::go([=] {
    for (int* p : c) {
      ++*p;
      back.send(p);
    }
    back.close();
  });
  static int values[5] = {};
  for (int& v : values) {
    c.send(&v);
    ++*back.recv().value();
  }
  c.close();
  back.recv();
}
NORACE(pipeline_of_three) {
  auto a = make_chan<std::vector<int>>();
  auto b = make_chan<std::vector<int>>(2);
  csp::go([=] {
    for (int i = 0; i < 20; ++i) a.send(std::vector<int>(10, i));
    a.close();
  });
  csp::go([=] {
    for (auto v : a) {
      v[0] = 100;
      b.send(std::move(v));
    }
    b.close();
  });
  for (auto v : b) x += v[0];
}
NORACE(token_is_passed_around_a_ring) {
  const int count = 5;
  auto done = make_chan<int>();
  std::vector<csp::chan<int>> ring;
  for (int i = 0; i < count; ++i) ring.push_back(make_chan<int>());
  for (int i = 0; i < count; ++i) {
    csp::go([in = ring[i], out = ring[(i + 1) % count], done] {
      for (int v : in) {
        ++x;
        v == 0 ? done.send(0) : out.send(v - 1);
      }
    });
  }
  ring[0].send(50);
  done.recv();
  for (auto& c : ring) c.close();
}
NORACE(foreign_thread_sends) {
  auto c = make_chan<int>(1);
  std::thread thread([=] {
    x = 1;
    c.send(0);
  });
  c.recv();
  x = 2;
  thread.join();
}
RACE(foreign_thread_writes_after_its_send) {
  auto c = make_chan<int>(1);
  std::thread thread([=] {
    c.send(0);
    x = 1;
  });
  c.recv();
  x = 2;
  thread.join();
}
NORACE(foreign_threads_meet_over_an_unbuffered_channel) {
  auto c = make_chan<int>();
  std::thread thread([=] {
    x = 1;
    c.recv();
  });
  c.send(0);
  x = 2;
  thread.join();
}
NORACE(a_million_steps_later_the_order_still_holds) {
  auto c = make_chan<int>(1);
  csp::go([=] {
    x = 1;
    for (int i = 0; i < 1000; ++i) c.send(i);
    c.close();
  });
  for (int v : c) keep(v);
  x = 2;
}
