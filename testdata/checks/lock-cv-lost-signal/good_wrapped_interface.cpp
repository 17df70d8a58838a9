// The only implementation to be seen hands on to another one: what that does
// with the function and the object is not known.
#include <condition_variable>
#include <mutex>

class Runner {
 public:
  virtual ~Runner();
  virtual void later(void (*function)(void*), void* argument) = 0;
};

class Wrapper : public Runner {
 public:
  explicit Wrapper(Runner* target) : target_(target) {}
  void later(void (*function)(void*), void* argument) override {
    target_->later(function, argument);
  }

 private:
  Runner* target_;
};

struct State {
  std::mutex mu;
  std::condition_variable changed;
  int running = 1;
};

void run(void* argument) {
  auto* state = static_cast<State*>(argument);
  std::lock_guard<std::mutex> guard(state->mu);
  --state->running;
  state->changed.notify_one();
}

void wait_for(Runner* runner) {
  State state;
  runner->later(&run, &state);
  std::unique_lock<std::mutex> lock(state.mu);
  while (state.running != 0) state.changed.wait(lock);
}
