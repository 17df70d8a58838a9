// A thread's arguments are copied: of a pointer, the pointer.
#include <string>
#include <thread>

void print_text(const char*);
std::string name();

void run() {
  std::thread other(print_text, name().c_str());  // want "the goroutine gets the address of a temporary"
  other.join();
}
