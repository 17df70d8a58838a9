// A model checker for small pieces of lock-free code: it runs them with its own
// atomics, in every order of their steps, and with every value that the C++
// memory model lets a load return.
//
// After Norris and Demsky, "CDSChecker: checking concurrent data structures
// written with C/C++ atomics" (OOPSLA 2013), without its reduction of orders
// and with simpler coherence: the modification order of a location is the
// order in which its stores are executed. seq_cst operations are taken for
// acquire and release ones that see the latest store; and no load is delayed
// past what follows it in its thread. Where the orders are too
// many, those with more than a number of preemptions are left out (Musuvathi
// and Qadeer, PLDI 2007).
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace model {

inline constexpr std::size_t kThreadsMax = 5;  // the first is the set-up

/// What a thread knows of the others: the number of their steps.
struct Clock {
  std::array<std::uint32_t, kThreadsMax> steps{};
  void join(const Clock& other) {
    for (std::size_t i = 0; i < kThreadsMax; ++i) {
      if (other.steps[i] > steps[i]) steps[i] = other.steps[i];
    }
  }
};

/// One execution's threads, and what follows when none can go on: all have
/// ended, or wait.
struct Program {
  std::vector<std::function<void()>> threads;
  std::function<void()> at_end;
};

struct Limits {
  int preemptions = 1000;  // for ever, in a small program
  int steps = 400;         // of one execution; longer ones are cut off
};

struct Verdict {
  long executions = 0;
  long cut_off = 0;
  std::string violation;  // empty: none was found
};

/// Runs what `make` builds in every way. `make` is called for each execution.
Verdict explore(const std::function<Program()>& make, const Limits& limits);

/// A step that can be made only when `able` is true.
void wait_until(const std::function<bool()>& able);

/// membarrier(2): every thread passes a full barrier.
void heavy_barrier();

/// Ends the exploration if `holds` is false.
void require(bool holds, const char* what);

// For the atomics below.

/// The next step is this thread's, sooner or later.
void step();
/// One of `count` possibilities; all are tried.
std::size_t choose(std::size_t count);
std::size_t this_thread();
Clock& this_clock();

inline bool acquires(std::memory_order order) {
  return order == std::memory_order_acquire ||
         order == std::memory_order_acq_rel ||
         order == std::memory_order_seq_cst ||
         order == std::memory_order_consume;
}
inline bool releases(std::memory_order order) {
  return order == std::memory_order_release ||
         order == std::memory_order_acq_rel ||
         order == std::memory_order_seq_cst;
}

/// std::atomic, of which every operation is a step of the model.
template <class T>
class Atomic {
 public:
  Atomic() : Atomic(T()) {}
  explicit(false) Atomic(T value) {
    history_.push_back({value, this_clock(), this_thread(), tick()});
  }
  Atomic(const Atomic&) = delete;
  Atomic& operator=(const Atomic&) = delete;

  T load(std::memory_order order = std::memory_order_seq_cst) const {
    step();
    const std::size_t newest = history_.size() - 1;
    std::size_t index = newest;
    if (order != std::memory_order_seq_cst) {
      index -= choose(newest - oldest_visible() + 1);
    }
    seen_[this_thread()] = index;
    if (acquires(order)) this_clock().join(history_[index].released);
    return history_[index].value;
  }
  void store(T value, std::memory_order order = std::memory_order_seq_cst) {
    step();
    append(value, order, Clock());
  }
  T exchange(T value, std::memory_order order = std::memory_order_seq_cst) {
    step();
    const Store last = history_.back();
    if (acquires(order)) this_clock().join(last.released);
    append(value, order, last.released);
    return last.value;
  }
  bool compare_exchange_strong(T& expected, T value, std::memory_order success,
                               std::memory_order failure) {
    step();
    const Store last = history_.back();
    if (last.value != expected) {
      if (acquires(failure)) this_clock().join(last.released);
      seen_[this_thread()] = history_.size() - 1;
      expected = last.value;
      return false;
    }
    if (acquires(success)) this_clock().join(last.released);
    append(value, success, last.released);
    return true;
  }
  bool compare_exchange_weak(T& expected, T value, std::memory_order success,
                             std::memory_order failure) {
    return compare_exchange_strong(expected, value, success, failure);
  }

  T fetch_add(T amount, std::memory_order order = std::memory_order_seq_cst) {
    step();
    const Store last = history_.back();
    if (acquires(order)) this_clock().join(last.released);
    append(last.value + amount, order, last.released);
    return last.value;
  }
  /// Loads until the value is `value`.
  void await(T value, std::memory_order order) {
    wait_until([this, value] { return latest() == value; });
    seen_[this_thread()] = history_.size() - 1;
    if (acquires(order)) this_clock().join(history_.back().released);
  }
  /// The latest value, for wait_until() and for the end.
  T latest() const { return history_.back().value; }

 private:
  struct Store {
    T value;
    Clock released;  // what an acquiring load of it learns
    std::size_t writer;
    std::uint32_t stamp;
  };

  static std::uint32_t tick() { return ++this_clock().steps[this_thread()]; }

  // A read-modify-write continues the release sequence of what it replaces.
  void append(T value, std::memory_order order, Clock sequence) {
    const std::uint32_t stamp = tick();
    if (releases(order)) sequence.join(this_clock());
    history_.push_back({value, sequence, this_thread(), stamp});
    seen_[this_thread()] = history_.size() - 1;
  }

  // A load may not return what is older than what it has read already, or than
  // a store that it knows of.
  std::size_t oldest_visible() const {
    std::size_t index = history_.size() - 1;
    while (index > seen_[this_thread()] &&
           history_[index].stamp > this_clock().steps[history_[index].writer]) {
      --index;
    }
    return index;
  }

  std::vector<Store> history_;
  mutable std::array<std::size_t, kThreadsMax> seen_{};
};

/// Data that the code under test must order by its atomics.
class Plain {
 public:
  void write() {
    const Clock& now = this_clock();
    for (std::size_t t = 0; t < kThreadsMax; ++t) {
      require(read_[t] <= now.steps[t], "data race: write after read");
    }
    check_written();
    writer_ = this_thread();
    written_ = ++this_clock().steps[writer_];
  }
  void read() {
    check_written();
    read_[this_thread()] = ++this_clock().steps[this_thread()];
  }

 private:
  void check_written() const {
    require(written_ <= this_clock().steps[writer_],
            "data race: not ordered after the write");
  }

  std::size_t writer_ = 0;
  std::uint32_t written_ = 0;
  std::array<std::uint32_t, kThreadsMax> read_{};
};

/// A lock; who has it knows what its last owner knew.
class Mutex {
 public:
  void lock() {
    do {
      wait_until([this] { return held_.latest() == 0; });
    } while (held_.exchange(1, std::memory_order_acquire) == 1);
  }
  void unlock() { held_.store(0, std::memory_order_release); }

 private:
  Atomic<int> held_{0};
};

}  // namespace model
