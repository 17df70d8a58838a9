// One file through clang-tidy's engine, and its answer as findings.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "chansan/finding.h"
#include "llvm/Support/MemoryBuffer.h"
#include "tool/check/database.h"
#include "tool/check/model/linker.h"
#include "tool/check/model/outcome.h"
#include "tool/check/settings.h"

namespace chansan::check {

struct FileResult {
  std::vector<Finding> findings;    // those that NOLINT silences too
  std::vector<std::string> errors;  // not empty: the file was not analysed
  std::uint32_t silenced = 0;       // by NOLINT
  // Every file that was read, by its absolute path.
  std::vector<std::string> dependencies;
  // If units are explored together: the unit's model, serialized, and what
  // tells it from others. The bytes are in `holder`.
  std::string_view model;
  std::string model_hash;
  std::shared_ptr<llvm::MemoryBuffer> holder;
};

/// Analyses one file.
/// Requires: `database` has a command for it.
FileResult analyse(const Database& database, const std::string& file,
                   const EngineSettings& settings);

/// What the checks say about explorations of the linked program. `file` is the
/// one whose `.clang-tidy` counts.
FileResult judge_linked(const model::Outcomes& outcomes,
                        const model::Linker& linker, const std::string& file,
                        const EngineSettings& settings);

}  // namespace chansan::check
