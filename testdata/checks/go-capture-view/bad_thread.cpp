// The vector ends with the function.
#include <span>
#include <thread>
#include <vector>

void use(std::span<int>);

void run() {
  std::vector<int> data(10);
  std::span<int> view = data;
  std::thread([view] { use(view); }).detach();  // want "the goroutine keeps 'view', a view"
}
