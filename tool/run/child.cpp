#include "tool/run/child.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string_view>

namespace chansan {
namespace {

constexpr std::array kPassedOn = {SIGHUP,  SIGINT,  SIGQUIT,
                                  SIGTERM, SIGUSR1, SIGUSR2};
// A dump stands at the end, and one of a million goroutines fits.
constexpr std::size_t kKeptBytesMax = std::size_t{1} << 29;

std::error_code error_of(int number) {
  return {number, std::generic_category()};
}

// Signals that we read from a descriptor instead of being interrupted by.
class Signals {
 public:
  Signals() {
    ::sigemptyset(&watched_);
    for (const int signal : kPassedOn) ::sigaddset(&watched_, signal);
    ::sigaddset(&watched_, SIGCHLD);
    ::sigprocmask(SIG_BLOCK, &watched_, &before_);
    descriptor_ = ::signalfd(-1, &watched_, SFD_CLOEXEC | SFD_NONBLOCK);
  }
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;
  ~Signals() {
    ::close(descriptor_);
    ::sigprocmask(SIG_SETMASK, &before_, nullptr);
  }

  int descriptor() const { return descriptor_; }
  const sigset_t& before() const { return before_; }

  // Takes what has arrived; passes on to `child` what was meant for it.
  void take(pid_t child) const {
    signalfd_siginfo info;
    while (::read(descriptor_, &info, sizeof info) == sizeof info) {
      const bool sent_by_process = info.ssi_code <= 0;
      if (info.ssi_signo != SIGCHLD && sent_by_process) {
        ::kill(child, static_cast<int>(info.ssi_signo));
      }
    }
  }

 private:
  sigset_t watched_;
  sigset_t before_;
  int descriptor_ = -1;
};

// Starts `command`, its standard error going to `errors` if that is not -1.
int start(const std::vector<std::string>& command, const sigset_t& mask,
          int errors, pid_t& child) {
  const std::vector<char*> words = argument_pointers(command);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  if (errors != -1) {
    ::posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO);
  }
  posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  ::posix_spawnattr_setsigmask(&attributes, &mask);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
  const int error = ::posix_spawnp(&child, words[0], &actions, &attributes,
                                   words.data(), environ);
  ::posix_spawnattr_destroy(&attributes);
  ::posix_spawn_file_actions_destroy(&actions);
  return error;
}

// Copies what there is in the pipe, without waiting for more: a process that
// the program leaves behind may hold it open for ever.
void copy_errors(int pipe, std::string& kept) {
  char buffer[1 << 16];
  for (;;) {
    const ssize_t size = ::read(pipe, buffer, sizeof buffer);
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) return;
    const std::string_view text(buffer, static_cast<std::size_t>(size));
    write_whole(STDERR_FILENO, text);
    kept += text;
    if (kept.size() > kKeptBytesMax) kept.erase(0, kKeptBytesMax / 2);
  }
}

bool has_ended(pid_t child, Ended& ended) {
  int status = 0;
  if (::waitpid(child, &status, WNOHANG) != child) return false;
  if (WIFSIGNALED(status)) {
    ended.signal = WTERMSIG(status);
  } else {
    ended.status = WEXITSTATUS(status);
  }
  return true;
}

}  // namespace

std::error_code run_child(const std::vector<std::string>& command,
                          Errors errors, ChildResult& result) {
  const Signals signals;
  int ends[2] = {-1, -1};
  if (errors == Errors::kCopied) {
    if (::pipe2(ends, O_CLOEXEC) != 0) return error_of(errno);
    ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
  }
  pid_t child = 0;
  const int error = start(command, signals.before(), ends[1], child);
  if (ends[1] != -1) ::close(ends[1]);
  if (error == 0) {
    // A negative descriptor is passed over by poll().
    std::array<pollfd, 2> watched = {pollfd{signals.descriptor(), POLLIN, 0},
                                     pollfd{ends[0], POLLIN, 0}};
    while (!has_ended(child, result.ended)) {
      ::poll(watched.data(), watched.size(), -1);
      signals.take(child);
      if (watched[1].revents != 0) copy_errors(ends[0], result.errors);
      // Closed by the program, which goes on: do not ask again and again.
      if ((watched[1].revents & POLLHUP) != 0) watched[1].fd = -1;
    }
    if (ends[0] != -1) copy_errors(ends[0], result.errors);
  }
  if (ends[0] != -1) ::close(ends[0]);
  return error != 0 ? error_of(error) : std::error_code();
}

}  // namespace chansan
