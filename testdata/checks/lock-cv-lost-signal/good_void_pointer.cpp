// Unseen code gets the object as a pointer to void: it may notify.
#include <condition_variable>
#include <mutex>

class Runner {
 public:
  virtual ~Runner();
  virtual void later(void (*function)(void*), void* argument) = 0;
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

void wait_for(Runner& runner) {
  State state;
  runner.later(&run, &state);
  std::unique_lock<std::mutex> lock(state.mu);
  while (state.running != 0) state.changed.wait(lock);
}
