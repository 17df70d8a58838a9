// Where the engine leaves the models of units that are explored together.
#pragma once

#include "tool/check/model/unit_model.h"

namespace chansan::check {

/// The engine offers no way to hand a value from a check to the command; so
/// there is one place for each thread, which a Scope names.
class Collection {
 public:
  class Scope {
   public:
    explicit Scope(model::UnitModel& to) { place() = &to; }
    ~Scope() { place() = nullptr; }
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;
  };

  /// Null outside of a Scope: each unit is explored by itself.
  static model::UnitModel* current() { return place(); }

 private:
  static model::UnitModel*& place();
};

}  // namespace chansan::check
