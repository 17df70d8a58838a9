/// What a program gets when it uses channels wrongly.
#pragma once

#include <stdexcept>

namespace csp {

/// Thrown by a send on a closed channel and by a close of a closed or nil
/// channel. `what()` is Go's text: `send on closed channel`, `close of closed
/// channel`, `close of nil channel`.
class channel_error : public std::logic_error {
 public:
  using std::logic_error::logic_error;
  ~channel_error() override;
};

/// Thrown when the counter of a wait_group would become negative. `what()` is
/// Go's text: `sync: negative WaitGroup counter`.
class sync_error : public std::logic_error {
 public:
  using std::logic_error::logic_error;
  ~sync_error() override;
};

}  // namespace csp
