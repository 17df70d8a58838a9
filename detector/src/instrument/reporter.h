// Collects what is found, folds what is equal, and has it printed.
#pragma once

#include <atomic>
#include <map>
#include <string>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "chansan/finding.h"
#include "detector/src/instrument/names.h"
#include "detector/src/locks/lock_order.h"
#include "detector/src/race/detector.h"
#include "detector/src/report/output.h"
#include "detector/src/report/suppressions.h"
#include "detector/src/waits/attach.h"

namespace chansan::live {

struct ReporterOptions {
  std::string log_path = "stderr";
  Format format = Format::kText;
  Suppressions suppressions;
  bool gen_suppressions = false;  // tell the rule that would silence a race
  bool halt_on_error = false;
  int exitcode = 66;
  std::uint64_t memory_limit_mb = 0;  // 0: none
};

class Reporter final : public race::RaceListener,
                       public locks::CycleListener,
                       public waits::Sink {
 public:
  Reporter(const ReporterOptions& options, Names& names);

  void on_race(const race::Race& race) override;
  void on_cycle(const locks::Cycle& cycle) override;
  /// What ends the program, for the JSON document; as text the runtime says it.
  void on_fatal(Finding finding) override;
  void on_finding(Finding finding) override;
  /// A child process begins: what its parent found is not its own, and its
  /// log is another file. Nobody else runs there.
  void begin_anew();
  /// Different races reported.
  std::size_t reports() const {
    return reports_.load(std::memory_order_relaxed);
  }
  /// The closing line, once. *Returns* the status to end with.
  int finish(int status) override;

 private:
  // Two accesses' contexts, and the place where its name may differ.
  using Raw = std::tuple<race::ContextId, race::ContextId, std::uint64_t>;

  static Raw raw_identity(const race::Race& race);
  // Stands for a finding that a rule suppresses.
  static constexpr std::size_t kSuppressed = ~std::size_t{0};

  /// *Returns* whether the race is new.
  bool add(const race::Race& race);
  bool add(const locks::Cycle& cycle);
  void count_again(std::size_t finding);
  Summary summary() const;

  const ReporterOptions options_;
  Names& names_;
  std::atomic<std::size_t> reports_{0};
  std::atomic<std::size_t> others_{0};  // leaks, possible deadlocks
  race::SpinLock lock_;                 // guards all below
  Output output_;
  std::vector<Finding> findings_;
  std::size_t suppressed_ = 0;  // different ones
  std::map<Raw, std::size_t> by_raw_;
  std::unordered_map<std::string, std::size_t> by_identity_;
  bool finished_ = false;
};

}  // namespace chansan::live
