/// std::condition_variable_any for programs compiled for detection, in the
/// place of the library's: that one has a mutex of its own, which orders who
/// notifies before who is woken. The standard does not: only the user's lock
/// does.
#pragma once

// NOLINTBEGIN: these are other people's names.

#define condition_variable_any __csp_library_condition_variable_any
#include <condition_variable>
#undef condition_variable_any

/// Sleeps until `*turn` is not `old` any more or the time is over, or for no
/// reason; negative: any time.
extern "C" void __csp_sleep_while(const unsigned* turn, unsigned old,
                                  long long ns) noexcept;
/// Wakes one or all of those who sleep on `turn`.
extern "C" void __csp_wake(const unsigned* turn, bool all) noexcept;

namespace std {

class condition_variable_any {
 public:
  condition_variable_any() = default;
  ~condition_variable_any() = default;
  condition_variable_any(const condition_variable_any&) = delete;
  condition_variable_any& operator=(const condition_variable_any&) = delete;

  void notify_one() noexcept {
    _M_next_turn();
    __csp_wake(&_M_turn, false);
  }
  void notify_all() noexcept {
    _M_next_turn();
    __csp_wake(&_M_turn, true);
  }

  template <typename _Lock>
  void wait(_Lock& __lock) {
    _M_sleep(__lock, _M_this_turn(), -1);
  }
  template <typename _Lock, typename _Predicate>
  void wait(_Lock& __lock, _Predicate __p) {
    while (!__p()) wait(__lock);
  }

  template <typename _Lock, typename _Clock, typename _Duration>
  cv_status wait_until(_Lock& __lock,
                       const chrono::time_point<_Clock, _Duration>& __atime) {
    const unsigned __turn = _M_this_turn();
    _M_sleep(__lock, __turn, _S_left(__atime));
    return _Clock::now() < __atime ? cv_status::no_timeout : cv_status::timeout;
  }
  template <typename _Lock, typename _Clock, typename _Duration,
            typename _Predicate>
  bool wait_until(_Lock& __lock,
                  const chrono::time_point<_Clock, _Duration>& __atime,
                  _Predicate __p) {
    while (!__p()) {
      if (wait_until(__lock, __atime) == cv_status::timeout) return __p();
    }
    return true;
  }
  template <typename _Lock, typename _Rep, typename _Period>
  cv_status wait_for(_Lock& __lock,
                     const chrono::duration<_Rep, _Period>& __rtime) {
    return wait_until(__lock, _S_after(__rtime));
  }
  template <typename _Lock, typename _Rep, typename _Period,
            typename _Predicate>
  bool wait_for(_Lock& __lock, const chrono::duration<_Rep, _Period>& __rtime,
                _Predicate __p) {
    return wait_until(__lock, _S_after(__rtime), std::move(__p));
  }

#ifdef __cpp_lib_jthread
  template <typename _Lock, typename _Predicate>
  bool wait(_Lock& __lock, stop_token __stoken, _Predicate __p) {
    stop_callback __wake(__stoken, [this] { notify_all(); });
    while (!__p()) {
      // A request from here on begins another turn.
      const unsigned __turn = _M_this_turn();
      if (__stoken.stop_requested()) return false;
      _M_sleep(__lock, __turn, -1);
    }
    return true;
  }
  template <typename _Lock, typename _Clock, typename _Duration,
            typename _Predicate>
  bool wait_until(_Lock& __lock, stop_token __stoken,
                  const chrono::time_point<_Clock, _Duration>& __atime,
                  _Predicate __p) {
    stop_callback __wake(__stoken, [this] { notify_all(); });
    while (!__p()) {
      const unsigned __turn = _M_this_turn();
      if (__stoken.stop_requested()) return false;
      _M_sleep(__lock, __turn, _S_left(__atime));
      if (_Clock::now() >= __atime) return __p();
    }
    return true;
  }
  template <typename _Lock, typename _Rep, typename _Period,
            typename _Predicate>
  bool wait_for(_Lock& __lock, stop_token __stoken,
                const chrono::duration<_Rep, _Period>& __rtime,
                _Predicate __p) {
    return wait_until(__lock, std::move(__stoken), _S_after(__rtime),
                      std::move(__p));
  }
#endif

 private:
  // The lock is taken again whatever happens.
  template <typename _Lock>
  struct _Unlocked {
    explicit _Unlocked(_Lock& __lock) : _M_lock(__lock) { _M_lock.unlock(); }
    _Unlocked(const _Unlocked&) = delete;
    _Unlocked& operator=(const _Unlocked&) = delete;
    ~_Unlocked() { _M_lock.lock(); }
    _Lock& _M_lock;
  };

  // Who notifies changes the turn after what it tells of, which the waiter has
  // not seen under its lock: so it does not sleep, or is woken.
  unsigned _M_this_turn() const {
    return __atomic_load_n(&_M_turn, __ATOMIC_RELAXED);
  }
  void _M_next_turn() { __atomic_fetch_add(&_M_turn, 1, __ATOMIC_RELAXED); }
  template <typename _Lock>
  void _M_sleep(_Lock& __lock, unsigned __turn, long long __ns) {
    const _Unlocked<_Lock> __meanwhile(__lock);
    if (__ns != 0) __csp_sleep_while(&_M_turn, __turn, __ns);
  }

  template <typename _Clock, typename _Duration>
  static long long _S_left(
      const chrono::time_point<_Clock, _Duration>& __atime) {
    const auto __now = _Clock::now();
    if (__atime <= __now) return 0;
    // An hour at most: what is asked for may be more than can be counted.
    if (__atime - __now > chrono::hours(1)) return 3'600'000'000'000;
    const auto __left = chrono::ceil<chrono::nanoseconds>(__atime - __now);
    return __left.count();
  }
  template <typename _Rep, typename _Period>
  static chrono::steady_clock::time_point _S_after(
      const chrono::duration<_Rep, _Period>& __rtime) {
    return chrono::steady_clock::now() +
           chrono::ceil<chrono::steady_clock::duration>(__rtime);
  }

  unsigned _M_turn = 0;
};

}  // namespace std

// NOLINTEND
