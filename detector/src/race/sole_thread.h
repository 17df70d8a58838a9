// The way through the detector's locks of an OS thread that is alone there.
//
// An atomic exchange costs more than what most locks guard. The sole thread
// does without: it notes that it is in a section, then looks whether it is
// still alone. Another thread ends that before its own first lock: it takes the
// privilege away, has the kernel run a barrier on every processor and waits for
// a section that may be under way. At its barrier the sole thread either had
// noted its section before, and is waited for, or looks afterwards, and sees
// that it is not alone. (Dekker's algorithm with one cheap side: Dice, Huang
// and Yang, "Asymmetric Dekker synchronization", 2001; membarrier(2).)
//
// Once ended it stays so: whoever has had company may have it again.
#pragma once

#include <linux/membarrier.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>

namespace chansan::race {

struct SoleThread {
  // Only its own thread writes `sections`, only the end of it `is_alone`.
  std::atomic<int> sections;  // that it is in
  std::atomic<bool> is_alone;

  /// Nobody else has taken a lock so far, nor does before end(). Requires: the
  /// calling thread lives as long as the process. Without the kernel's help
  /// nothing happens.
  static void begin();
  /// Requires: a forked child calls it, where its thread is the only one.
  static void begin_anew();

  // The marks of the calling thread.
  static SoleThread& mine();
  // The thread that is alone; null: none any more, or none yet.
  static inline std::atomic<SoleThread*> sole{nullptr};
  // Returns when no thread is alone.
  static void end();
};

// In static storage of the program: one load away, at any moment.
inline constinit thread_local SoleThread sole_thread_marks
    __attribute__((tls_model("initial-exec"))){};

inline SoleThread& SoleThread::mine() { return sole_thread_marks; }

inline void SoleThread::begin() {
  constexpr int kRegister = MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED;
  if (syscall(SYS_membarrier, kRegister, 0, 0) != 0) return;
  sole.store(&mine(), std::memory_order_release);
  mine().is_alone.store(true, std::memory_order_relaxed);
}

// What a thread that is not there any more was in, it never leaves.
inline void SoleThread::begin_anew() {
  if (sole.load(std::memory_order_relaxed) != &mine()) {
    sole.store(nullptr, std::memory_order_relaxed);
  }
}

// Several threads may be here at once: each does all of it.
inline void SoleThread::end() {
  SoleThread* const other = sole.load(std::memory_order_acquire);
  if (other == nullptr || other == &mine()) return;
  other->is_alone.store(false, std::memory_order_seq_cst);
  if (syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0) != 0) {
    // Slow, but it needs no registration.
    syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0);
  }
  while (other->sections.load(std::memory_order_acquire) != 0) sched_yield();
  sole.store(nullptr, std::memory_order_release);
}

/// A piece of code that no other thread is in if is_alone().
class SoleSection {
 public:
  static void enter() {
    SoleThread& mine = SoleThread::mine();
    mine.sections.store(mine.sections.load(std::memory_order_relaxed) + 1,
                        std::memory_order_relaxed);
    // The processor's half of this barrier is in SoleThread::end().
    std::atomic_signal_fence(std::memory_order_seq_cst);
  }
  static void leave() {
    SoleThread& mine = SoleThread::mine();
    // What was done inside is seen by who waits for the end of it.
    mine.sections.store(mine.sections.load(std::memory_order_relaxed) - 1,
                        std::memory_order_release);
  }
  /// Once it has returned false nobody is alone. Requires: inside.
  [[gnu::always_inline]] static bool is_alone() {
    if (SoleThread::mine().is_alone.load(std::memory_order_relaxed)) {
      return true;
    }
    if (SoleThread::sole.load(std::memory_order_acquire) != nullptr)
        [[unlikely]] {
      SoleThread::end();
    }
    return false;
  }

  SoleSection() { enter(); }
  SoleSection(const SoleSection&) = delete;
  SoleSection& operator=(const SoleSection&) = delete;
  ~SoleSection() { leave(); }
};

/// Replaces `value` by operate(value) in one step as far as other threads that
/// do it so can tell. *Returns* what it was.
template <typename T, typename Operate>
T update(std::atomic<T>& value, Operate operate) {
  const SoleSection section;
  T old = value.load(std::memory_order_relaxed);
  if (SoleSection::is_alone()) [[likely]] {
    value.store(operate(old), std::memory_order_relaxed);
    return old;
  }
  while (!value.compare_exchange_weak(old, operate(old),
                                      std::memory_order_acq_rel,
                                      std::memory_order_relaxed)) {
  }
  return old;
}

}  // namespace chansan::race
