// What loaded_program.cpp loads.
#include <mutex>

static std::mutex mutex;
int total = 0;

extern "C" void add() {
#ifndef RACY
  const std::lock_guard hold(mutex);
#endif
  ++total;
}
