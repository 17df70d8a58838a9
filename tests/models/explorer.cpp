#include "tests/models/explorer.h"

#include <ucontext.h>

#include <memory>

namespace model {

namespace {

constexpr std::size_t kStackBytes = 256 * 1024;

/// Thrown to leave an execution that is over.
struct Abandoned {};

class World;
World* world = nullptr;

/// The choices of one execution, and after it those of the next.
class Trail {
 public:
  void restart() { position_ = 0; }
  std::size_t choose(std::size_t count) {
    if (count == 1) return 0;
    if (position_ == made_.size()) made_.push_back({0, count});
    return made_[position_++].taken;
  }
  /// False if every choice has been tried.
  bool advance() {
    while (!made_.empty() && made_.back().taken + 1 == made_.back().count) {
      made_.pop_back();
    }
    if (made_.empty()) return false;
    ++made_.back().taken;
    return true;
  }

 private:
  struct Choice {
    std::size_t taken;
    std::size_t count;
  };
  std::vector<Choice> made_;
  std::size_t position_ = 0;
};

struct Thread {
  ucontext_t context{};
  std::unique_ptr<char[]> stack = std::make_unique<char[]>(kStackBytes);
  std::function<void()> body;
  Clock clock;
  std::function<bool()> able;  // empty: always
  bool ended = false;
};

class World {
 public:
  explicit World(const Limits& limits) : limits_(limits) {
    for (auto& thread : threads_) thread = std::make_unique<Thread>();
  }

  /// Runs one execution. False if it was cut off.
  bool run(const std::function<Program()>& make) {
    trail_.restart();
    current_ = 0;
    steps_ = 0;
    preemptions_ = 0;
    cut_off_ = false;
    for (auto& thread : threads_) thread->clock = Clock();
    Program program;
    guarded([&] { program = make(); });
    count_ = program.threads.size() + 1;
    for (std::size_t t = 1; t < count_; ++t) start(t, program.threads[t - 1]);
    for (;;) {
      const std::size_t next = pick(/*running=*/0);
      if (next == 0) break;  // those that still wait, wait for ever
      current_ = next;
      swapcontext(&main_, &threads_[next]->context);
      if (over()) return !cut_off_;
    }
    // The end sees everything.
    current_ = 0;
    for (std::size_t t = 1; t < count_; ++t) {
      threads_[0]->clock.join(threads_[t]->clock);
    }
    guarded(program.at_end);
    return true;
  }

  bool advance() { return trail_.advance(); }
  const std::string& violation() const { return violation_; }

  void wait_until(const std::function<bool()>& able) {
    if (current_ == 0) return;
    const std::size_t self = current_;
    if (!able()) {
      // Somebody else must go on, which is no preemption.
      threads_[self]->able = able;
      const std::size_t next = pick(0);
      current_ = next;
      swapcontext(&threads_[self]->context,
                  next == 0 ? &main_ : &threads_[next]->context);
      threads_[self]->able = nullptr;
    }
  }
  void step() {
    if (current_ == 0) return;  // set-up and end are alone
    if (++steps_ > limits_.steps) {
      cut_off_ = true;
      throw Abandoned();
    }
    const std::size_t self = current_;
    const std::size_t next = pick(self);
    if (next == self) return;
    ++preemptions_;
    current_ = next;
    swapcontext(&threads_[self]->context, &threads_[next]->context);
  }
  std::size_t choose(std::size_t count) {
    return current_ == 0 ? 0 : trail_.choose(count);
  }
  void fail(const char* what) {
    if (violation_.empty()) violation_ = what;
    throw Abandoned();
  }
  std::size_t current() const { return current_; }
  Clock& clock() { return threads_[current_]->clock; }
  void join_clocks() {
    Clock all;
    for (std::size_t t = 0; t < count_; ++t) all.join(threads_[t]->clock);
    for (std::size_t t = 0; t < count_; ++t) threads_[t]->clock = all;
  }

 private:
  bool over() const { return cut_off_ || !violation_.empty(); }

  void guarded(const std::function<void()>& body) {
    try {
      if (body) body();
    } catch (const Abandoned&) {
    }
  }

  void start(std::size_t index, std::function<void()> body) {
    Thread& thread = *threads_[index];
    thread.body = std::move(body);
    thread.ended = false;
    thread.able = nullptr;
    thread.clock = threads_[0]->clock;  // knows the set-up
    getcontext(&thread.context);
    thread.context.uc_stack.ss_sp = thread.stack.get();
    thread.context.uc_stack.ss_size = kStackBytes;
    thread.context.uc_link = &main_;
    makecontext(&thread.context, [] { world->thread_main(); }, 0);
  }

  void thread_main() {
    Thread& self = *threads_[current_];
    guarded(self.body);
    self.ended = true;
  }

  static bool can_go_on(const Thread& thread) {
    return !thread.ended && (!thread.able || thread.able());
  }

  // Who makes the next step: first the one that runs, so that the first
  // choice is never a preemption. 0: all have ended, or wait.
  std::size_t pick(std::size_t running) {
    std::array<std::size_t, kThreadsMax> able{};
    std::size_t count = 0;
    if (running != 0) able[count++] = running;
    for (std::size_t t = 1; t < count_; ++t) {
      if (t != running && can_go_on(*threads_[t])) able[count++] = t;
    }
    if (count == 0) return 0;
    if (running != 0 && preemptions_ >= limits_.preemptions) return running;
    return able[trail_.choose(count)];
  }

  const Limits limits_;
  Trail trail_;
  ucontext_t main_{};
  std::array<std::unique_ptr<Thread>, kThreadsMax> threads_;
  std::size_t count_ = 0;
  std::size_t current_ = 0;
  int steps_ = 0;
  int preemptions_ = 0;
  bool cut_off_ = false;
  std::string violation_;
};

}  // namespace

void step() { world->step(); }
void wait_until(const std::function<bool()>& able) { world->wait_until(able); }
std::size_t choose(std::size_t count) { return world->choose(count); }
std::size_t this_thread() { return world->current(); }
Clock& this_clock() { return world->clock(); }

void heavy_barrier() {
  step();
  world->join_clocks();
}

void require(bool holds, const char* what) {
  if (!holds) world->fail(what);
}

Verdict explore(const std::function<Program()>& make, const Limits& limits) {
  World here(limits);
  world = &here;
  Verdict verdict;
  do {
    ++verdict.executions;
    if (!here.run(make) && here.violation().empty()) ++verdict.cut_off;
  } while (here.violation().empty() && here.advance());
  verdict.violation = here.violation();
  world = nullptr;
  return verdict;
}

}  // namespace model
