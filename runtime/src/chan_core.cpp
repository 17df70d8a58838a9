#include "runtime/src/chan_core.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <new>

#include "csp/errors.h"
#include "csp/time.h"
#include "runtime/src/block_forever.h"
#include "runtime/src/check.h"
#include "runtime/src/chooser.h"
#include "runtime/src/listener.h"
#include "runtime/src/sanitizer.h"
#include "runtime/src/scheduler.h"
#include "runtime/src/trace.h"

namespace csp {

channel_error::~channel_error() = default;
sync_error::~sync_error() = default;

}  // namespace csp

namespace csp::internal {

namespace {

using seam::EventKind;

// AddressSanitizer ends the program for allocations beyond its own limit.
constexpr std::size_t kBytesMax = std::size_t{1} << 46;
constexpr std::size_t kBytesMaxUnderAsan = std::size_t{1} << 36;

void tell_slot(EventKind kind, const Goroutine* goroutine,
               const ChanCore* channel, std::size_t index, Way way,
               std::uint8_t flags = 0) {
  seam::Event event{kind};
  event.flags = flags;
  if (way == Way::kSelect) event.flags |= seam::kTried;
  if (channel->has_one_slot()) event.flags |= seam::kOneSlot;
  event.goroutine = goroutine->id;
  event.object = object_id(channel);
  event.index = static_cast<std::uint32_t>(index);
  tell(event);
}

Way way_of(const Waiter& waiter) {
  return waiter.select ? Way::kSelect : Way::kAlone;
}

void tell_rendezvous(const ChanCore* channel, const Goroutine* sender,
                     const Goroutine* receiver, std::uint8_t flags = 0) {
  seam::Event event{EventKind::kChanRendezvous};
  event.flags = flags;
  event.goroutine = sender->id;
  event.other = receiver->id;
  event.object = object_id(channel);
  tell(event);
}

}  // namespace

ChanCore* ChanCore::make(const ElementType& type, std::size_t capacity,
                         IsTimer timer, void* site) {
  const std::size_t limit =
      sanitizer::address() ? kBytesMaxUnderAsan : kBytesMax;
  if (type.size > 0 && capacity > limit / type.size) {
    throw std::length_error("makechan: size out of range");
  }
  const std::size_t align =
      std::max<std::size_t>(alignof(ChanCore), type.align);
  const std::size_t offset = (sizeof(ChanCore) + align - 1) / align * align;
  void* memory = ::operator new(offset + capacity * type.size,
                                std::align_val_t(align), std::nothrow);
  if (!memory) throw std::length_error("makechan: size out of range");
  auto* core = ::new (memory) ChanCore(
      type, capacity, timer, static_cast<std::byte*>(memory) + offset, site);
  if (listening()) {
    seam::Event event{EventKind::kChanMake};
    event.goroutine = this_goroutine()->id;
    event.object = object_id(core);
    event.size = capacity;
    tell(event);
  }
  return core;
}

ChanCore::ChanCore(const ElementType& type, std::size_t capacity, IsTimer timer,
                   std::byte* buffer, void* site)
    : type_(type),
      capacity_(capacity),
      timer_(timer),
      buffer_(buffer),
      site_(site) {}

ChanCore::~ChanCore() {
  if (!type_.destroy) return;
  std::size_t index = head_;
  for (std::size_t left = count_.load(); left > 0; --left) {
    type_.destroy(slot(index));
    index = next(index);
  }
}

void ChanCore::retain() noexcept {
  references_.fetch_add(1, std::memory_order_relaxed);
}

void ChanCore::release() noexcept {
  // Null: a timer lets go of its channel.
  const Goroutine* self = listening() ? this_goroutine() : nullptr;
  if (self) [[unlikely]] {
    tell(EventKind::kReleaseMerge, self, &references_, seam::kOwnerCount);
  }
  // Pairs with the releases of the other handles.
  if (references_.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  if (listening()) [[unlikely]] {
    if (self) tell(EventKind::kAcquire, self, &references_);
    tell(EventKind::kChanDestroy, self, this);
  }
  const auto align =
      std::align_val_t(std::max<std::size_t>(alignof(ChanCore), type_.align));
  this->~ChanCore();
  ::operator delete(static_cast<void*>(this), align);
}

void ChanCore::move_element(void* to, void* from) const {
  if (!type_.relocate) {
    // Without a call: there is nothing that a listener could see.
    if (type_.size == sizeof(std::uint64_t)) {
      std::memcpy(to, from, sizeof(std::uint64_t));
      return;
    }
    if (type_.size == sizeof(std::uint32_t)) {
      std::memcpy(to, from, sizeof(std::uint32_t));
      return;
    }
    if (type_.size == 0) return;
  }
  // Slots change hands in an order that the events tell; the program's own
  // accesses to the element are before and after.
  const Unobserved unobserved;
  if (type_.relocate) {
    type_.relocate(to, from);
  } else {
    std::memcpy(to, from, type_.size);
  }
}

Waiter* ChanCore::pop_sender() {
  Waiter* waiter = pop_claimed(senders_);
  if (empty(senders_)) senders_wait_.store(false, std::memory_order_relaxed);
  return waiter;
}

Waiter* ChanCore::pop_receiver() {
  Waiter* waiter = pop_claimed(receivers_);
  if (empty(receivers_)) {
    receivers_wait_.store(false, std::memory_order_relaxed);
  }
  return waiter;
}

void ChanCore::enqueue_sender(Waiter* waiter) {
  push_back(senders_, waiter);
  senders_wait_.store(true, std::memory_order_relaxed);
}

void ChanCore::enqueue_receiver(Waiter* waiter) {
  push_back(receivers_, waiter);
  receivers_wait_.store(true, std::memory_order_relaxed);
}

void ChanCore::dequeue_sender(Waiter* waiter) {
  if (!waiter->queued) return;
  remove(senders_, waiter);
  if (empty(senders_)) senders_wait_.store(false, std::memory_order_relaxed);
}

void ChanCore::dequeue_receiver(Waiter* waiter) {
  if (!waiter->queued) return;
  remove(receivers_, waiter);
  if (empty(receivers_)) {
    receivers_wait_.store(false, std::memory_order_relaxed);
  }
}

// A false here was true at some moment during the call, which is all that a
// select without the lock can say.
bool ChanCore::may_send() const noexcept {
  return closed_.load(std::memory_order_acquire) ||
         receivers_wait_.load(std::memory_order_relaxed) ||
         count_.load(std::memory_order_relaxed) < capacity_;
}

bool ChanCore::may_recv() const noexcept {
  return count_.load(std::memory_order_relaxed) > 0 ||
         senders_wait_.load(std::memory_order_relaxed) ||
         closed_.load(std::memory_order_acquire);
}

void ChanCore::check_invariants() const {
#ifndef NDEBUG
  const std::size_t count = count_.load(std::memory_order_relaxed);
  CSP_CHECK(count <= capacity_);
  CSP_CHECK(capacity_ == 0 || (head_ + count) % capacity_ == tail_);
  const auto servable = [](const WaitQueue& queue) {
    for (const Waiter* waiter = queue.first; waiter; waiter = waiter->next) {
      if (!waiter->select) return true;
    }
    return false;
  };
  CSP_CHECK(!(servable(senders_) && servable(receivers_)));
  CSP_CHECK(count == 0 || !servable(receivers_));
  CSP_CHECK(count == capacity_ || !servable(senders_));
  CSP_CHECK(!closed_ || (empty(senders_) && empty(receivers_)));
#endif
}

void ChanCore::note_meeting(const Goroutine* sender,
                            const Goroutine* receiver) {
  sender_.note(sender);
  receiver_.note(receiver);
}

ChanCore::Outcome ChanCore::try_send(Goroutine* self, void* element, Way way) {
  if (closed_.load(std::memory_order_relaxed)) return {Try::kClosed};
  // Of a select's case that is told when it has run.
  const std::uint8_t begins = way == Way::kAlone ? seam::kBegins : 0;
  Outcome outcome{Try::kDone};
  if (Waiter* receiver = pop_receiver()) {
    move_element(receiver->element, element);
    if (listening()) [[unlikely]] {
      if (capacity_ == 0) {
        tell_rendezvous(this, self, receiver->goroutine, begins);
      } else {
        // As if through the empty buffer.
        tell_slot(EventKind::kChanSend, self, this, tail_, way, begins);
        tell_slot(EventKind::kChanRecv, receiver->goroutine, this, tail_,
                  way_of(*receiver));
      }
    }
    if (capacity_ > 0) head_ = tail_ = next(tail_);
    receiver->success = true;
    outcome.wake = receiver->goroutine;
    note_meeting(self, receiver->goroutine);
    return outcome;
  }
  const std::size_t count = count_.load(std::memory_order_relaxed);
  if (count == capacity_) return {};
  move_element(slot(tail_), element);
  if (listening()) [[unlikely]] {
    tell_slot(EventKind::kChanSend, self, this, tail_, way, begins);
  }
  if (trace::on()) [[unlikely]] {
    trace::sent(self, this, tail_);
  }
  tail_ = next(tail_);
  count_.store(count + 1, std::memory_order_relaxed);
  return outcome;
}

ChanCore::Outcome ChanCore::try_recv(Goroutine* self, void* to, Way way) {
  Outcome outcome{Try::kDone};
  const std::size_t count = count_.load(std::memory_order_relaxed);
  if (count > 0) {
    move_element(to, slot(head_));
    if (listening()) [[unlikely]] {
      tell_slot(EventKind::kChanRecv, self, this, head_, way);
    }
    if (trace::on()) [[unlikely]] {
      trace::received(self, this, head_);
    }
    head_ = next(head_);
    if (count == capacity_) {
      if (Waiter* sender = pop_sender()) {
        // The slot that has become free is the next one to be filled.
        move_element(slot(tail_), sender->element);
        if (listening()) [[unlikely]] {
          tell_slot(EventKind::kChanSend, sender->goroutine, this, tail_,
                    way_of(*sender));
        }
        if (trace::on()) [[unlikely]] {
          trace::sent(sender->goroutine, this, tail_);
        }
        tail_ = next(tail_);
        sender->success = true;
        outcome.wake = sender->goroutine;
        note_meeting(sender->goroutine, self);
        return outcome;
      }
    }
    count_.store(count - 1, std::memory_order_relaxed);
    return outcome;
  }
  if (Waiter* sender = pop_sender()) {  // unbuffered
    move_element(to, sender->element);
    if (listening()) [[unlikely]] {
      tell_rendezvous(this, sender->goroutine, self);
    }
    sender->success = true;
    outcome.wake = sender->goroutine;
    note_meeting(sender->goroutine, self);
    return outcome;
  }
  if (!closed_.load(std::memory_order_relaxed)) return {};
  if (listening()) [[unlikely]] {
    tell(EventKind::kChanRecvClosed, self, this);
  }
  return {Try::kClosed};
}

void ChanCore::send(void* element) {
  preemption_point();
  Goroutine* self = this_goroutine();
  lock_.lock();
  const Outcome outcome = try_send(self, element, Way::kAlone);
  if (outcome.result != Try::kDone && listening()) [[unlikely]] {
    tell(EventKind::kChanSendBegin, self, this);
  }
  if (outcome.result == Try::kBlocked) {
    Waiter waiter;
    waiter.goroutine = self;
    waiter.element = element;
    enqueue_sender(&waiter);
    begin_wait(self, WaitReason::kChanSend, this);
    check_invariants();
    lock_.unlock();
    park(self);
    if (!waiter.success) throw channel_error("send on closed channel");
    return;
  }
  check_invariants();
  lock_.unlock();
  if (outcome.wake) ready(outcome.wake);
  if (outcome.result == Try::kClosed) {
    throw channel_error("send on closed channel");
  }
}

bool ChanCore::recv(void* to) {
  preemption_point();
  Goroutine* self = this_goroutine();
  lock_.lock();
  const Outcome outcome = try_recv(self, to, Way::kAlone);
  if (outcome.result == Try::kBlocked) {
    Waiter waiter;
    waiter.goroutine = self;
    waiter.element = to;
    enqueue_receiver(&waiter);
    begin_wait(self, WaitReason::kChanRecv, this);
    check_invariants();
    lock_.unlock();
    park(self);
    if (!waiter.success && listening()) [[unlikely]] {
      tell(EventKind::kChanRecvClosed, self, this);
    }
    return waiter.success;
  }
  check_invariants();
  lock_.unlock();
  if (outcome.wake) ready(outcome.wake);
  return outcome.result == Try::kDone;
}

void ChanCore::close() {
  preemption_point();
  Goroutine* self = this_goroutine();
  WaitQueue woken;
  {
    ScopedLock hold(lock_);
    if (closed_.load(std::memory_order_relaxed)) {
      throw channel_error("close of closed channel");
    }
    if (listening()) [[unlikely]]
      tell(EventKind::kChanClose, self, this);
    closed_.store(true, std::memory_order_release);
    while (Waiter* receiver = pop_receiver()) push_back(woken, receiver);
    while (Waiter* sender = pop_sender()) push_back(woken, sender);
    check_invariants();
  }
  ready_queue(woken);
}

std::size_t ChanCore::len() const noexcept {
  if (timer_ == IsTimer::kYes) return 0;
  return count_.load(std::memory_order_relaxed);
}

std::size_t ChanCore::cap() const noexcept {
  return timer_ == IsTimer::kYes ? 0 : capacity_;
}

Goroutine* ChanCore::send_timer(std::int64_t now_ns, const void* timer) {
  time_point when{std::chrono::nanoseconds(now_ns)};
  ScopedLock hold(lock_);
  Waiter* receiver = pop_receiver();
  if (!receiver && count_.load(std::memory_order_relaxed) > 0) return nullptr;
  if (listening()) [[unlikely]] {
    seam::Event event{EventKind::kChanTimerSend};
    event.object = object_id(this);
    event.index = static_cast<std::uint32_t>(tail_);
    event.value = static_cast<std::int64_t>(object_id(timer));
    tell(event);
  }
  if (receiver) {
    move_element(receiver->element, &when);
    if (listening()) [[unlikely]] {
      tell_slot(EventKind::kChanRecv, receiver->goroutine, this, tail_,
                way_of(*receiver));
    }
    receiver->success = true;
    return receiver->goroutine;
  }
  move_element(slot(tail_), &when);
  tail_ = next(tail_);
  count_.store(1, std::memory_order_relaxed);
  return nullptr;
}

bool ChanCore::drain_timer() {
  ScopedLock hold(lock_);
  if (count_.load(std::memory_order_relaxed) == 0) return false;
  head_ = tail_;
  count_.store(0, std::memory_order_relaxed);
  return true;
}

bool ChanCore::has_receiver() {
  ScopedLock hold(lock_);
  return !empty(receivers_);
}

ChanCore* chan_make(const ElementType& type, std::size_t capacity) {
  return ChanCore::make(type, capacity, IsTimer::kNo,
                        __builtin_return_address(0));
}

void chan_retain(ChanCore* core) noexcept { core->retain(); }
void chan_release(ChanCore* core) noexcept { core->release(); }

void chan_send(ChanCore* core, void* element) {
  if (!core) block_forever(WaitReason::kChanSendNil);
  core->send(element);
}

bool chan_recv(ChanCore* core, void* to) {
  if (!core) block_forever(WaitReason::kChanRecvNil);
  return core->recv(to);
}

void chan_close(ChanCore* core) {
  if (!core) throw channel_error("close of nil channel");
  core->close();
}

std::size_t chan_len(const ChanCore* core) noexcept {
  return core ? core->len() : 0;
}

std::size_t chan_cap(const ChanCore* core) noexcept {
  return core ? core->cap() : 0;
}

}  // namespace csp::internal
