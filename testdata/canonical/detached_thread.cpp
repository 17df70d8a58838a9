// The thread may run when the function, and its variable, are gone.
#include <thread>

void use(int value);

void start() {
  int value = 0;
#ifndef FIXED
  std::thread thread([&value] { use(value); });  // want "reference to 'value'"
#else
  std::thread thread([value] { use(value); });
#endif
  thread.detach();
}
