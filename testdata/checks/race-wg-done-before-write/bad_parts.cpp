// An element, a member, and what a function was given a reference to.
#include <csp/csp.h>

#include <vector>

class Job {
 public:
  void start() {
    all_.add();
    csp::go([this] {
      all_.done();
      status_ = 1;  // want "this write comes after done()"
    });
  }
  int status() {
    all_.wait();
    return status_;
  }

 private:
  csp::wait_group all_;
  int status_ = 0;
};

void fill(std::vector<int>& out, csp::wait_group& all) {
  for (int i = 0; i < 3; ++i) {
    all.add();
    csp::go([&out, &all, i] {
      all.done();
      out[i] = i;  // want "this write comes after done()"
    });
  }
}

void set(csp::wait_group& all, int& to) {
  all.done();
  to = 3;  // want "this write comes after done()"
}

void start(csp::wait_group& all, int& to) {
  csp::go(set, std::ref(all), std::ref(to));
}
