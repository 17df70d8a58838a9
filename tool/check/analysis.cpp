#include "tool/check/analysis.h"

#include <algorithm>
#include <set>

#include "tool/check/collection.h"
#include "tool/check/lower/tags.h"
#include "tool/check/lower/unit.h"
#include "tool/check/model/explorer.h"
#include "tool/check/model/users.h"
#include "tool/check/statistics.h"

namespace chansan::check {
namespace {

// A story that is longer is told by its beginning and its end.
constexpr std::size_t kStepsMax = 14;

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

// The close operations of functions that can be reached.
std::set<model::SiteId> closes_of(const model::Program& program) {
  std::set<model::SiteId> sites;
  for (const model::Function& function : program.functions)
    for (const model::Instruction& instruction : function.code)
      if (instruction.op == model::Op::kClose) sites.insert(instruction.site);
  return sites;
}

// Ranges whose channel nothing closes anywhere. A close that no execution
// came to could be of any channel: then nothing is known.
void find_open_ranges(const model::Program& program,
                      const model::Coverage& coverage, Outcomes& outcomes) {
  if (closes_of(program) != coverage.closes) return;
  for (const auto& [places, name] : coverage.ranges) {
    const auto [site, made_at] = places;
    if (coverage.closed.contains(made_at)) continue;
    if (coverage.escaped.contains(made_at)) continue;
    model::OpenRange range;
    range.site = site;
    range.made_at = made_at;
    range.channel = name;
    outcomes.open_ranges.push_back(std::move(range));
  }
}

}  // namespace

Analysis::Analysis() = default;
Analysis::~Analysis() = default;

void Analysis::reset() {
  unit_.reset();
  facts_.reset();
  outcomes_ = {};
  of_ = nullptr;
}

void Analysis::tag(clang::ASTContext& context) {
  if (tagged_ == &context) return;
  tagged_ = &context;
  lower::tag_declarations(context, roles_);
}

const Facts& Analysis::facts(clang::ASTContext& context) {
  tag(context);
  if (!facts_) facts_ = std::make_unique<Facts>(context);
  return *facts_;
}

const Outcomes& Analysis::outcomes(clang::ASTContext& context) {
  if (of_ == &context) return outcomes_;
  const std::uint64_t start = thread_time_us();
  unit_.reset();
  outcomes_ = {};
  of_ = &context;
  tag(context);
  unit_ = std::make_unique<lower::Unit>(context);
  unit_->run();
  model::Program& program = unit_->program();
  model::add_initialise(program);
  model::prepare(program);
  const model::Users users(program, unit_->roots(),
                           model::GlobalOperand::kCell);
  model::Coverage coverage;
  for (const model::Root& root : unit_->roots()) {
    if (!program.functions[root.function].relevant) continue;
    auto& globals = program.global_variables;
    for (std::size_t i = 0; i < globals.size(); ++i)
      globals[i].others = users.others_use(i, root);
    Outcomes found = model::explore(program, root, {}, coverage);
    count(found);
    append(outcomes_, std::move(found));
  }
  outcomes_.closed = coverage.closed;
  find_open_ranges(program, coverage, outcomes_);
  statistics().functions += program.functions.size();
  statistics().microseconds += thread_time_us() - start;
  return outcomes_;
}

bool Analysis::collect(clang::ASTContext& context) {
  model::UnitModel* const to = Collection::current();
  if (!to) return false;
  if (of_ == &context) return true;
  reset();
  of_ = &context;
  tag(context);
  lower::Unit unit(context);
  unit.run();
  *to = unit.take_model();
  return true;
}

void Analysis::set_linked(
    std::function<clang::SourceLocation(model::SiteId)> locate) {
  reset();
  locate_ = std::move(locate);
}

clang::SourceLocation Analysis::location(model::SiteId site) const {
  if (locate_) return locate_(site);
  return unit_ ? unit_->location(site) : clang::SourceLocation();
}

Story Analysis::story(const model::Trace& trace) const {
  Story story;
  const std::size_t head =
      trace.size() > kStepsMax ? kStepsMax / 2 : trace.size();
  const std::size_t tail =
      trace.size() > kStepsMax ? trace.size() - kStepsMax / 2 : trace.size();
  for (std::size_t i = 0; i < trace.size(); ++i) {
    if (i == head && head < tail)
      story.push_back(
          {location(trace[i].site), 0,
           std::to_string(tail - head) + " further steps are left out here"});
    if (i >= head && i < tail) continue;
    story.push_back(
        {location(trace[i].site), trace[i].goroutine, trace[i].text});
  }
  return story;
}

}  // namespace chansan::check
