// Detached.
#include <thread>

class Report {
 public:
  void send() {
    std::thread([this] { ++sent_; }).detach();  // want "the goroutine keeps `this` of 'Report'"
  }

 private:
  int sent_ = 0;
};
