// Critical sections as the source shows them: from a lock to its unlock, or to
// the end of its guard's block.
#pragma once

#include <vector>

#include "tool/check/facts.h"

namespace chansan::check {

struct Section {
  const Call* lock = nullptr;
  Place place;                         // of the lock
  const clang::Stmt* block = nullptr;  // a guard's: it ends with it
  bool native = false;                 // a lock that blocks its OS thread

  /// Whether `statement` is executed, as far as the source's order tells,
  /// between the lock and the unlock.
  bool covers(const clang::Stmt* statement, const Facts& facts) const;

  std::vector<const Call*> unlocks;  // of the lock or its guard
};

/// The sections of one body, not of the literals in it.
std::vector<Section> sections_of(const Body& body, const Facts& facts);

/// Whether a guard is made of a lock that its maker's caller took.
bool adopts(const clang::Expr* guard);

}  // namespace chansan::check
