#include "tool/check/collection.h"

namespace chansan::check {

model::UnitModel*& Collection::place() {
  static thread_local model::UnitModel* place = nullptr;
  return place;
}

}  // namespace chansan::check
