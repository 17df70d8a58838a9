// An exception leaves with the lock.
#include <mutex>
#include <stdexcept>

std::mutex mu;
bool works();

void run() {
  mu.lock();  // want "a way out of this function leaves 'mu' locked"
  if (!works()) throw std::runtime_error("does not work");
  mu.unlock();
}

void caught() {
  mu.lock();
  try {
    if (!works()) throw std::runtime_error("does not work");
  } catch (const std::runtime_error&) {
  }
  mu.unlock();
}
