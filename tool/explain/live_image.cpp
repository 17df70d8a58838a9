// A live process: each of its threads is stopped with ptrace(2) while the
// image is looked at. PTRACE_SEIZE sends no signal, so that waits with a
// timeout go on with what is left of it.
#include <dirent.h>
#include <elfutils/libdwfl.h>
#include <limits.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <unordered_map>

#include "tool/explain/process_image.h"

namespace chansan {
namespace {

constexpr std::uint64_t kPageBytes = 4096;

struct Stopped {
  pid_t id = 0;
  long signal = 0;  // to be delivered when it goes on
};

std::vector<pid_t> tasks_of(pid_t pid) {
  std::vector<pid_t> tasks;
  DIR* const directory =
      opendir(("/proc/" + std::to_string(pid) + "/task").c_str());
  if (directory == nullptr) return tasks;
  while (const dirent* entry = readdir(directory)) {
    const char* const name = entry->d_name;
    pid_t task = 0;
    const char* const end = name + std::strlen(name);
    if (std::from_chars(name, end, task).ptr == end) tasks.push_back(task);
  }
  closedir(directory);
  return tasks;
}

// Unwinding needs no debug information; lines are looked up elsewhere.
int no_debug_file(Dwfl_Module*, void**, const char*, Dwarf_Addr, const char*,
                  const char*, GElf_Word, char**) {
  return -1;
}

constexpr Dwfl_Callbacks kCallbacks = {&dwfl_linux_proc_find_elf,
                                       &no_debug_file, nullptr, nullptr};

class LiveImage final : public ProcessImage {
 public:
  explicit LiveImage(pid_t pid) : pid_(pid) {}

  ~LiveImage() override {
    for (const Stopped& thread : stopped_) {
      ptrace(PTRACE_DETACH, thread.id, nullptr, thread.signal);
    }
  }

  std::string stop() {
    // Threads that are started meanwhile are seen in the next round; a thread
    // that is stopped starts none.
    for (bool again = true; again;) {
      again = false;
      const std::vector<pid_t> tasks = tasks_of(pid_);
      if (tasks.empty()) return "there is no such process";
      for (const pid_t task : tasks) {
        const bool known = std::any_of(
            stopped_.begin(), stopped_.end(),
            [&](const Stopped& thread) { return thread.id == task; });
        if (known) continue;
        const std::string problem = stop_thread(task);
        if (!problem.empty()) return problem;
        again = true;
      }
    }
    char path[PATH_MAX] = {};
    const std::string link = "/proc/" + std::to_string(pid_) + "/exe";
    if (readlink(link.c_str(), path, sizeof path - 1) > 0) program_ = path;
    return report_modules();
  }

  bool read(std::uint64_t address, std::span<std::byte> to) override {
    while (!to.empty()) {
      const std::uint64_t inside = address % kPageBytes;
      const std::size_t size =
          std::min<std::size_t>(to.size(), kPageBytes - inside);
      const std::vector<std::byte>& page = page_at(address - inside);
      if (page.empty()) return false;
      std::memcpy(to.data(), page.data() + inside, size);
      to = to.subspan(size);
      address += size;
    }
    return true;
  }

 private:
  std::string stop_thread(pid_t task) {
    if (ptrace(PTRACE_SEIZE, task, nullptr, nullptr) != 0) {
      if (errno == ESRCH) return "";  // it has ended
      std::string why = strerror(errno);
      if (errno == EPERM) {
        why +=
            "; ptrace(2) is allowed to root, and to the same user if "
            "/proc/sys/kernel/yama/ptrace_scope is 0 and no debugger is "
            "attached";
      }
      return "cannot look at it: " + why;
    }
    Stopped& thread = stopped_.emplace_back(Stopped{task, 0});
    ptrace(PTRACE_INTERRUPT, task, nullptr, nullptr);
    int status = 0;
    while (waitpid(task, &status, __WALL) < 0 && errno == EINTR) {
    }
    // A signal was about to be delivered: that happens when it goes on.
    if (WIFSTOPPED(status) && status >> 16 == 0) {
      thread.signal = WSTOPSIG(status);
    }
    user_regs_struct registers;
    if (!WIFSTOPPED(status) ||
        ptrace(PTRACE_GETREGS, task, nullptr, &registers) != 0) {
      return "";  // it has just ended
    }
    threads_.push_back({task, registers_of(registers)});
    return "";
  }

  // Empty if it cannot be read.
  const std::vector<std::byte>& page_at(std::uint64_t address) {
    constexpr std::size_t kPagesMax = 16384;
    const auto known = pages_.find(address);
    if (known != pages_.end()) return known->second;
    if (pages_.size() >= kPagesMax) pages_.clear();
    std::vector<std::byte> page(kPageBytes);
    const iovec here = {page.data(), page.size()};
    const iovec there = {reinterpret_cast<void*>(address), page.size()};
    const ssize_t got = process_vm_readv(pid_, &here, 1, &there, 1, 0);
    if (got != static_cast<ssize_t>(kPageBytes)) page.clear();
    return pages_.emplace(address, std::move(page)).first->second;
  }

  std::string report_modules() {
    modules_ = dwfl_begin(&kCallbacks);
    dwfl_report_begin(modules_);
    const int error = dwfl_linux_proc_report(modules_, pid_);
    dwfl_report_end(modules_, nullptr, nullptr);
    if (error != 0 || !attach_unwinder(pid_)) {
      return "cannot tell which files are mapped: " +
             std::string(error > 0 ? strerror(error) : dwfl_errmsg(-1));
    }
    return "";
  }

  const pid_t pid_;
  std::vector<Stopped> stopped_;
  std::unordered_map<std::uint64_t, std::vector<std::byte>> pages_;
};

}  // namespace

std::unique_ptr<ProcessImage> attach(pid_t pid, std::string& problem) {
  auto image = std::make_unique<LiveImage>(pid);
  problem = image->stop();
  if (!problem.empty()) return nullptr;
  return image;
}

}  // namespace chansan
