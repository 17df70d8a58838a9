#include "tool/explore/explorer.h"

#include <algorithm>
#include <mutex>
#include <thread>
#include <utility>

namespace chansan {
namespace {

// The same for failures that a reader would call the same.
std::string signature(const SeedRun& run) {
  if (run.timed_out) return "timeout";
  std::string text =
      std::to_string(run.ended.status) + "," + std::to_string(run.ended.signal);
  for (const Finding& finding : run.document.findings) {
    text += "\n" + finding.id + "\n" + finding.kind + "\n" +
            finding.location.file + ":" + std::to_string(finding.location.line);
  }
  return text;
}

class Explorer {
 public:
  Explorer(const Plan& plan, const std::string& scratch,
           const std::function<void(std::uint64_t)>& advance)
      : plan_(plan),
        scratch_(scratch),
        advance_(advance),
        start_(std::chrono::steady_clock::now()) {}

  Exploration explore() {
    std::vector<std::thread> workers;
    for (unsigned i = 0; i < std::max(plan_.jobs, 1u); ++i) {
      workers.emplace_back([this] { work(); });
    }
    for (std::thread& worker : workers) worker.join();
    std::sort(result_.failures.begin(), result_.failures.end(),
              [](const Failure& a, const Failure& b) {
                return a.run.seed < b.run.seed;
              });
    return std::move(result_);
  }

 private:
  // The next seed; nothing when there is nothing more to do.
  std::optional<std::uint64_t> next() {
    const std::scoped_lock hold(mutex_);
    const bool late =
        plan_.time && std::chrono::steady_clock::now() - start_ >= *plan_.time;
    const bool enough = !plan_.keep_going && !result_.failures.empty();
    if (late || enough || result_.error) return std::nullopt;
    while (at_ < plan_.seeds && at_ % plan_.shards != plan_.shard) ++at_;
    if (at_ >= plan_.seeds) return std::nullopt;
    return plan_.first_seed + at_++;
  }

  void work() {
    while (const auto seed = next()) {
      SeedRun run =
          run_seed(plan_.command, *seed, scratch_ + "/" + std::to_string(*seed),
                   plan_.limit);
      const std::scoped_lock hold(mutex_);
      if (run.error) {
        result_.error = run.error;
        return;
      }
      advance_(++result_.schedules);
      if (run.failed()) take(std::move(run));
    }
  }

  void take(SeedRun run) {
    const std::string mark = signature(run);
    for (Failure& known : result_.failures) {
      if (signature(known.run) != mark) continue;
      ++known.count;
      if (run.seed < known.run.seed) known.run = std::move(run);
      return;
    }
    result_.failures.push_back({std::move(run)});
  }

  const Plan& plan_;
  const std::string& scratch_;
  const std::function<void(std::uint64_t)>& advance_;
  const std::chrono::steady_clock::time_point start_;
  std::mutex mutex_;  // guards what follows
  std::uint64_t at_ = 0;
  Exploration result_;
};

}  // namespace

Exploration explore(const Plan& plan, const std::string& scratch,
                    const std::function<void(std::uint64_t)>& advance) {
  return Explorer(plan, scratch, advance).explore();
}

}  // namespace chansan
