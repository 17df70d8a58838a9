// PROGRAM COUNT: so many goroutines alive at once. Prints the processor time
// of creating them, in seconds, and the resident set while they live, in KB.
#include <csp/csp.h>

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <string>

namespace {

double processor_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) +
         static_cast<double>(now.tv_nsec) * 1e-9;
}

long resident_kb() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmRSS:")) return std::stol(line.substr(6));
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const int count = argc > 1 ? std::atoi(argv[1]) : 1000000;
  const auto gate = csp::make_chan<csp::unit>();
  csp::wait_group begun;
  csp::wait_group all;
  const double before = processor_seconds();
  for (int i = 0; i < count; ++i) {
    begun.add();
    all.go([&begun, gate] {
      begun.done();
      gate.recv();
    });
  }
  begun.wait();
  std::printf("%.6f %ld\n", processor_seconds() - before, resident_kb());
  gate.close();
  all.wait();
  return 0;
}
