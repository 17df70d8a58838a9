// Two threads in a library that is loaded while the program runs.
#include <dlfcn.h>

#include <thread>

int main() {
  void* library = dlopen(LIBRARY, RTLD_NOW);
  if (library == nullptr) return 1;
  const auto add = reinterpret_cast<void (*)()>(dlsym(library, "add"));
  if (add == nullptr) return 1;
  std::thread first(add);
  std::thread second(add);
  first.join();
  second.join();
  dlclose(library);
  return 0;
}
