// A file of scenarios: small programs with a known verdict, each run by its
// name in a process of its own.
//
//   RACE(name) { ... }     a race, whatever the schedule
//   NORACE(name) { ... }   none, whatever the schedule
//
// What must happen in a certain order but must not be ordered by it is told
// through relaxed atomics: they order nothing between goroutines.
#pragma once

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <thread>

#ifdef SCENARIO_WITH_CSP
#include <csp/csp.h>
#endif

namespace scenario {

struct Scenario {
  const char* name;
  void (*run)();
  Scenario* next;

  inline static Scenario* all = nullptr;
  Scenario(const char* its_name, void (*its_run)())
      : name(its_name), run(its_run), next(all) {
    all = this;
  }
};

/// Lets others run.
inline void yield() {
#ifdef SCENARIO_WITH_CSP
  csp::yield();
#endif
  std::this_thread::yield();
}

/// A count that everybody sees and that orders nothing.
class Unseen {
 public:
  void step() { steps_.fetch_add(1, std::memory_order_relaxed); }
  void wait(int steps = 1) const {
    while (steps_.load(std::memory_order_relaxed) < steps) yield();
  }

 private:
  std::atomic<int> steps_{0};
};

// Enough of them for any scenario; every process runs only one.
inline Unseen first, second, third, ended;

// Variables that are shared.
inline int x, y, z;

/// Reads.
template <class T>
[[gnu::noinline]] void use(const T& value) {
  T copy = value;
  asm volatile("" : : "r"(&copy) : "memory");
}

/// The value is used for something that the compiler does not see.
template <class T>
inline void keep(T&& value) {
  asm volatile("" : : "r"(&value) : "memory");
}

#ifdef SCENARIO_WITH_CSP
/// Runs them as goroutines, unordered with each other; returns, itself not
/// ordered after them, when all have ended.
template <class... Functions>
void unordered(Functions... functions) {
  (csp::go([functions] {
     functions();
     ended.step();
   }),
   ...);
  ended.wait(sizeof...(functions));
}
#endif

/// The same as OS threads; the caller is ordered after their ends.
template <class... Functions>
void threads(Functions... functions) {
  std::thread all[] = {std::thread(functions)...};
  for (std::thread& thread : all) thread.join();
}

/// Two threads that do not meet, though nothing orders them: for what would do
/// damage if it happened at once. The second one is first at two processors.
template <class A, class B>
void in_turn(A a, B b) {
  const char* processors = std::getenv("GOMAXPROCS");
  static const bool swapped = processors != nullptr && processors[0] == '2';
  threads(
      [a] {
        if (swapped) first.wait();
        a();
        first.step();
      },
      [b] {
        if (!swapped) first.wait();
        b();
        first.step();
      });
}

}  // namespace scenario

using namespace scenario;  // NOLINT: a scenario is a program, not a header

#define SCENARIO(name)                                 \
  static void name();                                  \
  static const Scenario scenario_##name(#name, &name); \
  static void name()
#define RACE(name) SCENARIO(name)
#define NORACE(name) SCENARIO(name)

int main(int count, char** arguments) {
  for (const Scenario* each = Scenario::all; each != nullptr;
       each = each->next) {
    if (count == 2 && std::strcmp(each->name, arguments[1]) == 0) {
      each->run();
      return 0;
    }
  }
  std::fprintf(stderr, "no such scenario\n");
  return 3;
}
