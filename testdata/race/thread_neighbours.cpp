// Bytes next to each other are apart; the same byte is not.
#include <thread>

#ifdef RACY
constexpr int kOther = 3;
#else
constexpr int kOther = 4;
#endif

alignas(8) char bytes[8];

int main() {
  std::thread one([] { bytes[3] = 1; });
  std::thread two([] { bytes[kOther] = 2; });
  one.join();
  two.join();
  return 0;
}
