#include <string>
#include <thread>

int main() {
  std::string log;
  std::thread first([&] { log += "first"; });
  std::thread second([&] { log += "second"; });  // want "data race on 'log'"
  first.join();
  second.join();
}
