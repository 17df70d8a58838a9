// What is known of one translation unit, built once for all checks.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "clang/AST/ASTContext.h"
#include "tool/check/facts.h"
#include "tool/check/model/outcome.h"

namespace chansan::lower {
class Unit;
}

namespace chansan::check {

using model::Outcomes;

/// One note of a report.
struct StoryStep {
  clang::SourceLocation at;
  std::uint32_t goroutine = 0;  // 0: none in particular
  std::string text;
};

using Story = std::vector<StoryStep>;

class Analysis {
 public:
  Analysis();
  ~Analysis();

  /// The user's own functions and types with their roles:
  /// `pool::submit=spawn;my::Mutex=mutex`.
  void set_roles(std::string roles) { roles_ = std::move(roles); }

  /// What the explorations of the unit found; built at the first call.
  const Outcomes& outcomes(clang::ASTContext& context);

  /// If the units are to be explored together: keeps this unit's model in the
  /// place that Collection::Scope names. Returns whether they are.
  bool collect(clang::ASTContext& context);

  /// From here on it is about several units, whose sites are at `places`.
  void set_linked(std::function<clang::SourceLocation(model::SiteId)> locate);

  /// What the source of the unit says; collected at the first call.
  const Facts& facts(clang::ASTContext& context);

  clang::SourceLocation location(model::SiteId site) const;

  /// The trace as notes, long ones without their middle.
  Story story(const model::Trace& trace) const;

  /// Forgets the unit.
  void reset();

 private:
  // Before anything asks for a role of what the unit declares.
  void tag(clang::ASTContext& context);

  std::unique_ptr<lower::Unit> unit_;
  Outcomes outcomes_;
  std::string roles_;
  std::function<clang::SourceLocation(model::SiteId)> locate_;
  std::unique_ptr<Facts> facts_;
  const clang::ASTContext* of_ = nullptr;
  const clang::ASTContext* tagged_ = nullptr;
};

}  // namespace chansan::check
