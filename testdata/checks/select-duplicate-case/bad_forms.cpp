// Members, a context's done(), two defaults.
#include <csp/csp.h>

class Desk {
 public:
  void members() {
    csp::select(csp::recv_case(in_), csp::recv_case(quit_),
                csp::recv_case(in_));  // want "receives from 'in_'"
  }
  void contexts(csp::context context) {
    csp::select(csp::recv_case(context.done()), csp::recv_case(in_),
                csp::recv_case(context.done()));  // want "of 'context'"
  }
  void defaults() {
    csp::select(csp::default_case(), csp::recv_case(in_),
                csp::default_case());  // want "a second default"
  }

 private:
  csp::chan<int> in_ = csp::make_chan<int>();
  csp::chan<int> quit_ = csp::make_chan<int>();
};
