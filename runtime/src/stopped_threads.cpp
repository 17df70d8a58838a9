#include "runtime/src/stopped_threads.h"

#include <fcntl.h>
#include <linux/futex.h>
#include <signal.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "runtime/src/futex.h"
#include "runtime/src/scheduler.h"

namespace csp::internal {

namespace {

constexpr std::size_t kThreadsMax = 16384;
constexpr std::int64_t kPatienceNs = 500'000'000;

// Where the handler of each stopped thread finds its place. Zero while no
// thread is stopped.
std::atomic<std::size_t> next_place{0};
std::atomic<std::size_t> arrived{0};
std::atomic<StoppedThread*> places{nullptr};
std::atomic<std::uint32_t> stopped{0};  // futex: the round; 0: run on
std::atomic<std::size_t> inside{0};     // handlers that have not returned

int stop_signal() { return SIGRTMAX - 2; }

void on_stop(int, siginfo_t*, void* context) {
  const int error = errno;
  inside.fetch_add(1);
  const std::uint32_t round = stopped.load();
  StoppedThread* const all = places.load();
  if (round != 0 && all) {
    const auto& registers =
        static_cast<const ucontext_t*>(context)->uc_mcontext.gregs;
    // The count below publishes what is written there.
    const std::size_t mine = next_place.fetch_add(1);
    if (mine < kThreadsMax) {
      all[mine].sp = static_cast<std::uintptr_t>(registers[REG_RSP]);
      std::memcpy(all[mine].registers.data(), registers,
                  sizeof all[mine].registers);
    }
    arrived.fetch_add(1);
    while (stopped.load() == round) futex_wait(stopped, round, kForever);
  }
  inside.fetch_sub(1);
  errno = error;
}

struct Entry {  // of getdents64
  std::uint64_t inode;
  std::int64_t offset;
  std::uint16_t size;
  std::uint8_t type;
  char name[1];
};

// Without malloc, whose locks a stopped thread may hold.
template <class Visit>
void for_each_thread(Visit visit) {
  const int directory =
      open("/proc/self/task", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0) return;
  alignas(Entry) char buffer[8192];
  for (;;) {
    const long size = syscall(SYS_getdents64, directory, buffer, sizeof buffer);
    if (size <= 0) break;
    for (long at = 0; at < size;) {
      const auto* entry = reinterpret_cast<const Entry*>(buffer + at);
      const int id = std::atoi(entry->name);
      if (id > 0) visit(id);
      at += entry->size;
    }
  }
  close(directory);
}

}  // namespace

StoppedThreads::StoppedThreads() {
  threads_.resize(kThreadsMax);
  struct sigaction action{};
  action.sa_sigaction = &on_stop;
  action.sa_flags = SA_SIGINFO | SA_RESTART;
  sigfillset(&action.sa_mask);
  sigaction(stop_signal(), &action, nullptr);
  static std::uint32_t round = 0;
  arrived.store(0);
  next_place.store(0);
  places.store(threads_.data());
  stopped.store(++round);
  const int self = gettid();
  ScanVector<int> asked;
  // One that is being born while we look is seen in the next look.
  for (bool more = true; more;) {
    more = false;
    for_each_thread([&](int id) {
      if (id == self) return;
      for (const int each : asked) {
        if (each == id) return;
      }
      if (syscall(SYS_tgkill, getpid(), id, stop_signal()) != 0) return;
      asked.push_back(id);
      more = true;
    });
    const std::int64_t until = now_ns() + kPatienceNs;
    while (arrived.load() < asked.size() && now_ns() < until) {
      usleep(20);
    }
  }
  all_ = arrived.load() == asked.size() && asked.size() <= kThreadsMax;
  threads_.resize(asked.size() < kThreadsMax ? asked.size() : kThreadsMax);
}

StoppedThreads::~StoppedThreads() {
  stopped.store(0);
  syscall(SYS_futex, reinterpret_cast<std::uint32_t*>(&stopped),
          FUTEX_WAKE_PRIVATE, INT32_MAX, nullptr, nullptr, 0);
  // The places are about to go.
  while (inside.load() > 0) usleep(20);
  places.store(nullptr);
}

}  // namespace csp::internal
