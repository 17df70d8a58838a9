/// std::latch and std::barrier for programs compiled for detection, in the
/// place of the library's: those order more than the standard says they do. Its
/// barrier orders those who arrive with each other; its latch, who looks in
/// vain, after those who have counted down.
#pragma once

// NOLINTBEGIN: these are other people's names.

#include <bits/atomic_base.h>
#include <bits/move.h>

#define _GLIBCXX_LATCH 1
#define __cpp_lib_latch 201907L
#define _GLIBCXX_BARRIER 1
#define __cpp_lib_barrier 201907L

namespace std {

class latch {
 public:
  static constexpr ptrdiff_t max() noexcept { return __PTRDIFF_MAX__; }
  constexpr explicit latch(ptrdiff_t __expected) noexcept
      : _M_count(__expected) {}
  ~latch() = default;
  latch(const latch&) = delete;
  latch& operator=(const latch&) = delete;

  void count_down(ptrdiff_t __update = 1) {
    if (_M_count.fetch_sub(__update, memory_order_release) == __update) {
      _M_count.notify_all();
    }
  }
  bool try_wait() const noexcept {
    if (_M_count.load(memory_order_relaxed) != 0) return false;
    // Every count_down() before it is part of one release sequence.
    (void)_M_count.load(memory_order_acquire);
    return true;
  }
  void wait() const noexcept {
    while (!try_wait()) {
      const ptrdiff_t __left = _M_count.load(memory_order_relaxed);
      if (__left != 0) _M_count.wait(__left, memory_order_relaxed);
    }
  }
  void arrive_and_wait(ptrdiff_t __update = 1) {
    count_down(__update);
    wait();
  }

 private:
  __atomic_base<ptrdiff_t> _M_count;
};

struct __csp_no_completion {
  void operator()() noexcept {}
};

template <typename _Completion = __csp_no_completion>
class barrier {
 public:
  class arrival_token {
   public:
    arrival_token(arrival_token&&) = default;
    arrival_token& operator=(arrival_token&&) = default;
    ~arrival_token() = default;

   private:
    friend class barrier;
    explicit arrival_token(unsigned __phase) : _M_phase(__phase) {}
    unsigned _M_phase;
  };

  static constexpr ptrdiff_t max() noexcept { return __PTRDIFF_MAX__; }
  constexpr explicit barrier(ptrdiff_t __expected,
                             _Completion __completion = _Completion())
      : _M_expected(__expected),
        _M_left(__expected),
        _M_completion(std::move(__completion)) {}
  ~barrier() = default;
  barrier(const barrier&) = delete;
  barrier& operator=(const barrier&) = delete;

  [[nodiscard]] arrival_token arrive(ptrdiff_t __update = 1) {
    const unsigned __phase = _M_phase.load(memory_order_relaxed);
    if (_M_left.fetch_sub(__update, memory_order_release) == __update) {
      // Only the last one is ordered after the others, and completes the phase.
      (void)_M_left.load(memory_order_acquire);
      _M_complete(__phase);
    }
    return arrival_token(__phase);
  }
  void wait(arrival_token&& __token) const {
    while (_M_phase.load(memory_order_relaxed) == __token._M_phase) {
      _M_phase.wait(__token._M_phase, memory_order_relaxed);
    }
    (void)_M_phase.load(memory_order_acquire);
  }
  void arrive_and_wait() { wait(arrive()); }
  void arrive_and_drop() {
    _M_expected.fetch_sub(1, memory_order_relaxed);
    (void)arrive();
  }

 private:
  void _M_complete(unsigned __phase) {
    _M_completion();
    // A new release sequence: those of the next phase are not ordered by this
    // one's.
    _M_left.store(_M_expected.load(memory_order_relaxed), memory_order_relaxed);
    _M_phase.store(__phase + 1, memory_order_release);
    _M_phase.notify_all();
  }

  __atomic_base<ptrdiff_t> _M_expected;
  __atomic_base<ptrdiff_t> _M_left;
  __atomic_base<unsigned> _M_phase{0};
  [[no_unique_address]] _Completion _M_completion;
};

}  // namespace std

// NOLINTEND
