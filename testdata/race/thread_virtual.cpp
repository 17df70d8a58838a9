// A virtual call reads which class an object is of.
#include <new>
#include <thread>

struct Base {
  virtual ~Base() = default;
  virtual int value() const { return 1; }
};
struct Derived : Base {
  int value() const override { return 2; }
};

alignas(Derived) unsigned char storage[sizeof(Derived)];

int main() {
  Base* object = new (storage) Base;
  std::thread user([object] {
    volatile int seen = object->value();
    (void)seen;
  });
#ifdef RACY
  new (storage) Derived;
#endif
  user.join();
#ifndef RACY
  new (storage) Derived;
#endif
  return 0;
}
