#include "tool/check/lower/members.h"

#include "tool/check/lower/names.h"

namespace chansan::lower {
namespace {

// Who reads a message looks no deeper.
constexpr int kDepthMax = 3;

class Members {
 public:
  Members(std::vector<model::Variable>& variables, Types& types)
      : variables_(variables), types_(types) {}

  // Those of `whole`, a record of the type `type`.
  void of(const model::Variable& whole, clang::QualType type, int depth) {
    if (depth > kDepthMax || type->isReferenceType() ||
        types_.role(type) != TypeRole::kRecord)
      return;
    const auto* record = record_of(type);
    // A base has no name: its members are the record's.
    for (const auto& base : record->bases()) {
      const auto* above = record_of(base.getType());
      const auto offset =
          above ? types_.base_offset(record, above) : std::nullopt;
      if (!offset || above->isEmpty()) continue;
      model::Variable part = whole;
      part.offset += *offset;
      of(part, base.getType(), depth + 1);
    }
    for (const auto* member : record->fields()) {
      const auto offset = types_.field_offset(member);
      if (!offset || member->getName().empty()) continue;
      model::Variable part = whole;
      part.name += "." + member->getNameAsString();
      part.offset += *offset;
      part.cells = types_.size(member->getType());
      part.sort = types_.sort(member->getType());
      variables_.push_back(part);
      of(part, member->getType(), depth + 1);
    }
  }

 private:
  std::vector<model::Variable>& variables_;
  Types& types_;
};

}  // namespace

void add_members(std::vector<model::Variable>& variables, clang::QualType type,
                 Types& types) {
  const model::Variable whole = variables.back();
  Members(variables, types).of(whole, type, 0);
}

}  // namespace chansan::lower
