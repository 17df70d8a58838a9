#include "tool/check/lower/types.h"

#include <algorithm>

#include "clang/AST/DeclTemplate.h"
#include "clang/AST/RecordLayout.h"
#include "clang/Basic/SourceManager.h"
#include "tool/check/lower/names.h"

namespace chansan::lower {
namespace {

using model::CellKind;

// What is larger is one opaque cell.
constexpr std::size_t kCellsMax = 256;

// Whether its objects begin with a cell that says which class they are of.
bool has_class_cell(const clang::CXXRecordDecl* record) {
  return record->isPolymorphic() &&
         std::ranges::none_of(record->bases(), [](const auto& base) {
           const auto* above = record_of(base.getType());
           return above && above->isPolymorphic();
         });
}

// A base without members takes no room.
bool is_empty(const clang::CXXBaseSpecifier& base) {
  const auto* record = record_of(base.getType());
  return record && record->isEmpty();
}

}  // namespace

TypeRole Types::role(clang::QualType type) {
  if (type.isNull()) return TypeRole::kOpaque;
  type = type.getNonReferenceType().getCanonicalType();
  if (type->isArrayType()) return TypeRole::kArray;
  const clang::CXXRecordDecl* record = record_of(type);
  if (!record)
    return type->isRecordType() ? TypeRole::kOpaque : TypeRole::kScalar;
  const auto found = roles_.find(record);
  if (found != roles_.end()) return found->second;
  TypeRole role = named_type_role(record);
  if (role == TypeRole::kRecord && !is_modelled(record))
    role = TypeRole::kOpaque;
  roles_[record] = role;
  return role;
}

bool Types::is_modelled(const clang::CXXRecordDecl* record) {
  if (record->isUnion() || record->isDependentContext()) return false;
  const std::string name = qualified_name(record);
  if (name == "std::pair" || name == "std::array") return true;
  // What csp has of its own is in the table, or without meaning here.
  if (llvm::StringRef(name).starts_with("csp::")) return false;
  if (record->getNumVBases() != 0) return false;
  const auto& sources = context_.getSourceManager();
  return !sources.isInSystemHeader(record->getLocation());
}

const std::vector<CellKind>& Types::cells(clang::QualType type) {
  if (type->isReferenceType()) {
    static const std::vector<CellKind> kReference = {CellKind::kNil};
    return kReference;
  }
  const clang::Type* key = type.getCanonicalType().getTypePtr();
  const auto found = cells_.find(key);
  if (found != cells_.end()) return found->second;
  // A type that contains itself, through an error, ends here.
  cells_[key] = {CellKind::kUnknown};
  std::vector<CellKind> computed = compute(type);
  return cells_[key] = std::move(computed);
}

std::vector<CellKind> Types::compute(clang::QualType type) {
  type = type.getCanonicalType();
  switch (role(type)) {
    case TypeRole::kScalar:
      if (type->isPointerType()) return {CellKind::kUnknown};
      return {CellKind::kUnknown};
    case TypeRole::kRecord:
      return record_cells(record_of(type));
    case TypeRole::kArray: {
      const auto* array = context_.getAsConstantArrayType(type);
      if (!array) return {CellKind::kUnknown};
      const auto element = cells(array->getElementType());
      const std::uint64_t count = array->getSize().getLimitedValue();
      if (count * element.size() > kCellsMax) return {CellKind::kUnknown};
      std::vector<CellKind> all;
      for (std::uint64_t i = 0; i < count; ++i)
        all.insert(all.end(), element.begin(), element.end());
      return all;
    }
    case TypeRole::kOpaque:
      return {CellKind::kUnknown};
    case TypeRole::kChannel:
    case TypeRole::kThread:
    case TypeRole::kJoiningThread:
    case TypeRole::kFuture:
    case TypeRole::kPointer:
    case TypeRole::kContext:
    case TypeRole::kCancel:
    case TypeRole::kTimerHandle:
    case TypeRole::kFunction:
    case TypeRole::kSequence:
    case TypeRole::kMap:
    case TypeRole::kElementIterator:
    case TypeRole::kAtomicRef:
      return {CellKind::kNil};
    case TypeRole::kCondition:
      return {CellKind::kCondition};
    case TypeRole::kInitializerList:
      return {CellKind::kNil, CellKind::kUnknown};
    case TypeRole::kIterator:
    case TypeRole::kOptional: {
      std::vector<CellKind> all(1 + size(payload(type)), CellKind::kUnknown);
      all[0] =
          role(type) == TypeRole::kIterator ? CellKind::kNil : CellKind::kZero;
      return all;
    }
    case TypeRole::kMutex:
      return {is_recursive(record_of(type)) ? CellKind::kRecursive
                                            : CellKind::kMutex};
    case TypeRole::kBarrier:
      return {CellKind::kBarrier};
    case TypeRole::kPromise:
      return {CellKind::kPromise};
    case TypeRole::kTask:
      return {CellKind::kNil, CellKind::kPromise};
    case TypeRole::kWaitGroup:
      return {CellKind::kWaitGroup};
    case TypeRole::kOnce:
      return {CellKind::kOnce};
    case TypeRole::kSemaphore:
      return {CellKind::kSemaphore};
    case TypeRole::kAtomic:
      return {CellKind::kAtomic};
    case TypeRole::kThreads:
      return {CellKind::kThreads};
    case TypeRole::kUnseen:
      return {CellKind::kOpen};
    case TypeRole::kGuard: {
      std::size_t locks = 1;
      const auto* special =
          llvm::dyn_cast<clang::ClassTemplateSpecializationDecl>(
              record_of(type));
      // scoped_lock has one pack of lock types.
      if (special && special->getTemplateArgs().size() == 1 &&
          special->getTemplateArgs()[0].getKind() ==
              clang::TemplateArgument::Pack)
        locks = special->getTemplateArgs()[0].pack_size();
      std::vector<CellKind> all;
      for (std::size_t i = 0; i < locks; ++i)
        all.insert(all.end(),
                   {CellKind::kNil, CellKind::kZero, CellKind::kZero});
      return all;
    }
  }
  return {CellKind::kUnknown};
}

std::vector<CellKind> Types::record_cells(const clang::CXXRecordDecl* record) {
  std::vector<CellKind> all;
  if (has_class_cell(record)) all.push_back(CellKind::kUnknown);
  for (const auto& base : record->bases()) {
    if (is_empty(base)) continue;
    const auto part = cells(base.getType());
    all.insert(all.end(), part.begin(), part.end());
  }
  for (const auto* field : record->fields()) {
    const auto part = cells(field->getType());
    all.insert(all.end(), part.begin(), part.end());
  }
  if (all.size() > kCellsMax) {
    roles_[record] = TypeRole::kOpaque;
    return {CellKind::kUnknown};
  }
  // Even an empty object has an address of its own.
  if (all.empty()) all.push_back(CellKind::kUnknown);
  return all;
}

clang::QualType Types::payload(clang::QualType type) const {
  const auto* special =
      llvm::dyn_cast_or_null<clang::ClassTemplateSpecializationDecl>(
          record_of(type));
  if (special && special->getTemplateArgs().size() > 0 &&
      special->getTemplateArgs()[0].getKind() == clang::TemplateArgument::Type)
    return special->getTemplateArgs()[0].getAsType();
  return context_.IntTy;
}

std::optional<std::uint32_t> Types::field_offset(
    const clang::FieldDecl* field) {
  const auto* record = llvm::dyn_cast<clang::CXXRecordDecl>(field->getParent());
  if (!record || !record->hasDefinition()) return std::nullopt;
  const clang::QualType type = context_.getCanonicalTagType(record);
  cells(type);  // may find that the record is too large
  if (role(type) != TypeRole::kRecord) return std::nullopt;
  std::uint32_t offset = has_class_cell(record);
  for (const auto& base : record->bases())
    offset += is_empty(base) ? 0 : size(base.getType());
  for (const auto* other : record->fields()) {
    if (other == field) return offset;
    offset += size(other->getType());
  }
  return std::nullopt;
}

std::optional<std::uint32_t> Types::base_offset(
    const clang::CXXRecordDecl* derived, const clang::CXXRecordDecl* base) {
  const clang::QualType type = context_.getCanonicalTagType(derived);
  cells(type);
  if (role(type) != TypeRole::kRecord) return std::nullopt;
  std::uint32_t offset = has_class_cell(derived);
  for (const auto& one : derived->bases()) {
    const auto* record = record_of(one.getType());
    if (record && record->getCanonicalDecl() == base->getCanonicalDecl())
      return offset;
    offset += is_empty(one) ? 0 : size(one.getType());
  }
  return std::nullopt;
}

std::vector<std::uint32_t> Types::class_cells(
    const clang::CXXRecordDecl* record) {
  if (!record->hasDefinition() || !record->isPolymorphic()) return {};
  if (has_class_cell(record)) return {0};
  std::vector<std::uint32_t> all;
  for (const auto& base : record->bases()) {
    const auto* above = record_of(base.getType());
    const auto offset = above ? base_offset(record, above) : std::nullopt;
    if (!offset) continue;
    for (const std::uint32_t cell : class_cells(above))
      all.push_back(*offset + cell);
  }
  return all;
}

model::Sort Types::sort(clang::QualType type) {
  if (type->isReferenceType()) return model::Sort::kPlain;
  switch (role(type)) {
    case TypeRole::kSequence:
    case TypeRole::kMap:
      return model::Sort::kContainer;
    case TypeRole::kPointer:
    case TypeRole::kFunction:
      return model::Sort::kHandle;
    default:
      break;
  }
  const auto* record = record_of(type);
  return record && qualified_name(record) == "std::basic_string"
             ? model::Sort::kHandle
             : model::Sort::kPlain;
}

std::optional<std::uint32_t> Types::ancestor_offset(
    const clang::CXXRecordDecl* derived, const clang::CXXRecordDecl* base) {
  if (derived->getCanonicalDecl() == base->getCanonicalDecl()) return 0;
  if (!derived->hasDefinition()) return std::nullopt;
  for (const auto& one : derived->bases()) {
    const auto* record = record_of(one.getType());
    if (!record) continue;
    const auto above = ancestor_offset(record, base);
    const auto here = above ? base_offset(derived, record) : std::nullopt;
    if (here) return *here + *above;
  }
  return std::nullopt;
}

}  // namespace chansan::lower
