// Kept in a variable, opened by an arrow, or taken by >> without a test.
#include <csp/csp.h>

struct Message {
  int number = 0;
};

void use(int);

class Desk {
 public:
  void kept() {
    for (;;) {
      auto value = numbers_.recv();  // want "value of this receive is taken"
      use(*value);
    }
  }
  void taken() {
    for (;;) {
      int value = 0;
      numbers_ >> value;  // want "the value of this receive is taken unseen"
      use(value);
    }
  }
  void opened() {
    while (true)
      use(messages_.recv()->number);  // want "value of this receive is taken"
  }
  void checked() {
    for (;;) {
      auto value = numbers_.recv();
      if (!value) return;
      use(*value);
    }
  }
  void finish() {
    numbers_.close();
    messages_.close();
  }

 private:
  csp::chan<int> numbers_ = csp::make_chan<int>(1);
  csp::chan<Message> messages_ = csp::make_chan<Message>(1);
};
