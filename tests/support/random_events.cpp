#include "tests/support/random_events.h"

#include <algorithm>
#include <array>
#include <deque>
#include <random>

namespace chansan::tests {

using csp::seam::Event;
using csp::seam::EventKind;
using csp::seam::GoroutineId;
using csp::seam::MemoryOrder;

namespace {

// Few places, so that accesses meet; the block that is freed and allocated
// again is a part of the memory that is accessed.
constexpr std::uint64_t kMemory = 0x10000;
constexpr std::uint64_t kMemoryBytes = 32;
constexpr std::uint64_t kBlock = kMemory + 16;
constexpr std::uint64_t kBlockBytes = 16;
constexpr std::uint64_t kLocks = 0x20000;
constexpr std::uint64_t kChannels = 0x30000;
constexpr std::uint64_t kUnbuffered = 0x40000;
constexpr std::uint64_t kWaitGroup = 0x50000;
constexpr std::uint64_t kOnce = 0x60000;
constexpr std::uint64_t kOther = 0x70000;
constexpr std::uint64_t kSemaphore = 0x80000;
constexpr std::uint64_t kApart = 0x100;
constexpr std::size_t kAliveMax = 6;

struct LockState {
  GoroutineId owner = 0;
  std::vector<GoroutineId> readers;
};

struct ChannelState {
  std::uint64_t capacity = 0;
  std::uint64_t sends = 0;
  std::uint64_t receives = 0;
  bool closed = false;
};

class Generator {
 public:
  explicit Generator(std::uint64_t seed) : random_(seed) {
    for (std::size_t i = 0; i < channels_.size(); ++i) {
      channels_[i].capacity = i + 1;
      emit({.kind = EventKind::kChanMake,
            .goroutine = 1,
            .object = channel_address(i),
            .size = channels_[i].capacity});
    }
  }

  std::vector<Event> run(std::size_t steps) {
    // Each script leans to its own mixture, so that rare pairs of events meet
    // often in some script.
    for (int& weight : weights_) weight = pick(4) == 0 ? 0 : 1 + pick(8);
    weights_[0] += 6;
    while (events_.size() < steps) step();
    return std::move(events_);
  }

 private:
  int pick(int bound) {
    return static_cast<int>(random_() % static_cast<std::uint64_t>(bound));
  }
  GoroutineId someone() {
    return alive_[static_cast<std::size_t>(
        pick(static_cast<int>(alive_.size())))];
  }
  void emit(Event event) {
    // So few that a goroutine comes to one place again, as in a loop.
    event.pc = 1 + events_.size() % 3;
    events_.push_back(event);
  }
  static std::uint64_t channel_address(std::size_t i) {
    return kChannels + i * kApart;
  }

  void step() {
    int total = 0;
    for (const int weight : weights_) total += weight;
    int chosen = pick(total);
    std::size_t which = 0;
    while (chosen >= weights_[which]) chosen -= weights_[which++];
    switch (which) {
      case 0:
        return access();
      case 1:
        return atomic();
      case 2:
        return life();
      case 3:
        return lock();
      case 4:
        return channel();
      case 5:
        return wait_group();
      case 6:
        return object();
      case 7:
        return block();
      default:
        return fence();
    }
  }

  void access() {
    const std::uint64_t size = std::uint64_t{1} << pick(4);
    const auto offset = static_cast<std::uint64_t>(
        pick(static_cast<int>(kMemoryBytes - size + 1)));
    emit({.kind = pick(2) == 0 ? EventKind::kRead : EventKind::kWrite,
          .goroutine = someone(),
          .object = kMemory + offset,
          .size = size});
  }

  void atomic() {
    constexpr std::array kKinds{EventKind::kAtomicLoad, EventKind::kAtomicStore,
                                EventKind::kAtomicRmw,
                                EventKind::kAtomicFailed};
    const std::uint64_t size = pick(2) == 0 ? 4 : 8;
    emit({.kind = kKinds[static_cast<std::size_t>(pick(4))],
          .order = static_cast<MemoryOrder>(pick(6)),
          .failure_order =
              pick(2) == 0 ? MemoryOrder::kRelaxed : MemoryOrder::kAcquire,
          .goroutine = someone(),
          .object = kMemory + 8 * static_cast<std::uint64_t>(pick(3)),
          .size = size});
  }

  void fence() {
    emit({.kind = EventKind::kFence,
          .order = static_cast<MemoryOrder>(pick(6)),
          .goroutine = someone()});
  }

  void life() {
    const GoroutineId who = someone();
    if (pick(2) == 0 && alive_.size() < kAliveMax) {
      const bool thread = pick(2) == 0;
      emit({.kind = EventKind::kGoCreate,
            .flags = thread ? csp::seam::kJoinable : std::uint8_t{0},
            .goroutine = who,
            .other = ++last_});
      alive_.push_back(last_);
      if (thread) joinable_.push_back(last_);
      return;
    }
    if (pick(2) == 0 && !ended_.empty()) {
      emit(
          {.kind = EventKind::kJoin, .goroutine = who, .other = ended_.back()});
      ended_.pop_back();
      return;
    }
    if (who == 1 || holds_something(who)) return;
    emit({.kind = EventKind::kGoEnd, .goroutine = who});
    std::erase(alive_, who);
    if (std::erase(joinable_, who) != 0) ended_.push_back(who);
  }

  bool holds_something(GoroutineId who) const {
    return std::any_of(locks_.begin(), locks_.end(), [&](const LockState& l) {
      return l.owner == who || std::find(l.readers.begin(), l.readers.end(),
                                         who) != l.readers.end();
    });
  }

  void lock() {
    const auto i = static_cast<std::size_t>(pick(2));
    LockState& state = locks_[i];
    Event event{.kind = EventKind::kLock,
                .goroutine = someone(),
                .object = kLocks + i * kApart};
    if (state.owner != 0) {
      event.kind = EventKind::kUnlock;
      event.goroutine = state.owner;
      state.owner = 0;
    } else if (!state.readers.empty() && pick(2) == 0) {
      event.kind = EventKind::kRUnlock;
      event.goroutine = state.readers.back();
      state.readers.pop_back();
    } else if (pick(2) == 0) {
      event.kind = EventKind::kRLock;
      state.readers.push_back(event.goroutine);
    } else if (state.readers.empty()) {
      state.owner = event.goroutine;
    } else {
      return;
    }
    emit(event);
  }

  void channel() {
    const auto i = static_cast<std::size_t>(pick(3));
    const GoroutineId who = someone();
    if (i == channels_.size()) {
      const GoroutineId other = someone();
      if (other == who) return;
      emit({.kind = EventKind::kChanRendezvous,
            .goroutine = who,
            .other = other,
            .object = kUnbuffered});
      return;
    }
    ChannelState& state = channels_[i];
    Event event{.kind = EventKind::kChanSend,
                .goroutine = who,
                .object = channel_address(i)};
    if (pick(2) == 0 && state.sends > state.receives) {
      event.kind = EventKind::kChanRecv;
      event.index =
          static_cast<std::uint32_t>(state.receives++ % state.capacity);
      return emit(event);
    }
    if (state.closed) {
      if (state.sends > state.receives) return;
      event.kind = EventKind::kChanRecvClosed;
      return emit(event);
    }
    if (pick(8) == 0) {
      state.closed = true;
      event.kind = EventKind::kChanClose;
      return emit(event);
    }
    if (state.sends - state.receives == state.capacity) return;
    event.index = static_cast<std::uint32_t>(state.sends++ % state.capacity);
    if (pick(4) == 0) {
      event.kind = EventKind::kChanTimerSend;
      event.goroutine = 0;
      event.value = kOther;
      return emit(event);
    }
    Event begin = event;
    begin.kind = EventKind::kChanSendBegin;
    begin.index = 0;
    emit(begin);
    emit(event);
  }

  void wait_group() {
    Event event{.kind = EventKind::kWgAdd,
                .goroutine = someone(),
                .object = kWaitGroup};
    switch (pick(4)) {
      case 0:
        event.flags = wait_group_ == 0 ? csp::seam::kFromZero : std::uint8_t{0};
        event.value = 1;
        ++wait_group_;
        return emit(event);
      case 1:
        if (wait_group_ == 0) return;
        event.value = -1;
        --wait_group_;
        return emit(event);
      case 2:
        event.kind = EventKind::kWgWaitBegin;
        event.flags = pick(2) == 0 ? csp::seam::kFirstWaiter : std::uint8_t{0};
        return emit(event);
      default:
        if (wait_group_ != 0) return;
        event.kind = EventKind::kWgWait;
        return emit(event);
    }
  }

  void semaphore() {
    const std::int64_t count = 1 + pick(2);
    Event event{.kind = EventKind::kPermitsGiven,
                .goroutine = someone(),
                .object = kSemaphore,
                .size = permits_,
                .value = count};
    if (pick(2) == 0 && permits_ >= static_cast<std::uint64_t>(count)) {
      event.kind = EventKind::kPermitsTaken;
      permits_ -= static_cast<std::uint64_t>(count);
    } else {
      permits_ += static_cast<std::uint64_t>(count);
    }
    emit(event);
  }

  void object() {
    if (pick(3) == 0) return semaphore();
    constexpr std::array kKinds{EventKind::kRelease, EventKind::kReleaseMerge,
                                EventKind::kAcquire, EventKind::kOnceReturn};
    const EventKind kind = kKinds[static_cast<std::size_t>(pick(4))];
    const bool once = kind == EventKind::kOnceReturn;
    if (once && !once_done_) {
      once_done_ = true;
      return emit({.kind = EventKind::kOnceDone,
                   .goroutine = someone(),
                   .object = kOnce});
    }
    emit({.kind = kind,
          .goroutine = someone(),
          .object = once ? kOnce : kOther});
  }

  void block() {
    emit({.kind = allocated_ ? EventKind::kFree : EventKind::kAlloc,
          .goroutine = someone(),
          .object = kBlock,
          .size = kBlockBytes});
    allocated_ = !allocated_;
  }

  std::mt19937_64 random_;
  std::vector<Event> events_;
  std::array<int, 9> weights_{};
  std::vector<GoroutineId> alive_{1};
  std::vector<GoroutineId> joinable_;
  std::vector<GoroutineId> ended_;
  GoroutineId last_ = 1;
  std::array<LockState, 2> locks_;
  std::array<ChannelState, 2> channels_;
  int wait_group_ = 0;
  std::uint64_t permits_ = 2;
  bool once_done_ = false;
  bool allocated_ = true;
};

}  // namespace

std::vector<Event> random_events(std::uint64_t seed, std::size_t steps) {
  return Generator(seed).run(steps);
}

}  // namespace chansan::tests
