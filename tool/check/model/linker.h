// Units joined into one program by the names of their functions and globals,
// and the parts of it that explorations need.
//
// A site of the whole is a unit's site behind those of the units before it, so
// that nothing has to be looked up.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "tool/check/model/unit_model.h"
#include "tool/check/model/users.h"

namespace chansan::model {

enum class Scope : std::uint8_t {
  kSome,   // of a program: other units may use its globals
  kWhole,  // every unit of the program is there
};

/// What an exploration from one root can reach.
struct Slice {
  Program program;  // prepared
  Root root;
  bool whole = true;  // false: it was too large and is cut
};

class Linker {
 public:
  /// More than this is not explored as one.
  static constexpr std::size_t kInstructionsMax = 150'000;

  Linker(std::vector<UnitModel> units, Scope scope);

  /// Where explorations begin: functions that synchronize and that nothing in
  /// any unit refers to.
  const std::vector<Root>& roots() const { return roots_; }

  /// The part that `root` can reach. May be called from any thread.
  Slice slice(const Root& root) const;

  /// Where a site is: the name of its file, and the byte.
  std::string file_of(SiteId site) const;
  std::uint32_t offset_of(SiteId site) const;

  std::size_t functions() const { return program_.functions.size(); }
  std::size_t sites() const { return places_.size(); }

 private:
  class Merger;
  class Slicer;

  std::size_t unit_of(FunctionId id) const;
  void find_acting_globals();
  std::vector<bool> find_acting();
  bool may_initialisers_act(std::size_t unit,
                            const std::vector<bool>& acting) const;

  std::vector<std::string> files_;
  std::vector<Place> places_;  // by SiteId; the file in files_
  Program program_;            // all units, prepared
  std::vector<Root> roots_;
  std::optional<Users> users_;  // of the globals
  // By unit: where its functions and its globals begin, and those of its
  // globals whose initialisers call something.
  std::vector<FunctionId> first_functions_;
  std::vector<std::uint32_t> first_globals_;
  std::vector<std::vector<std::uint32_t>> acting_globals_;
};

}  // namespace chansan::model
