#include "detector/src/waits/attach.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <mutex>
#include <set>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>

#include "chansan/report.h"
#include "detector/src/report/output.h"
#include "detector/src/waits/past.h"
#include "detector/src/waits/stuck.h"
#include "runtime/hooks.h"

namespace chansan::waits {

namespace seam = csp::seam;

namespace {

History (*history_source)(std::uint64_t object) = nullptr;

class LivePlaces final : public Places {
 public:
  Stack frames(std::uint64_t pc) override {
    const auto [place, is_new] = frames_.try_emplace(pc);
    if (!is_new) return place->second;
    for (seam::Symbol& symbol : seam::symbolize(pc)) {
      place->second.push_back({std::move(symbol.function),
                               {std::move(symbol.file), symbol.line, 0},
                               symbol.inlined,
                               symbol.library});
    }
    return place->second;
  }
  std::string global_of(std::uint64_t object) override {
    return seam::global_at(seam::address_of(object)).name;
  }
  History history(std::uint64_t object) override {
    return history_source == nullptr ? History{}
                                     : history_source(seam::address_of(object));
  }

 private:
  std::unordered_map<std::uint64_t, Stack> frames_;
};

std::string option(const char* name) {
  const char* const value = seam::option(name);
  return value == nullptr ? "" : value;
}

std::string read_link(const char* path) {
  std::string name(4096, '\0');
  const ssize_t size = readlink(path, name.data(), name.size());
  name.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
  return name;
}

// Of programs that are not instrumented. Text goes to standard error, where the
// runtime's own goes, unless log_path says otherwise.
class PlainSink final : public Sink {
 public:
  PlainSink() {
    format_ = option("format") == "json" ? Format::kJson : Format::kText;
    output_.open(option("log_path"), format_, summary());
  }

  void on_fatal(Finding finding) override {
    const std::scoped_lock guard(lock_);
    if (format_ == Format::kText) return;
    output_.add(finding);
    findings_.push_back(std::move(finding));
    output_.finish(findings_, summary());
  }

  void on_finding(Finding finding) override {
    const std::scoped_lock guard(lock_);
    output_.add(finding);
    findings_.push_back(std::move(finding));
  }

  int finish(int status) override {
    const std::scoped_lock guard(lock_);
    if (findings_.empty()) return status;
    output_.finish(findings_, summary());
    return status == 0 ? std::atoi(option("exitcode").c_str()) : status;
  }

 private:
  static Summary summary() {
    Summary summary;
    summary.tool = "run";
    summary.program = read_link("/proc/self/exe");
    return summary;
  }

  std::mutex lock_;
  Format format_ = Format::kText;
  Output output_;
  std::vector<Finding> findings_;
};

Sink* sink_in_use = nullptr;

// Made when there is something to say: most programs never have.
Sink& sink() {
  static std::once_flag made;
  std::call_once(made, [] {
    if (sink_in_use == nullptr) sink_in_use = new PlainSink;
  });
  return *sink_in_use;
}

std::string source_line(const Location& location) {
  std::ifstream file(location.file);
  std::string line;
  for (std::uint32_t i = 0; i < location.line; ++i) {
    if (!std::getline(file, line)) return "";
  }
  return line;
}

std::string quoted(const std::string& word) {
  const bool plain = !word.empty() && word.find_first_not_of(
                                          "abcdefghijklmnopqrstuvwxyz"
                                          "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                          "0123456789_-+=./:,@%") == word.npos;
  if (plain) return word;
  std::string text = "'";
  for (const char c : word) text += c == '\'' ? "'\\''" : std::string(1, c);
  return text + "'";
}

// The command line as a shell would take it, with the seed if one was set. To
// see it again is to see more: what happened before to each object.
std::string command() {
  std::string options;
  if (!seam::hooks || !seam::hooks->instrumented) options = "diagnose=1";
  const std::string seed = option("seed");
  if (!seed.empty() && seed != "0") {
    options += (options.empty() ? "seed=" : ":seed=") + seed;
  }
  std::string text = options.empty() ? "" : "CHANSAN_OPTIONS=" + options + " ";
  std::ifstream file("/proc/self/cmdline");
  std::string word;
  for (bool first = true; std::getline(file, word, '\0'); first = false) {
    text += (first ? "" : " ") + quoted(word);
  }
  return text;
}

End end_of(seam::Fatal::Kind kind) {
  switch (kind) {
    case seam::Fatal::Kind::kDeadlock:
      return End::kDeadlock;
    case seam::Fatal::Kind::kPanic:
      return End::kPanic;
    case seam::Fatal::Kind::kFatalError:
      break;
  }
  return End::kFatalError;
}

// Of leaks; guards what follows.
std::mutex leak_lock;
std::set<seam::GoroutineId>& leaks_told() {
  static auto& told = *new std::set<seam::GoroutineId>;
  return told;
}

// Of programs that are not instrumented: what happens to each object, no more.
Past* past = nullptr;  // of diagnose=1; never destroyed

History past_of(std::uint64_t object) {
  LivePlaces places;
  return history_of(*past, object,
                    [&](std::uint64_t pc) { return places.frames(pc); });
}

void remember(const seam::Event& event) {
  if (!Past::keeps(event.kind)) return;
  // Whoever runs when a timer fires has no part in it; nor has it in what it
  // completes for one that waits.
  const seam::GoroutineId running = seam::current_goroutine();
  const bool receives =
      event.kind == seam::EventKind::kChanRendezvous && event.other == running;
  Past::Pcs pcs{};
  const bool acts = running != 0 && (receives || event.goroutine == running);
  if (acts) {
    std::array<std::uintptr_t, Past::kDepth> here{};
    seam::stack_here(here);
    std::copy(here.begin(), here.end(), pcs.begin());
  }
  past->note(event, acts ? running : 0, pcs);
}

std::span<const seam::OwnMemory> memory_of_past() {
  static seam::OwnMemory memory;
  memory.low = reinterpret_cast<std::uintptr_t>(past);
  memory.high = memory.low + sizeof(Past);
  return {&memory, 1};
}

}  // namespace

void use(Sink& sink, History (*history)(std::uint64_t object)) {
  sink_in_use = &sink;
  history_source = history;
}

}  // namespace chansan::waits

namespace csp::seam {

std::string explain(const Fatal& fatal) {
  using namespace chansan;
  waits::LivePlaces places;
  Finding finding = waits::judge(waits::end_of(fatal.kind), fatal.message,
                                 fatal.world, places);
  if (!finding.why.empty()) finding.reproduce = waits::command();
  TextOptions options;
  options.source = &waits::source_line;
  std::string text = standstill_text(finding, options);
  waits::sink().on_fatal(std::move(finding));
  return text;
}

std::size_t report(const Leak& leak) {
  using namespace chansan;
  const std::scoped_lock guard(waits::leak_lock);
  std::vector<GoroutineId> fresh;
  for (const GoroutineId id : leak.stuck) {
    if (waits::leaks_told().insert(id).second) fresh.push_back(id);
  }
  if (fresh.empty()) return 0;
  waits::LivePlaces places;
  for (Finding& finding : waits::judge_leaks(leak.world, fresh, places)) {
    finding.reproduce = waits::command();
    waits::sink().on_finding(std::move(finding));
  }
  return fresh.size();
}

void begin_to_remember() {
  using namespace chansan;
  waits::past = new waits::Past;
  waits::history_source = &waits::past_of;
  install({
      .event = &waits::remember,
      .resume = [](GoroutineId, void**) {},
      .thread_id = &next_goroutine_id,
      .named = [](const std::string&) {},
      .ignore_begin = [] {},
      .ignore_end = [] {},
      .reports = []() -> std::size_t { return 0; },
      .stack_recycled = [](std::uintptr_t, std::uintptr_t) {},
      .fatal = [](const Fatal&) {},
      .own_memory = &waits::memory_of_past,
      .exiting = &status_after_reports,
      .instrumented = false,
  });
}

int status_after_reports(int status) {
  using namespace chansan;
  // Without a sink nothing has been said.
  return waits::sink_in_use == nullptr ? status : waits::sink().finish(status);
}

}  // namespace csp::seam
