#include "tool/check/whole_program.h"

#include <algorithm>
#include <atomic>
#include <iterator>
#include <map>
#include <set>
#include <thread>
#include <utility>

#include "tool/check/model/explorer.h"
#include "tool/check/statistics.h"

namespace chansan::check {
namespace {

using model::Linker;
using model::Outcomes;
using model::SiteId;

// What is known after one root has been explored.
struct Explored {
  Outcomes outcomes;
  model::Coverage coverage;
  std::set<SiteId> closes;  // close operations that the root can reach
};

Explored explore_root(const Linker& linker, const model::Root& root) {
  const model::Slice slice = linker.slice(root);
  Explored explored;
  explored.outcomes =
      model::explore(slice.program, slice.root, {}, explored.coverage);
  if (!slice.whole) explored.outcomes.bounded = true;
  for (const model::Function& function : slice.program.functions)
    for (const model::Instruction& instruction : function.code)
      if (instruction.op == model::Op::kClose)
        explored.closes.insert(instruction.site);
  count(explored.outcomes);
  return explored;
}

std::vector<Explored> explore_all(const Linker& linker, unsigned threads) {
  std::vector<Explored> all(linker.roots().size());
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    for (std::size_t i = next++; i < all.size(); i = next++)
      all[i] = explore_root(linker, linker.roots()[i]);
  };
  std::vector<std::jthread> others;
  for (unsigned i = 1; i < threads; ++i) others.emplace_back(work);
  work();
  others.clear();
  return all;
}

void append(Outcomes& all, Outcomes one) {
  const auto take = [](auto& into, auto& from) {
    into.insert(into.end(), std::make_move_iterator(from.begin()),
                std::make_move_iterator(from.end()));
  };
  take(all.stuck, one.stuck);
  take(all.races, one.races);
  take(all.misuses, one.misuses);
  all.states += one.states;
}

// Ranges whose channel nothing closes anywhere. A close that a root can reach
// and no execution came to could be of any of its channels.
void find_open_ranges(const std::vector<Explored>& all, Outcomes& outcomes) {
  std::set<SiteId> executed;
  std::set<SiteId> escaped;
  for (const Explored& one : all) {
    executed.insert(one.coverage.closes.begin(), one.coverage.closes.end());
    outcomes.closed.insert(one.coverage.closed.begin(),
                           one.coverage.closed.end());
    escaped.insert(one.coverage.escaped.begin(), one.coverage.escaped.end());
  }
  std::map<std::pair<SiteId, SiteId>, std::string> open;
  std::set<std::pair<SiteId, SiteId>> doubtful;
  for (const Explored& one : all) {
    const bool known = std::ranges::includes(executed, one.closes);
    for (const auto& [places, name] : one.coverage.ranges) {
      open.emplace(places, name);
      if (!known || escaped.contains(places.second) ||
          outcomes.closed.contains(places.second))
        doubtful.insert(places);
    }
  }
  for (const auto& [places, name] : open) {
    if (doubtful.contains(places)) continue;
    model::OpenRange range;
    range.site = places.first;
    range.made_at = places.second;
    range.channel = name;
    outcomes.open_ranges.push_back(std::move(range));
  }
}

// A `.clang-tidy` counts for the files below it.
void drop_disabled(const EngineSettings& settings, FileResult& result) {
  std::map<std::string, std::set<std::string>> enabled;
  std::erase_if(result.findings, [&](const Finding& finding) {
    const std::string& file = finding.location.file;
    if (file.empty()) return false;
    const std::string directory = file.substr(0, file.find_last_of('/') + 1);
    const auto [entry, is_new] = enabled.try_emplace(directory);
    if (is_new) {
      const auto names = enabled_checks(file, settings);
      entry->second.insert(names.begin(), names.end());
    }
    return !entry->second.contains("chansan-" + finding.id);
  });
}

}  // namespace

FileResult analyse_linked(std::vector<model::UnitModel> units,
                          const LinkSettings& link,
                          const EngineSettings& settings) {
  const std::uint64_t start = process_time_us();
  const Linker linker(std::move(units), link.scope);
  statistics().functions += linker.functions();
  std::vector<Explored> all = explore_all(linker, link.threads);
  Outcomes outcomes;
  find_open_ranges(all, outcomes);
  for (Explored& one : all) append(outcomes, std::move(one.outcomes));
  statistics().microseconds += process_time_us() - start;
  FileResult result = judge_linked(outcomes, linker, link.file, settings);
  drop_disabled(settings, result);
  return result;
}

}  // namespace chansan::check
