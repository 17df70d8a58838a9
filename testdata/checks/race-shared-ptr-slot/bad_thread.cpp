// A string is an object like any other.
#include <string>
#include <thread>

std::string run() {
  std::string name = "a";
  std::thread other([&] { name = "b"; });  // want "data race on 'name' itself"
  name += "c";
  other.join();
  return name;
}
