#include "runtime/src/poller.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <ctime>

#include "runtime/src/futex.h"
#include "runtime/src/immortal.h"
#include "runtime/src/listener.h"
#include "runtime/src/monitor.h"
#include "runtime/src/scheduler.h"

namespace csp::internal {

Poller& poller() { return immortal<Poller>(); }

int Poller::start() {
  if (epoll_.load() >= 0) return 0;
  const int epoll = epoll_create1(EPOLL_CLOEXEC);
  if (epoll < 0) return errno;
  const int wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  if (wake < 0) {
    const int error = errno;
    close(epoll);
    return error;
  }
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = wake;
  epoll_ctl(epoll, EPOLL_CTL_ADD, wake, &event);
  wake_.store(wake);
  epoll_.store(epoll);
  return 0;
}

// One shot, for what is waited for now: a descriptor that is closed and
// reused, or that nobody waits for, says nothing.
int Poller::arm(int fd, Interest& interest) {
  epoll_event event{};
  event.data.fd = fd;
  event.events = EPOLLONESHOT;
  if (!empty(interest.readers)) event.events |= EPOLLIN | EPOLLRDHUP;
  if (!empty(interest.writers)) event.events |= EPOLLOUT;
  const int epoll = epoll_.load();
  if (interest.registered && epoll_ctl(epoll, EPOLL_CTL_MOD, fd, &event) == 0) {
    return 0;
  }
  // Not there, or closed and opened anew since.
  interest.registered = epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) == 0;
  if (!interest.registered && errno == EEXIST) {
    interest.registered = epoll_ctl(epoll, EPOLL_CTL_MOD, fd, &event) == 0;
  }
  return interest.registered ? 0 : errno;
}

int Poller::wait_for(int fd, Direction direction) {
  Waiter waiter;
  Goroutine* self = this_goroutine();
  waiter.goroutine = self;
  {
    ScopedLock hold(lock_);
    if (const int error = start()) return error;
    Interest& interest = interests_[fd];
    WaitQueue& queue =
        direction == Direction::kRead ? interest.readers : interest.writers;
    push_back(queue, &waiter);
    begin_wait(self, WaitReason::kIoWait, nullptr);
    if (const int error = arm(fd, interest)) {
      remove(queue, &waiter);
      self->status.store(Status::kRunning, std::memory_order_relaxed);
      return error;
    }
    waiters_.fetch_add(1, std::memory_order_release);
  }
  // This machine looks itself before it sleeps; should it run others for long,
  // the monitor does.
  monitor().processors_changed();
  park(self);
  return 0;
}

void Poller::take(WaitQueue& queue, GoroutineList& woken) {
  while (Waiter* waiter = pop_front(queue)) {
    waiters_.fetch_sub(1, std::memory_order_relaxed);
    woken.push_back(waiter->goroutine);
  }
}

void Poller::collect(std::int64_t timeout_ns, GoroutineList& woken) {
  const int epoll = epoll_.load();
  if (epoll < 0) return;
  std::array<epoll_event, 128> events;
  const timespec timeout{timeout_ns / 1'000'000'000,
                         timeout_ns % 1'000'000'000};
  looks_.fetch_add(1, std::memory_order_relaxed);
  const int count =
      epoll_pwait2(epoll, events.data(), static_cast<int>(events.size()),
                   timeout_ns == kForever ? nullptr : &timeout, nullptr);
  ScopedLock hold(lock_);
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = events[static_cast<std::size_t>(i)];
    if (event.data.fd == wake_.load()) {
      // Meant for the one who sleeps here: if a passing poll() took it away,
      // the sleeper would find nothing and sleep on.
      if (timeout_ns == 0) continue;
      std::uint64_t ignored = 0;
      [[maybe_unused]] const auto size =
          read(wake_.load(), &ignored, sizeof ignored);
      continue;
    }
    const auto found = interests_.find(event.data.fd);
    if (found == interests_.end()) continue;
    Interest& interest = found->second;
    constexpr auto kBoth = static_cast<std::uint32_t>(EPOLLERR | EPOLLHUP);
    if (event.events & (EPOLLIN | EPOLLRDHUP | kBoth)) {
      take(interest.readers, woken);
    }
    if (event.events & (EPOLLOUT | kBoth)) take(interest.writers, woken);
    if (!empty(interest.readers) || !empty(interest.writers)) {
      arm(event.data.fd, interest);
    }
  }
}

void Poller::note_served() {
  served_at_ns_.store(real_now_ns(), std::memory_order_relaxed);
  served_by_.store(this_machine(), std::memory_order_relaxed);
}

bool Poller::just_served_by_another(const Machine& machine) const {
  constexpr std::int64_t kJustNow = 50'000;
  const Machine* by = served_by_.load(std::memory_order_relaxed);
  return by && by != &machine &&
         real_now_ns() - served_at_ns_.load(std::memory_order_relaxed) <
             kJustNow;
}

int Poller::poll(Caller caller) {
  GoroutineList woken;
  collect(0, woken);
  const auto count = static_cast<int>(woken.size());
  if (count > 0) {
    note_served();
    scheduler().ready_all(woken, caller);
  }
  return count;
}

GoroutineList Poller::wait(std::int64_t timeout_ns) {
  GoroutineList woken;
  collect(timeout_ns, woken);
  if (!woken.empty()) note_served();
  return woken;
}

void Poller::interrupt() {
  const int wake = wake_.load();
  if (wake < 0) return;
  const Unobserved unobserved;  // waking a machine orders nothing
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto size = write(wake, &one, sizeof one);
}

}  // namespace csp::internal
