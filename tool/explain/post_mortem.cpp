#include "tool/explain/post_mortem.h"

#include <algorithm>
#include <cstring>
#include <ctime>
#include <unordered_map>
#include <utility>

#include "tool/explain/program_symbols.h"
#include "tool/explain/runtime_memory.h"

namespace chansan {
namespace {

// Beyond it goroutines are told of by what they wait for alone.
constexpr std::size_t kStacksMax = 20'000;

std::int64_t monotonic_now_ns() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1'000'000'000 + now.tv_nsec;
}

class PostMortem {
 public:
  PostMortem(ProcessImage& image, RuntimeMemory& memory)
      : image_(image), memory_(memory) {}

  Finding finding() {
    Finding finding;
    for (const RawGoroutine& each : memory_.goroutines()) {
      finding.goroutines.push_back(goroutine(each));
    }
    put_culprit_first(finding);
    finding.id = culprit_ == 0 ? "dump" : "fatal";
    finding.message = message();
    if (!finding.goroutines.empty()) {
      finding.location = place_of(finding.goroutines.front());
    }
    return finding;
  }

 private:
  const Stack& frames(std::uint64_t pc) {
    const auto [known, made] = frames_.try_emplace(pc);
    if (made) {
      const auto place = image_.file_address(pc);
      known->second =
          place ? symbols_.frames(place->path, place->address) : Stack{Frame{}};
      for (Frame& frame : known->second)
        frame.library = is_library_frame(frame);
    }
    return known->second;
  }

  Stack stack_of(const Registers& registers) {
    Stack stack;
    if (stacks_++ >= kStacksMax) return stack;
    for (const std::uint64_t pc : image_.unwind(registers)) {
      const Stack& more = frames(pc);
      stack.insert(stack.end(), more.begin(), more.end());
    }
    return stack;
  }

  // The OS thread that stands on this goroutine's stack.
  const OsThread* thread_of(const RawGoroutine& raw) const {
    for (const OsThread& thread : image_.threads()) {
      const std::uint64_t sp = thread.registers.values[Registers::kRsp];
      if (sp >= raw.stack_low && sp < raw.stack_high) return &thread;
    }
    return nullptr;
  }

  Goroutine goroutine(const RawGoroutine& raw) {
    Goroutine goroutine;
    goroutine.id = raw.id;
    goroutine.name = raw.name;
    goroutine.status = raw.status;
    goroutine.creator = raw.creator;
    if (raw.created_at != 0) goroutine.created_at = creation(raw.created_at);
    // The clock of a core file has stopped at a time that nobody noted.
    if (raw.waiting && image_.signal() == 0) {
      goroutine.waiting_ns =
          std::max<std::int64_t>(0, monotonic_now_ns() - raw.since_ns);
    }
    if (raw.suspended) {
      goroutine.stack = stack_of(*raw.suspended);
    } else if (const OsThread* const thread = thread_of(raw)) {
      goroutine.stack = stack_of(thread->registers);
      if (image_.signal() != 0 && thread == &image_.threads().front()) {
        culprit_ = raw.id;
      }
    }
    return goroutine;
  }

  // The go statement is the user's; what it calls is not.
  Stack creation(std::uint64_t pc) {
    const Stack& all = frames(pc);
    const auto user =
        std::find_if(all.begin(), all.end(),
                     [](const Frame& frame) { return !frame.library; });
    if (user == all.end()) return {all.back()};
    return {*user};
  }

  void put_culprit_first(Finding& finding) {
    const auto culprit = std::find_if(
        finding.goroutines.begin(), finding.goroutines.end(),
        [&](const Goroutine& each) { return each.id == culprit_; });
    if (culprit_ == 0 || culprit == finding.goroutines.end()) return;
    std::rotate(finding.goroutines.begin(), culprit, culprit + 1);
  }

  std::string message() const {
    if (image_.signal() == 0) return "a live process, stopped for a moment";
    const char* const name = sigabbrev_np(image_.signal());
    const std::string signal =
        name ? "SIG" + std::string(name)
             : "signal " + std::to_string(image_.signal());
    return culprit_ == 0 ? "a core file; " + signal + " ended the process"
                         : "fatal error: " + signal;
  }

  static Location place_of(const Goroutine& goroutine) {
    for (const Frame& frame : goroutine.stack) {
      if (!frame.library) return frame.location;
    }
    return {};
  }

  ProcessImage& image_;
  RuntimeMemory& memory_;
  ProgramSymbols symbols_;
  std::unordered_map<std::uint64_t, Stack> frames_;
  std::size_t stacks_ = 0;
  std::uint64_t culprit_ = 0;  // the one that the signal found; 0: none
};

}  // namespace

std::optional<Document> look_at(ProcessImage& image, std::string& problem) {
  auto memory = RuntimeMemory::open(image, problem);
  if (!memory) return std::nullopt;
  Document document;
  document.findings.push_back(PostMortem(image, *memory).finding());
  if (document.findings.front().goroutines.empty()) {
    problem = "no goroutine is alive in it";
    return std::nullopt;
  }
  document.summary.tool = "explain";
  document.summary.program = image.program();
  return document;
}

}  // namespace chansan
