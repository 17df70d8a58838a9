// One of the two orders goes through a call.
#include <mutex>

std::mutex queue;
std::mutex log;
int lines = 0;

void write() {
  std::lock_guard lock(log);
  ++lines;
}

void push() {
  std::lock_guard lock(queue);
  write();
}

void flush() {
  std::lock_guard lock(log);
  std::lock_guard other(queue);  // want "locked with .* held, and elsewhere the other way round"
  lines = 0;
}
