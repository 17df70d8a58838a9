#include "detector/src/instrument/reporter.h"

#include <unistd.h>

#include <mutex>
#include <new>
#include <utility>

#include "detector/src/instrument/live.h"
#include "detector/src/instrument/lock_finding.h"
#include "detector/src/instrument/race_finding.h"

// A program that wants to know of each report defines it; the argument, which
// another detector's functions would take, is null.
extern "C" void __tsan_on_report(void* report) __attribute__((weak));

namespace chansan::live {

namespace {

// The program's own doings then are not looked at.
void tell_program() {
  if (__tsan_on_report == nullptr) return;
  OsThread& thread = os_thread;
  const int inside = thread.inside;
  ignore(1);
  thread.inside = 0;
  __tsan_on_report(nullptr);
  thread.inside = inside;
  ignore(-1);
}

// Beyond so many, equal races are recognized by their words only.
constexpr std::size_t kRawMax = std::size_t{1} << 16;

std::string program_name() {
  std::string name(4096, '\0');
  const ssize_t size = readlink("/proc/self/exe", name.data(), name.size());
  name.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
  return name;
}

}  // namespace

Reporter::Reporter(const ReporterOptions& options, Names& names)
    : options_(options), names_(names) {
  output_.open(options.log_path, options.format,
               {.tool = "run", .program = program_name(), .text = {}});
}

void Reporter::begin_anew() {
  // A thread that is not there any more may have held it.
  new (&lock_) race::SpinLock;
  findings_.clear();
  by_raw_.clear();
  by_identity_.clear();
  suppressed_ = 0;
  reports_.store(0, std::memory_order_relaxed);
  others_.store(0, std::memory_order_relaxed);
  output_.open(options_.log_path, options_.format,
               {.tool = "run", .program = program_name(), .text = {}});
}

Reporter::Raw Reporter::raw_identity(const race::Race& race) {
  // In a block of the heap all places have one name.
  const bool heap = !race.on_object && detector().block(race.granule).size != 0;
  return {race.later.context, race.earlier.context, heap ? 0 : race.granule};
}

void Reporter::on_race(const race::Race& race) {
  bool is_new = false;
  {
    const std::scoped_lock guard(lock_);
    is_new = !finished_ && add(race);
  }
  if (!is_new) return;
  if (options_.halt_on_error) _exit(finish(0));
  tell_program();
}

void Reporter::on_cycle(const locks::Cycle& cycle) {
  bool is_new = false;
  {
    const std::scoped_lock guard(lock_);
    is_new = !finished_ && add(cycle);
  }
  if (!is_new) return;
  if (options_.halt_on_error) _exit(finish(0));
  tell_program();
}

// Of many objects of one kind there are as many cycles as pairs: those that
// go through the same places are one to a reader.
bool Reporter::add(const locks::Cycle& cycle) {
  Finding finding = lock_finding(cycle, detector(), names_);
  const bool suppressed = options_.suppressions.match(finding);
  const auto [place, is_new] = by_identity_.try_emplace(
      lock_identity(finding), suppressed ? kSuppressed : findings_.size());
  if (!is_new) {
    count_again(place->second);
    return false;
  }
  if (suppressed) return false;
  output_.add(finding);
  if (options_.gen_suppressions) {
    output_.add_text(suggested_suppression(finding));
  }
  findings_.push_back(std::move(finding));
  others_.fetch_add(1, std::memory_order_relaxed);
  return true;
}

void Reporter::count_again(std::size_t finding) {
  if (finding != kSuppressed) ++findings_[finding].count;
}

bool Reporter::add(const race::Race& race) {
  const Raw raw = raw_identity(race);
  if (const auto known = by_raw_.find(raw); known != by_raw_.end()) {
    count_again(known->second);
    return false;
  }
  Finding finding = race_finding(race, detector(), names_);
  const bool suppressed = options_.suppressions.match(finding);
  const auto [place, is_new] = by_identity_.try_emplace(
      race_identity(finding), suppressed ? kSuppressed : findings_.size());
  if (by_raw_.size() < kRawMax) by_raw_.emplace(raw, place->second);
  if (!is_new) {
    count_again(place->second);
    return false;
  }
  if (suppressed) {
    ++suppressed_;
    return false;
  }
  output_.add(finding);
  if (options_.gen_suppressions) {
    output_.add_text(suggested_suppression(finding));
  }
  findings_.push_back(std::move(finding));
  reports_.fetch_add(1, std::memory_order_relaxed);
  return true;
}

void Reporter::on_fatal(Finding finding) {
  const std::scoped_lock guard(lock_);
  if (finished_ || options_.format == Format::kText) return;
  output_.add(finding);
  findings_.push_back(std::move(finding));
}

void Reporter::on_finding(Finding finding) {
  const std::scoped_lock guard(lock_);
  if (finished_) return;
  output_.add(finding);
  findings_.push_back(std::move(finding));
  others_.fetch_add(1, std::memory_order_relaxed);
}

Summary Reporter::summary() const {
  const std::uint64_t dropped = detector().dropped();
  const std::size_t races = reports();
  Summary summary{
      .tool = "run", .program = program_name(), .dropped = dropped, .text = {}};
  const std::uint64_t lost = watches_locks ? lock_order().lost() : 0;
  if (lost > 0) {
    summary.text = std::to_string(lost) +
                   " nested locks not kept: possible deadlocks may have been "
                   "missed\n";
  }
  if (races == 0 && dropped == 0) {
    if (lost > 0) summary.text.pop_back();
    return summary;
  }
  if (options_.format == Format::kText && races > 0) {
    summary.text += "Found " + std::to_string(races) + " data race(s)\n";
    if (suppressed_ > 0) {
      summary.text +=
          "Suppressed " + std::to_string(suppressed_) + " data race(s)\n";
    }
  }
  const std::string reason =
      detector().forgotten() == 0
          ? ""
          : " (memory_limit_mb=" + std::to_string(options_.memory_limit_mb) +
                ")";
  summary.text += std::to_string(races) + " data races; " +
                  std::to_string(dropped) + " accesses dropped" + reason +
                  ": " +
                  (dropped == 0 ? "exact for this run"
                                : "races on them may have been missed");
  return summary;
}

int Reporter::finish(int status) {
  const std::scoped_lock guard(lock_);
  if (!finished_) {
    finished_ = true;
    output_.finish(findings_, summary());
  }
  const bool reported = reports() + others_.load() > 0;
  return status == 0 && reported ? options_.exitcode : status;
}

}  // namespace chansan::live
