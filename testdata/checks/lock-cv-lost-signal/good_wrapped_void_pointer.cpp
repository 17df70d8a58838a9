// What passes it on knows the object as a pointer to void, and unseen code gets
// it then: all of the object, not only what it begins with.
#include <condition_variable>
#include <mutex>

class Runner {
 public:
  virtual ~Runner();
  virtual void later(void (*function)(void*), void* argument) = 0;
};

void post(Runner* runner, void (*function)(void*), void* argument) {
  runner->later(function, argument);
}

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
  post(runner, &run, &state);
  std::unique_lock<std::mutex> lock(state.mu);
  while (state.running != 0) state.changed.wait(lock);
}
