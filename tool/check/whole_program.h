// The second half of the analysis: the units' models joined and explored.
#pragma once

#include <vector>

#include "tool/check/engine.h"
#include "tool/check/model/linker.h"

namespace chansan::check {

struct LinkSettings {
  model::Scope scope = model::Scope::kSome;
  unsigned threads = 1;
  std::string file;  // whose `.clang-tidy` counts
};

/// What exploring the units together finds. Files whose `.clang-tidy` turns a
/// check off do not get its findings.
FileResult analyse_linked(std::vector<model::UnitModel> units,
                          const LinkSettings& link,
                          const EngineSettings& settings);

}  // namespace chansan::check
