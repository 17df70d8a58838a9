#include "detector/src/race/goroutine.h"

#include <algorithm>

namespace chansan::race {

void CallStack::enter_anew(std::uint64_t pc, std::uint64_t stack) {
  const std::size_t count = depth();
  const std::size_t room = 2 * count;
  auto* frames = new Frame[room];
  std::copy(bottom_, top_, frames);
  if (bottom_ != first_.data()) delete[] bottom_;
  bottom_ = frames;
  top_ = frames + count;
  limit_ = frames + room;
  enter(pc, stack);
}

ContextId CallStack::look_up(ContextTree& tree, ContextId root) {
  Frame* frame = top_;
  while (frame != bottom_ && frame[-1].context == 0) --frame;
  ContextId context = frame == bottom_ ? root : frame[-1].context;
  for (; frame != top_; ++frame) {
    context = tree.intern(context, {.pc = frame->pc});
    frame->context = context;
  }
  return context;
}

}  // namespace chansan::race
