#include "tool/explore/run_seed.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string_view>

#include "tool/run/collect.h"

extern char** environ;

namespace chansan {
namespace {

constexpr std::string_view kVariable = "CHANSAN_OPTIONS=";

std::vector<std::string> environment_with(const std::string& options) {
  std::vector<std::string> variables;
  for (char** each = environ; *each != nullptr; ++each) {
    if (!std::string_view(*each).starts_with(kVariable)) {
      variables.emplace_back(*each);
    }
  }
  variables.push_back(std::string(kVariable) + options);
  return variables;
}

// Whether the process ended in time. It is not reaped.
bool ends_within(pid_t pid, std::chrono::seconds limit) {
  const int descriptor = static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
  if (descriptor < 0) return true;
  const auto deadline = std::chrono::steady_clock::now() + limit;
  int ready = 0;
  for (;;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        deadline - std::chrono::steady_clock::now());
    pollfd wanted{descriptor, POLLIN, 0};
    ready = poll(&wanted, 1,
                 static_cast<int>(std::max<std::int64_t>(left.count(), 0)));
    if (ready >= 0 || errno != EINTR) break;
  }
  close(descriptor);
  return ready != 0;
}

Ended reap(pid_t pid) {
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFSIGNALED(status)) return {0, WTERMSIG(status)};
  return {WEXITSTATUS(status), 0};
}

std::string read_whole(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

}  // namespace

std::string options_with_seed(std::uint64_t seed) {
  const char* const value = std::getenv("CHANSAN_OPTIONS");
  std::string options = value == nullptr ? "" : value;
  if (!options.empty()) options += ':';
  return options + "seed=" + std::to_string(seed);
}

SeedRun run_seed(const std::vector<std::string>& command, std::uint64_t seed,
                 const std::string& directory, std::chrono::seconds limit) {
  SeedRun run;
  run.seed = seed;
  const std::string reports = directory + "/reports";
  const std::string errors = directory + "/errors";
  std::filesystem::create_directories(reports, run.error);
  if (run.error) return run;
  std::vector<std::string> variables = environment_with(
      options_with_seed(seed) + ":format=json:log_path=" + reports + "/report");
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null",
                                   O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null",
                                   O_WRONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, errors.c_str(),
                                   O_WRONLY | O_CREAT | O_TRUNC, 0600);
  pid_t pid = 0;
  const int error = posix_spawnp(&pid, command.front().c_str(), &actions,
                                 nullptr, argument_pointers(command).data(),
                                 argument_pointers(variables).data());
  posix_spawn_file_actions_destroy(&actions);
  run.error = {error, std::generic_category()};
  if (error != 0) return run;
  run.timed_out = !ends_within(pid, limit);
  if (run.timed_out) kill(pid, SIGKILL);
  run.ended = reap(pid);
  std::vector<std::string> problems;
  run.document = collect_reports(reports, problems);
  if (run.ended.status != 0 || run.ended.signal != 0) {
    add_dumps(run.document, read_whole(errors));
  }
  std::error_code ignored;
  std::filesystem::remove_all(directory, ignored);
  return run;
}

}  // namespace chansan
