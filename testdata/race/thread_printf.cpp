// Printing a text reads it, in a library that is not instrumented.
#include <cstdio>
#include <thread>

char text[32] = "hello";

int main() {
  std::thread printer([] { std::printf("%s\n", text); });
#ifndef RACY
  printer.join();
#endif
  text[4] = 'x';
#ifdef RACY
  printer.join();
#endif
  return 0;
}
