/// How a function with its arguments becomes a goroutine. Not promised.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <new>
#include <tuple>
#include <type_traits>
#include <utility>

#include "csp/internal/annotations.h"

namespace csp::internal {

/// Room for a task on a stack that does not run yet.
struct NewGoroutine {
  void* goroutine;
  void* storage;  // aligned to at least 64 bytes
};

/// Largest task that is stored on the goroutine's own stack.
inline constexpr std::size_t kTaskInlineMax = 1024;

/// With a stack of at least `stack_bytes`; 0: the default.
/// Throws std::bad_alloc if there is no memory for it.
NewGoroutine new_goroutine(std::size_t task_size, std::size_t stack_bytes);
/// Gives a goroutine back that was never started.
void discard_goroutine(NewGoroutine fresh) noexcept;
/// Makes the goroutine runnable; it runs `run(storage)`. `site` is the pc of
/// the go statement.
void start_goroutine(NewGoroutine fresh, void (*run)(void*), void* site);

/// A decay-copied function and its arguments, called once.
template <class F, class... Args>
class Task {
 public:
  template <class... Initial>
  explicit Task(Initial&&... initial)
      : parts_(std::forward<Initial>(initial)...) {}

  void call() {
    std::apply(
        [](auto&&... parts) {
          std::invoke(std::forward<decltype(parts)>(parts)...);
        },
        std::move(parts_));
  }

 private:
  std::tuple<F, Args...> parts_;
};

template <class T>
void run_inline(void* storage) {
  auto* task = static_cast<T*>(storage);
  // Destroys the task on goexit() too; an exception that leaves call() finds
  // no handler, so that the stack is still there to be printed.
  struct Destroy {
    T* task;
    ~Destroy() { std::destroy_at(task); }
  } destroy{task};
  task->call();
}

template <class T>
void run_boxed(void* storage) {
  std::unique_ptr<T> task(*static_cast<T**>(storage));
  task->call();
}

/// The current pc, which symbolizes to the user's line because the callers
/// are always inlined.
#define CSP_SITE()                                      \
  ([]() __attribute__((always_inline)) {                \
    void* site;                                         \
    __asm__ volatile("leaq 0(%%rip), %0" : "=r"(site)); \
    return site;                                        \
  }())

template <class F, class... Args>
void spawn(void* site, std::size_t stack_bytes, F&& f, Args&&... args) {
  using T = Task<std::decay_t<F>, std::decay_t<Args>...>;
  static_assert(
      std::is_invocable_v<std::decay_t<F>, std::decay_t<Args>...>,
      "go: the function cannot be called with these arguments, which are "
      "decay-copied as std::thread does; pass references by std::ref");
  constexpr bool kInline = sizeof(T) <= kTaskInlineMax && alignof(T) <= 64;
  NewGoroutine fresh =
      new_goroutine(kInline ? sizeof(T) : sizeof(T*), stack_bytes);
  // A throwing copy of an argument gives the stack back.
  struct Guard {
    NewGoroutine* fresh;
    ~Guard() {
      if (fresh) discard_goroutine(*fresh);
    }
  } guard{&fresh};
  if constexpr (kInline) {
    ::new (fresh.storage) T(std::forward<F>(f), std::forward<Args>(args)...);
    guard.fresh = nullptr;
    start_goroutine(fresh, &run_inline<T>, site);
  } else {
    auto task =
        std::make_unique<T>(std::forward<F>(f), std::forward<Args>(args)...);
    ::new (fresh.storage) T*(task.release());
    guard.fresh = nullptr;
    start_goroutine(fresh, &run_boxed<T>, site);
  }
}

}  // namespace csp::internal
