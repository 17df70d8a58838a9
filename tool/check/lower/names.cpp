#include "tool/check/lower/names.h"

#include "llvm/ADT/StringSet.h"

#include <vector>

#include "clang/AST/ASTContext.h"
#include "clang/AST/ExprCXX.h"
#include "clang/AST/IgnoreExpr.h"
#include "clang/Basic/SourceManager.h"
#include "llvm/Support/xxhash.h"

namespace chansan::lower {

std::string qualified_name(const clang::NamedDecl* decl) {
  std::vector<std::string> parts = {decl->getNameAsString()};
  for (const clang::DeclContext* context = decl->getDeclContext(); context;
       context = context->getParent()) {
    if (const auto* space = llvm::dyn_cast<clang::NamespaceDecl>(context)) {
      if (!space->isInline() && !space->isAnonymousNamespace())
        parts.push_back(space->getNameAsString());
    } else if (const auto* record =
                   llvm::dyn_cast<clang::RecordDecl>(context)) {
      parts.push_back(record->getNameAsString());
    }
  }
  std::string name = parts.back();
  for (std::size_t i = parts.size() - 1; i-- > 0;) name += "::" + parts[i];
  return name;
}

std::string display_name(const clang::FunctionDecl* function) {
  const auto* method = llvm::dyn_cast<clang::CXXMethodDecl>(function);
  if (method && method->getParent()->isLambda()) {
    const auto& sources = function->getASTContext().getSourceManager();
    const unsigned line = sources.getSpellingLineNumber(
        sources.getFileLoc(method->getParent()->getBeginLoc()));
    return "the function literal at line " + std::to_string(line);
  }
  return "'" + qualified_name(function) + "'";
}

const clang::CXXRecordDecl* record_of(clang::QualType type) {
  if (type.isNull()) return nullptr;
  const clang::CXXRecordDecl* record =
      type.getNonReferenceType()->getAsCXXRecordDecl();
  return record && record->hasDefinition() ? record->getDefinition() : nullptr;
}

bool only_looks(const clang::FunctionDecl* callee) {
  if (callee->getOverloadedOperator() == clang::OO_Subscript ||
      callee->getOverloadedOperator() == clang::OO_Star ||
      callee->getOverloadedOperator() == clang::OO_Arrow)
    return true;
  if (!callee->getDeclName().isIdentifier()) return false;
  static const llvm::StringSet<> names = {
      "at",   "begin", "end", "rbegin", "rend",  "front",       "back",
      "data", "find",  "get", "value",  "count", "lower_bound", "upper_bound",
      "size", "empty", "top", "first",  "last"};
  return names.contains(callee->getName());
}

std::int64_t number_of_text(llvm::StringRef text) {
  return static_cast<std::int64_t>(llvm::xxh3_64bits(text) >> 1 | 1);
}

bool is_text(clang::QualType type) {
  const auto* record = record_of(type);
  if (!record || !record->isInStdNamespace()) return false;
  const std::string name = qualified_name(record);
  return name == "std::basic_string" || name == "std::basic_string_view";
}

const clang::Expr* called_on(const clang::Expr* call) {
  const clang::Expr* object = nullptr;
  if (const auto* member = llvm::dyn_cast<clang::CXXMemberCallExpr>(call))
    object = member->getImplicitObjectArgument();
  if (const auto* operation = llvm::dyn_cast<clang::CXXOperatorCallExpr>(call))
    object = operation->getArg(0);
  return object && object->isGLValue() ? object : nullptr;
}

const clang::Expr* strip(const clang::Expr* expression) {
  return clang::IgnoreExprNodes(const_cast<clang::Expr*>(expression),
                                clang::IgnoreParensSingleStep,
                                clang::IgnoreImplicitSingleStep);
}

}  // namespace chansan::lower
