#include "tool/common/process.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

namespace chansan {
namespace {

std::error_code error_of(int number) {
  return {number, std::generic_category()};
}

std::error_code wait_for(pid_t child, Ended& ended) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return error_of(errno);
  }
  ended = WIFSIGNALED(status) ? Ended{0, WTERMSIG(status)}
                              : Ended{WEXITSTATUS(status), 0};
  return {};
}

std::string read_to_end(int descriptor) {
  std::string text;
  char buffer[4096];
  for (;;) {
    const ssize_t size = ::read(descriptor, buffer, sizeof buffer);
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) return text;
    text.append(buffer, static_cast<std::size_t>(size));
  }
}

}  // namespace

std::vector<char*> argument_pointers(const std::vector<std::string>& command) {
  std::vector<char*> pointers;
  for (const std::string& word : command) {
    pointers.push_back(const_cast<char*>(word.c_str()));
  }
  pointers.push_back(nullptr);
  return pointers;
}

void write_whole(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t size = ::write(descriptor, text.data(), text.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return;
    text.remove_prefix(static_cast<std::size_t>(size));
  }
}

std::error_code become(const std::vector<std::string>& command) {
  ::execvp(command.front().c_str(), argument_pointers(command).data());
  return error_of(errno);
}

std::error_code run_and_wait(const std::vector<std::string>& command,
                             Ended& ended) {
  pid_t child = 0;
  if (const int error =
          ::posix_spawnp(&child, command.front().c_str(), nullptr, nullptr,
                         argument_pointers(command).data(), environ)) {
    return error_of(error);
  }
  return wait_for(child, ended);
}

std::error_code run_and_read(const std::vector<std::string>& command,
                             std::string& output, Ended& ended) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return error_of(errno);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null",
                                     O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  ::posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null",
                                     O_WRONLY, 0);
  pid_t child = 0;
  const int error =
      ::posix_spawnp(&child, command.front().c_str(), &actions, nullptr,
                     argument_pointers(command).data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  ::close(ends[1]);
  if (error == 0) output = read_to_end(ends[0]);
  ::close(ends[0]);
  return error != 0 ? error_of(error) : wait_for(child, ended);
}

int end_alike(const Ended& ended) {
  if (ended.signal == 0) return ended.status;
  // The core, if one is wanted, is the program's; ours would overwrite it.
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
  ::signal(ended.signal, SIG_DFL);
  sigset_t set;
  ::sigemptyset(&set);
  ::sigaddset(&set, ended.signal);
  ::sigprocmask(SIG_UNBLOCK, &set, nullptr);
  ::raise(ended.signal);
  return 128 + ended.signal;
}

std::string shell_line(const std::vector<std::string>& command) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
      "-_=+./:,@%";
  std::string line;
  for (const std::string& word : command) {
    if (!line.empty()) line += ' ';
    if (!word.empty() && word.find_first_not_of(kPlain) == word.npos) {
      line += word;
      continue;
    }
    line += '\'';
    for (const char c : word) {
      if (c == '\'') {
        line += "'\\''";
      } else {
        line += c;
      }
    }
    line += '\'';
  }
  return line;
}

}  // namespace chansan
