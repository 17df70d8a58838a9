#include "tool/explain/post_mortem.h"

#include <algorithm>
#include <cstring>
#include <ctime>
#include <unordered_map>
#include <utility>

#include "detector/src/waits/stuck.h"
#include "tool/explain/program_symbols.h"
#include "tool/explain/runtime_memory.h"
#include "tool/explain/world_reader.h"

namespace chansan {
namespace {

using csp::seam::GoroutineId;
using csp::seam::World;

// Beyond so many goroutines no more stacks are unwound.
constexpr std::size_t kStacksMax = 200'000;

std::int64_t monotonic_now_ns() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1'000'000'000 + now.tv_nsec;
}

class ImagePlaces final : public waits::Places {
 public:
  explicit ImagePlaces(ProcessImage& image) : image_(image) {}

  Stack frames(std::uint64_t pc) override {
    const auto [known, made] = frames_.try_emplace(pc);
    if (made) {
      const auto place = image_.file_address(pc);
      known->second =
          place ? symbols_.frames(place->path, place->address) : Stack{Frame{}};
    }
    return known->second;
  }

  // WorldReader names objects by their addresses: its own memory is no part
  // of what is looked at.
  std::string global_of(std::uint64_t object) override {
    const auto place = image_.file_address(object);
    return place ? symbols_.variable(place->path, place->address) : "";
  }

  // What was done before is in no memory.
  waits::History history(std::uint64_t) override { return {}; }

 private:
  ProcessImage& image_;
  ProgramSymbols symbols_;
  std::unordered_map<std::uint64_t, Stack> frames_;
};

class PostMortem {
 public:
  PostMortem(ProcessImage& image, RuntimeMemory& memory)
      : image_(image),
        memory_(memory),
        places_(image),
        reader_(image, memory) {}

  std::vector<Finding> findings() {
    goroutines_ = memory_.goroutines();
    find_culprit();
    std::vector<StackView> stacks;
    for (const RawGoroutine& each : goroutines_) {
      stacks.push_back(stacks.size() < kStacksMax ? view_of(each)
                                                  : StackView{});
    }
    // The clock of a core file has stopped at a time that nobody noted.
    const World world =
        reader_.read(goroutines_, std::move(stacks),
                     image_.signal() == 0 ? monotonic_now_ns() : 0);
    std::vector<Finding> findings;
    if (culprit_ == 0) findings = stuck_ones(world);
    const bool all_told =
        findings.size() == 1 &&
        findings.front().goroutines.size() == goroutines_.size();
    if (!all_told && !goroutines_.empty()) findings.push_back(everybody(world));
    return findings;
  }

 private:
  // The OS thread that stands on this goroutine's stack.
  const OsThread* thread_of(const RawGoroutine& raw) const {
    if (raw.suspended) return nullptr;
    for (const OsThread& thread : image_.threads()) {
      const std::uint64_t sp = thread.registers.values[Registers::kRsp];
      if (sp >= raw.stack_low && sp < raw.stack_high) return &thread;
    }
    return nullptr;
  }

  StackView view_of(const RawGoroutine& raw) {
    const OsThread* const thread = thread_of(raw);
    if (!raw.suspended && thread == nullptr) return {};
    ProcessImage::Frames frames =
        image_.unwind(raw.suspended ? *raw.suspended : thread->registers);
    StackView view;
    for (std::size_t i = 0; i < frames.pcs.size(); ++i) {
      if (!is_users(frames.pcs[i])) continue;
      view.user = frames.registers[i];
      break;
    }
    view.pcs = std::move(frames.pcs);
    return view;
  }

  bool is_users(std::uint64_t pc) {
    const Stack frames = places_.frames(pc);
    return std::any_of(frames.begin(), frames.end(),
                       [](const Frame& each) { return !each.library; });
  }

  // The one that the signal found comes first.
  void find_culprit() {
    if (image_.signal() == 0) return;
    const auto culprit = std::find_if(
        goroutines_.begin(), goroutines_.end(), [&](const RawGoroutine& each) {
          return thread_of(each) == &image_.threads().front();
        });
    if (culprit == goroutines_.end()) return;
    culprit_ = culprit->id;
    std::rotate(goroutines_.begin(), culprit, culprit + 1);
  }

  // Those that can never go on, as far as memory shows.
  std::vector<Finding> stuck_ones(const World& world) {
    const std::vector<GoroutineId> stuck = reader_.stuck(world, goroutines_);
    if (stuck.empty()) return {};
    std::vector<Finding> findings;
    if (stuck.front() == 1) {
      // Main is one of them, so that the program never ends by itself.
      const std::string message =
          stuck.size() == goroutines_.size()
              ? "all goroutines are asleep - deadlock!"
              : std::to_string(stuck.size()) + " of " +
                    std::to_string(goroutines_.size()) +
                    " goroutines wait, and nothing that can run wakes them";
      findings.push_back(waits::judge(waits::End::kDeadlock, message,
                                      part_of(world, stuck), places_));
    } else {
      findings = waits::judge_leaks(world, stuck, places_);
    }
    for (Finding& finding : findings) finding.level = Level::kLikely;
    return findings;
  }

  static World part_of(const World& world,
                       const std::vector<GoroutineId>& stuck) {
    World part;
    part.objects = world.objects;
    for (const csp::seam::GoroutineSnapshot& each : world.goroutines) {
      if (std::binary_search(stuck.begin(), stuck.end(), each.id)) {
        part.goroutines.push_back(each);
      }
    }
    return part;
  }

  Finding everybody(const World& world) {
    Finding finding =
        waits::judge(waits::End::kFatalError, message(), world, places_);
    finding.id = culprit_ == 0 ? "dump" : "fatal";
    return finding;
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

  ProcessImage& image_;
  RuntimeMemory& memory_;
  ImagePlaces places_;
  WorldReader reader_;
  std::vector<RawGoroutine> goroutines_;
  std::uint64_t culprit_ = 0;  // 0: none
};

}  // namespace

std::optional<Document> look_at(ProcessImage& image, std::string& problem) {
  auto memory = RuntimeMemory::open(image, problem);
  if (!memory) return std::nullopt;
  Document document;
  document.findings = PostMortem(image, *memory).findings();
  if (document.findings.empty()) {
    problem = "no goroutine is alive in it";
    return std::nullopt;
  }
  document.summary.tool = "explain";
  document.summary.program = image.program();
  return document;
}

}  // namespace chansan
