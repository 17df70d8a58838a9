#include "tool/check/lower/tags.h"

#include <string>

#include "clang/AST/Attr.h"
#include "clang/AST/DeclTemplate.h"
#include "llvm/ADT/SmallVector.h"

namespace chansan::lower {
namespace {

using Declarations = llvm::SmallVector<clang::Decl*>;

// All overloads, and of templates the pattern.
Declarations find(clang::ASTContext& context, llvm::StringRef name) {
  llvm::SmallVector<llvm::StringRef> parts;
  name.split(parts, "::", -1, /*KeepEmpty=*/false);
  Declarations found = {context.getTranslationUnitDecl()};
  for (const llvm::StringRef part : parts) {
    Declarations inner;
    for (const clang::Decl* scope : found) {
      const auto* in = llvm::dyn_cast<clang::DeclContext>(scope);
      if (!in) continue;
      for (clang::NamedDecl* one : in->lookup(&context.Idents.get(part))) {
        auto* pattern = llvm::dyn_cast<clang::TemplateDecl>(one);
        inner.push_back(pattern ? pattern->getTemplatedDecl() : one);
      }
    }
    found = std::move(inner);
  }
  return found;
}

}  // namespace

void tag_declarations(clang::ASTContext& context, llvm::StringRef roles) {
  llvm::SmallVector<llvm::StringRef> entries;
  roles.split(entries, ';', -1, /*KeepEmpty=*/false);
  for (const llvm::StringRef entry : entries) {
    const auto [name, role] = entry.split('=');
    for (clang::Decl* decl : find(context, name.trim())) {
      const bool type = llvm::isa<clang::CXXRecordDecl>(decl);
      if (!type && !llvm::isa<clang::FunctionDecl>(decl)) continue;
      const std::string tag = (type ? "csp.type=" : "csp.role=") + role.str();
      for (clang::Decl* each : decl->redecls())
        each->addAttr(
            clang::AnnotateAttr::CreateImplicit(context, tag, nullptr, 0));
    }
  }
}

}  // namespace chansan::lower
