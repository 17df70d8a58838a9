// Channels: what their operations order and what they do not.
#define SCENARIO_WITH_CSP
#include "scenario.h"

using csp::make_chan;

NORACE(unbuffered_send_before_receive) {
  auto c = make_chan<int>();
  csp::go([=] {
    x = 1;
    c.send(0);
  });
  c.recv();
  x = 2;
}
RACE(unbuffered_write_after_send) {
  auto c = make_chan<int>();
  csp::go([=] {
    c.send(0);
    x = 1;
    ended.step();
  });
  c.recv();
  x = 2;
  ended.wait();
}
NORACE(unbuffered_receive_before_send_completes) {
  auto c = make_chan<int>();
  csp::go([=] {
    x = 1;
    c.recv();
  });
  c.send(0);
  x = 2;
}
RACE(unbuffered_write_after_receive) {
  auto c = make_chan<int>();
  csp::go([=] {
    c.recv();
    x = 1;
    ended.step();
  });
  c.send(0);
  x = 2;
  ended.wait();
}
NORACE(unbuffered_blocked_sender_is_ordered_before_receiver) {
  auto c = make_chan<int>();
  csp::go([=] {
    x = 1;
    first.step();
    c.send(0);
  });
  first.wait();
  for (int i = 0; i < 100; ++i) csp::yield();
  c.recv();
  x = 2;
}
NORACE(unbuffered_blocked_receiver_is_ordered_before_sender) {
  auto c = make_chan<int>();
  csp::go([=] {
    x = 1;
    first.step();
    c.recv();
  });
  first.wait();
  for (int i = 0; i < 100; ++i) csp::yield();
  c.send(0);
  x = 2;
}
NORACE(buffered_send_before_receive) {
  auto c = make_chan<int>(10);
  csp::go([=] {
    x = 1;
    c.send(0);
  });
  c.recv();
  x = 2;
}
RACE(buffered_receive_does_not_order_its_send) {
  auto c = make_chan<int>(10);
  csp::go([=] {
    x = 1;
    c.recv();
    ended.step();
  });
  c.send(0);
  x = 2;
  ended.wait();
}
RACE(buffered_receive_does_not_order_its_send_when_the_receiver_waits) {
  auto c = make_chan<int>(1);
  csp::go([=] {
    x = 1;
    first.step();
    c.recv();
    ended.step();
  });
  first.wait();
  for (int i = 0; i < 100; ++i) csp::yield();
  c.send(0);
  x = 2;
  ended.wait();
}
NORACE(buffered_slot_is_free_after_its_receive) {
  auto c = make_chan<int>(1);
  csp::go([=] {
    x = 1;
    c.recv();
  });
  c.send(0);
  c.send(0);
  x = 2;
}
RACE(buffered_other_slot_is_not_ordered) {
  auto c = make_chan<int>(2);
  csp::go([=] {
    x = 1;
    c.recv();
    ended.step();
  });
  c.send(0);
  c.send(0);
  x = 2;
  ended.wait();
}
NORACE(buffered_third_send_waits_for_the_first_receive) {
  auto c = make_chan<int>(2);
  csp::go([=] {
    x = 1;
    c.recv();
  });
  for (int i = 0; i < 3; ++i) c.send(i);
  x = 2;
}
NORACE(capacity_one_is_a_mutex) {
  auto c = make_chan<int>(1);
  auto done = make_chan<int>();
  for (int i = 0; i < 3; ++i) {
    csp::go([=] {
      c.send(0);
      ++x;
      c.recv();
      done.send(0);
    });
  }
  for (int i = 0; i < 3; ++i) done.recv();
  ++x;
}
RACE(capacity_two_is_no_mutex) {
  auto c = make_chan<bool>(2);
  unordered(
      [=] {
        c.send(true);
        first.step();
        first.wait(2);
        ++x;
        c.recv();
      },
      [=] {
        c.send(true);
        first.step();
        first.wait(2);
        ++x;
        c.recv();
      });
}
RACE(capacity_two_is_no_mutex_for_values_without_data) {
  auto c = make_chan<csp::unit>(2);
  unordered(
      [=] {
        c.send({});
        first.step();
        first.wait(2);
        ++x;
        c.recv();
      },
      [=] {
        c.send({});
        first.step();
        first.wait(2);
        ++x;
        c.recv();
      });
}
NORACE(receives_as_a_wait_group) {
  auto c = make_chan<csp::unit>(4);
  int parts[4] = {};
  for (int& part : parts) {
    csp::go([&part, c] {
      part = 1;
      c.send({});
    });
  }
  for (int i = 0; i < 4; ++i) c.recv();
  for (int part : parts) x += part;
}
RACE(one_receive_too_few) {
  auto c = make_chan<csp::unit>(4);
  static int parts[4] = {};
  for (int& part : parts) {
    csp::go([&part, c] {
      part = 1;
      c.send({});
      ended.step();
    });
  }
  ended.wait(4);
  for (int i = 0; i < 3; ++i) c.recv();
  for (int part : parts) x += part;
}
NORACE(slots_as_a_wait_group) {
  const int count = 8;
  auto c = make_chan<csp::unit>(count / 2);
  static int parts[count] = {};
  for (int i = 0; i < count; ++i) {
    csp::go([i, c] {
      parts[i] = 1;
      c.recv();
    });
  }
  for (int i = 0; i < count + count / 2; ++i) c.send({});
  for (int part : parts) x += part;
}
RACE(value_received_is_ordered_with_its_own_send_only) {
  auto c = make_chan<int>(2);
  csp::go([=] {
    c.send(1);
    x = 1;
    c.send(2);
    ended.step();
  });
  ended.wait();
  c.recv();
  x = 2;
}
NORACE(second_receive_is_ordered_after_second_send) {
  auto c = make_chan<int>(2);
  csp::go([=] {
    c.send(1);
    x = 1;
    c.send(2);
  });
  c.recv();
  c.recv();
  x = 2;
}
RACE(two_senders_are_not_ordered) {
  auto c = make_chan<int>(2);
  unordered(
      [=] {
        x = 1;
        c.send(0);
      },
      [=] {
        x = 2;
        c.send(0);
      });
}
RACE(senders_of_an_unbuffered_channel_are_not_ordered) {
  auto c = make_chan<int>();
  unordered(
      [=] {
        x = 1;
        c.send(0);
      },
      [=] {
        x = 2;
        c.send(0);
      },
      [=] {
        c.recv();
        c.recv();
      });
}
RACE(receivers_are_not_ordered_with_each_other) {
  auto c = make_chan<int>(2);
  c.send(0);
  c.send(0);
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
