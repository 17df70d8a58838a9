// The function that the goroutine calls holds the lock of its OS thread.
#include <csp/csp.h>

#include <mutex>

std::mutex output;

void print_all(csp::chan<int> values) {
  std::lock_guard<std::mutex> guard(output);  // want "this lock belongs to the OS thread"
  for (int value : values) (void)value;
}

int main() {
  auto values = csp::make_chan<int>();
  csp::wait_group printer;
  printer.go([values] { print_all(values); });
  values << 1;
  values.close();
  printer.wait();
}
