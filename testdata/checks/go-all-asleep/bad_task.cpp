// A task that nobody runs.
#include <future>

int main() {
  std::packaged_task<int()> task([] { return 1; });
  auto result = task.get_future();
  return result.get();  // want "waits for the value of"
}
