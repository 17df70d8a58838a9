// Two members of one array element are not one.
#include <thread>

struct Price {
  int euros;
  int cents;
};
struct Shelf {
  long number;
  Price prices[4];
};
namespace shop {
Shelf shelves[2][3];
}

static void raise(Price& price) { price.cents += 1; }

static void discount(Price& price) {
#ifdef RACY
  price.cents -= 1;
#else
  price.euros -= 1;
#endif
}

int main() {
  std::thread other([] { raise(shop::shelves[1][2].prices[3]); });
  discount(shop::shelves[1][2].prices[3]);
  other.join();
  return 0;
}
