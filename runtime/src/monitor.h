// A thread that sees what no goroutine can: a hand-off that comes too late
// because its processor is busy, a goroutine that keeps its processor in a
// system call, the end of a foreign thread, stacks that nobody needs any more.
//
// It sleeps when there is nothing of this to be done, above all while every
// processor is idle, so that an idle program uses no CPU.
#pragma once

#include <atomic>
#include <cstdint>

#include "runtime/src/futex.h"
#include "runtime/src/idle_stacks.h"
#include "runtime/src/memory_map.h"

namespace csp::internal {

class Monitor {
 public:
  /// From now on there is something that a goroutine in a system call could
  /// hold up.
  void watch_processors();
  /// Tells that a processor has become idle or busy.
  void processors_changed();
  /// Asks for rechecks of a standstill until the program moves again.
  void watch_foreign_threads();
  /// Asks for IdleStacks::look() now and then.
  void watch_stacks();
  /// Asks for StackPool::trim() until it has no more to do.
  void trim_stacks();
  /// Asks for Scheduler::wake_again() in a while.
  void wake_later();
  /// From now on the program is ended with a dump if it has not ended by
  /// itself after so long.
  void watch_for_hang(std::int64_t after_ns);
  /// Ends the program with a dump of all goroutines, because of `signal`. Safe
  /// in a signal handler. False if there is no monitor to do it.
  bool request_dump(int signal);
  /// Whether its OS thread exists; false for a while after it was asked for.
  bool running() const { return running_.load(std::memory_order_acquire); }
  /// Where its frames are: on them is nothing of the program's. Requires:
  /// running().
  Range stack() const { return stack_; }

 private:
  friend class Fork;

  static void* thread(void* self);
  [[noreturn]] void run();
  void start();
  void kick();
  std::int64_t look();
  bool work_waits() const;
  void nap(std::int64_t ns);
  std::int64_t look_at_stacks();
  static bool trim_now();

  std::atomic<bool> started_{false};  // asked for
  std::atomic<bool> running_{false};
  Range stack_;
  std::atomic<bool> watch_foreign_{false};
  std::atomic<int> dump_{0};  // the signal that asks for it
  std::atomic<bool> trim_{false};
  std::int64_t until_hang() const;
  std::int64_t hang_at_ns_ = kForever;  // set before the thread is started
  std::atomic<bool> watch_stacks_{false};
  std::atomic<bool> wake_later_{false};
  IdleStacks idle_stacks_;
  std::int64_t next_idle_look_ns_ = 0;
  int idle_looks_ = 0;  // in a row
  std::uint64_t ticks_at_look_ = 0;
  std::uint32_t descriptor_looks_ = 0;    // of the poller, at the last look
  std::atomic<std::uint32_t> asleep_{0};  // futex: 1 while it sleeps for long
};

Monitor& monitor();
inline void watch_foreign_threads() { monitor().watch_foreign_threads(); }

}  // namespace csp::internal
