// select: only the case that ran orders anything.
#define SCENARIO_WITH_CSP
#include "scenario.h"

#include <optional>
#include <string>
#include <vector>

using csp::default_case;
using csp::make_chan;
using csp::recv_case;
using csp::send_case;

NORACE(select_receives_what_select_sent) {
  auto c = make_chan<int>();
  auto other = make_chan<int>();
  csp::go([=] {
    x = 1;
    csp::select(send_case(c, 1), recv_case(other));
  });
  csp::select(recv_case(c), recv_case(other));
  x = 2;
}
RACE(select_write_after_the_sending_select) {
  auto c = make_chan<int>();
  auto other = make_chan<int>();
  csp::go([=] {
    csp::select(send_case(c, 1), recv_case(other));
    x = 1;
    ended.step();
  });
  csp::select(recv_case(c), recv_case(other));
  x = 2;
  ended.wait();
}
NORACE(select_sees_the_close) {
  auto c = make_chan<int>();
  auto other = make_chan<int>();
  csp::go([=] {
    x = 1;
    c.close();
  });
  csp::select(recv_case(c), recv_case(other));
  x = 2;
}
RACE(select_write_after_close) {
  auto c = make_chan<int>();
  auto other = make_chan<int>();
  csp::go([=] {
    c.close();
    x = 1;
    ended.step();
  });
  csp::select(recv_case(c), recv_case(other));
  x = 2;
  ended.wait();
}
NORACE(select_receives_from_a_buffer) {
  auto c = make_chan<int>(10);
  auto other = make_chan<int>();
  csp::go([=] {
    x = 1;
    csp::select(send_case(c, 1), recv_case(other));
  });
  csp::select(recv_case(c), recv_case(other));
  x = 2;
}
RACE(select_send_into_a_buffer_is_not_ordered_after_its_receive) {
  auto c = make_chan<int>(10);
  auto other = make_chan<int>();
  csp::go([=] {
    x = 1;
    csp::select(recv_case(c), recv_case(other));
    ended.step();
  });
  csp::select(send_case(c, 1), recv_case(other));
  x = 2;
  ended.wait();
}
RACE(select_other_channel_orders_nothing) {
  auto a = make_chan<int>(1);
  auto b = make_chan<int>(1);
  csp::go([=] {
    x = 1;
    a.send(1);
    ended.step();
  });
  ended.wait();
  b.send(1);
  csp::select(recv_case(b), recv_case(csp::chan<int>()));
  x = 2;
}
RACE(select_default_orders_nothing) {
  auto c = make_chan<int>();
  csp::go([=] {
    x = 1;
    csp::select(send_case(c, 1), default_case());
    ended.step();
  });
  csp::select(recv_case(c), default_case());
  ended.wait();
  y = x;
}
RACE(select_failed_send_orders_nothing) {
  auto c = make_chan<int>(1);
  c.send(0);
  csp::go([=] {
    x = 1;
    csp::select(send_case(c, 1), default_case());
    ended.step();
  });
  ended.wait();
  c.recv();
  x = 2;
}
NORACE(select_poll_until_ready) {
  auto c = make_chan<int>(1);
  csp::go([=] {
    x = 1;
    c.send(0);
  });
  bool ready = false;
  while (!ready) {
    csp::select(recv_case(c, [&](std::optional<int>) { ready = true; }),
                default_case([] { yield(); }));
  }
  x = 2;
}
NORACE(select_poll_until_closed) {
  auto c = make_chan<int>();
  csp::go([=] {
    x = 1;
    c.close();
  });
  while (csp::select(recv_case(c), default_case()) < 0) yield();
  x = 2;
}
RACE(select_bodies_are_not_ordered) {
  auto a = make_chan<int>(1);
  auto b = make_chan<int>(1);
  a.send(0);
  b.send(0);
  unordered(
      [=] {
        csp::select(recv_case(a, [](std::optional<int>) { x = 1; }),
                    recv_case(csp::chan<int>()));
      },
      [=] {
        csp::select(recv_case(b, [](std::optional<int>) { x = 2; }),
                    recv_case(csp::chan<int>()));
      });
}
NORACE(select_body_comes_after_the_operation) {
  auto c = make_chan<int>(1);
  csp::go([=] {
    x = 1;
    c.send(0);
  });
  csp::select(recv_case(c, [](std::optional<int>) { x = 2; }));
}
NORACE(select_as_a_mutex) {
  auto c = make_chan<int>(1);
  auto never = make_chan<int>();
  auto done = make_chan<int>();
  for (int i = 0; i < 3; ++i) {
    csp::go([=] {
      csp::select(send_case(c, 1), recv_case(never));
      ++x;
      csp::select(recv_case(c), recv_case(never));
      done.send(0);
    });
  }
  for (int i = 0; i < 3; ++i) done.recv();
  ++x;
}
NORACE(select_request_and_reply) {
  auto request = make_chan<int*>();
  auto reply = make_chan<int*>();
  auto stop = make_chan<int>();
  csp::go([=] {
    while (true) {
      bool end = false;
      csp::select(recv_case(request,
                            [&](std::optional<int*> p) {
                              ++**p;
                              reply.send(*p);
                            }),
                  recv_case(stop, [&](std::optional<int>) { end = true; }));
      if (end) return;
    }
  });
  static int value;
  for (int i = 0; i < 10; ++i) {
    ++value;
    request.send(&value);
    reply.recv();
  }
  stop.close();
  ++value;
}
NORACE(select_blocked_sender_is_ordered_before_receiver) {
  auto c = make_chan<int>();
  auto other = make_chan<int>();
  csp::go([=] {
    x = 1;
    first.step();
    csp::select(send_case(c, 1), send_case(other, 1));
  });
  first.wait();
  for (int i = 0; i < 100; ++i) csp::yield();
  c.recv();
  x = 2;
}
NORACE(select_blocked_receiver_is_ordered_before_sender) {
  auto c = make_chan<int>();
  auto other = make_chan<int>();
  csp::go([=] {
    x = 1;
    first.step();
    csp::select(recv_case(c), recv_case(other));
  });
  first.wait();
  for (int i = 0; i < 100; ++i) csp::yield();
  c.send(1);
  x = 2;
}
RACE(select_of_two_senders_orders_only_the_chosen) {
  auto a = make_chan<int>(1);
  auto b = make_chan<int>(1);
  csp::go([=] {
    x = 1;
    a.send(1);
    ended.step();
  });
  csp::go([=] {
    y = 1;
    b.send(1);
    ended.step();
  });
  ended.wait(2);
  csp::select(recv_case(a), recv_case(b));
  x = 2;
  y = 2;
}
NORACE(select_over_a_span) {
  std::vector<csp::chan<int>> channels;
  static int parts[4];
  for (int i = 0; i < 4; ++i) {
    channels.push_back(make_chan<int>(1));
    csp::go([i, c = channels.back()] {
      parts[i] = 1;
      c.send(i);
    });
  }
  for (int taken = 0; taken < 4; ++taken) {
    std::vector<csp::select_case> cases;
    std::optional<int> out[4];
    for (int i = 0; i < 4; ++i) {
      cases.emplace_back(
          recv_case(channels[static_cast<std::size_t>(i)], out[i]));
    }
    const int chosen = csp::select(cases);
    parts[chosen] = 2;
  }
}
RACE(select_over_a_span_other_part) {
  std::vector<csp::chan<int>> channels;
  static int parts[2];
  for (int i = 0; i < 2; ++i) {
    channels.push_back(make_chan<int>(1));
    csp::go([i, c = channels.back()] {
      parts[i] = 1;
      c.send(i);
      ended.step();
    });
  }
  ended.wait(2);
  std::vector<csp::select_case> cases;
  std::optional<int> out[2];
  for (int i = 0; i < 2; ++i) {
    cases.emplace_back(
        recv_case(channels[static_cast<std::size_t>(i)], out[i]));
  }
  const int chosen = csp::select(cases);
  parts[1 - chosen] = 2;
  keep(parts);
}
NORACE(select_sends_strings) {
  auto c = make_chan<std::string>(2);
  auto never = make_chan<int>();
  csp::go([=] {
    for (int i = 0; i < 20; ++i) {
      csp::select(send_case(c, std::string(60, 'a')), recv_case(never));
    }
    c.close();
  });
  std::size_t size = 0;
  for (auto v : c) size += v.size();
  keep(size);
}
NORACE(select_value_that_was_not_sent_is_destroyed_by_its_owner) {
  auto full = make_chan<std::string>(1);
  full.send("full");
  csp::wait_group group;
  for (int i = 0; i < 4; ++i) {
    group.go([=] {
      csp::select(send_case(full, std::string(80, 'a')), default_case());
    });
  }
  group.wait();
}
