// A thread is started with a function by its name.
#include <stdexcept>
#include <string>
#include <thread>

void load(const std::string& name) {
  if (name.empty()) throw std::runtime_error("no name");  // want "leaves the goroutine"
}

int main() {
  std::thread loader(load, std::string("x"));
  loader.join();
}
