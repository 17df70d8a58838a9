// Types as runs of cells.
#pragma once

#include <optional>
#include <vector>

#include "clang/AST/ASTContext.h"
#include "llvm/ADT/DenseMap.h"
#include "tool/check/lower/roles.h"
#include "tool/check/model/program.h"

namespace chansan::lower {

class Types {
 public:
  explicit Types(clang::ASTContext& context) : context_(context) {}

  TypeRole role(clang::QualType type);

  /// The cells of a variable of this type. A reference is one cell.
  const std::vector<model::CellKind>& cells(clang::QualType type);
  std::uint32_t size(clang::QualType type) {
    return static_cast<std::uint32_t>(cells(type).size());
  }

  /// What a channel, an optional or a range's iterator is of.
  clang::QualType payload(clang::QualType type) const;

  /// Where an object of a class with virtual functions keeps which class it
  /// is: one cell in each base that introduces some.
  std::vector<std::uint32_t> class_cells(const clang::CXXRecordDecl* record);

  /// Where a field begins in its record; nothing if the record is opaque.
  std::optional<std::uint32_t> field_offset(const clang::FieldDecl* field);

  /// Where a direct base begins.
  std::optional<std::uint32_t> base_offset(const clang::CXXRecordDecl* derived,
                                           const clang::CXXRecordDecl* base);

  /// Where a base, direct or not, begins.
  std::optional<std::uint32_t> ancestor_offset(
      const clang::CXXRecordDecl* derived, const clang::CXXRecordDecl* base);

  /// What a variable of this type is, for messages.
  model::Sort sort(clang::QualType type);

  /// Values of class and array types are handled by their address.
  static bool by_address(clang::QualType type) {
    return type->isRecordType() || type->isArrayType();
  }

 private:
  std::vector<model::CellKind> compute(clang::QualType type);
  std::vector<model::CellKind> record_cells(const clang::CXXRecordDecl* record);
  bool is_modelled(const clang::CXXRecordDecl* record);

  clang::ASTContext& context_;
  llvm::DenseMap<const clang::Type*, std::vector<model::CellKind>> cells_;
  llvm::DenseMap<const clang::CXXRecordDecl*, TypeRole> roles_;
};

}  // namespace chansan::lower
