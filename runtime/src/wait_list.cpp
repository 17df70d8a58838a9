#include "runtime/src/wait_list.h"

#include "runtime/src/block_forever.h"
#include "runtime/src/chooser.h"
#include "runtime/src/run_queue.h"
#include "runtime/src/scheduler.h"

namespace csp::internal {

void ready_queue(WaitQueue& taken) {
  GoroutineList list;
  while (Waiter* waiter = pop_front(taken)) {
    // Read before the wake-up, which ends the waiter's life.
    Goroutine* goroutine = waiter->goroutine;
    if (goroutine->foreign) {
      ready(goroutine);
    } else {
      list.push_back(goroutine);
    }
  }
  if (!list.empty()) scheduler().ready_all(list);
}

Waiter* pop_chosen(WaitQueue& queue) {
  Waiter* chosen = queue.first;
  if (chooser()) [[unlikely]] {
    std::uint32_t count = 0;
    for (const Waiter* waiter = chosen; waiter; waiter = waiter->next) ++count;
    for (auto skip = choose(Choice::kWaiter, count); skip > 0; --skip) {
      chosen = chosen->next;
    }
  }
  if (chosen) remove(queue, chosen);
  return chosen;
}

void block_forever(WaitReason reason) {
  Goroutine* self = this_goroutine();
  for (;;) {
    begin_wait(self, reason, nullptr);
    park(self);
  }
}

const char* to_text(WaitReason reason) {
  switch (reason) {
    case WaitReason::kNone:
      return "waiting";
    case WaitReason::kChanSend:
      return "chan send";
    case WaitReason::kChanRecv:
      return "chan receive";
    case WaitReason::kChanSendNil:
      return "chan send (nil chan)";
    case WaitReason::kChanRecvNil:
      return "chan receive (nil chan)";
    case WaitReason::kSelect:
      return "select";
    case WaitReason::kSelectNoCases:
      return "select (no cases)";
    case WaitReason::kMutexLock:
      return "sync.Mutex.Lock";
    case WaitReason::kRWMutexRLock:
      return "sync.RWMutex.RLock";
    case WaitReason::kRWMutexLock:
      return "sync.RWMutex.Lock";
    case WaitReason::kWaitGroupWait:
      return "sync.WaitGroup.Wait";
    case WaitReason::kCondWait:
      return "sync.Cond.Wait";
    case WaitReason::kOnce:
      return "sync.Once";
    case WaitReason::kSemacquire:
      return "semacquire";
    case WaitReason::kSleep:
      return "sleep";
    case WaitReason::kIoWait:
      return "IO wait";
  }
  return "waiting";
}

}  // namespace csp::internal
