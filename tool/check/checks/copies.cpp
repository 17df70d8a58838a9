#include "tool/check/checks/copies.h"

#include <algorithm>

#include "tool/check/lower/names.h"

namespace chansan::check {
namespace {

class Finder {
 public:
  Finder(const Facts& facts, std::initializer_list<TypeRole> roles,
         std::initializer_list<llvm::StringRef> c_types)
      : facts_(facts), roles_(roles), c_types_(c_types) {}

  std::vector<Copy> run() {
    for (const Body& body : facts_.bodies()) {
      for (const clang::ParmVarDecl* parameter : body.function->parameters()) {
        const clang::QualType type = parameter->getType();
        const auto* record = lower::record_of(type);
        const auto* member = record && !type->isReferenceType() &&
                                     is_user(record, facts_.context())
                                 ? member_with(type, roles_)
                                 : nullptr;
        if (member || is_c_type(type))
          found_.push_back(
              {parameter->getLocation(),
               "'" + parameter->getNameAsString() + "'",
               member ? "'" + member->getNameAsString() + "'" : ""});
      }
      look(body.block);
    }
    return std::move(found_);
  }

 private:
  bool is_c_type(clang::QualType type) const {
    const auto* alias = type->getAs<clang::TypedefType>();
    return alias && std::ranges::find(c_types_, alias->getDecl()->getName()) !=
                        c_types_.end();
  }

  void look(const clang::Stmt* statement) {
    if (!statement) return;
    if (const auto* made = llvm::dyn_cast<clang::CXXConstructExpr>(statement))
      judge(*made);
    if (const auto* cast = llvm::dyn_cast<clang::ImplicitCastExpr>(statement))
      if (cast->getCastKind() == clang::CK_LValueToRValue &&
          is_c_type(cast->getSubExpr()->getType()))
        found_.push_back({cast->getExprLoc(),
                          spelled(cast->getSubExpr(), "the object"), ""});
    if (const auto* lambda = llvm::dyn_cast<clang::LambdaExpr>(statement)) {
      for (const clang::Expr* init : lambda->capture_inits()) look(init);
      look(lambda->getBody());
      return;
    }
    for (const clang::Stmt* child : statement->children()) look(child);
  }

  void judge(const clang::CXXConstructExpr& made) {
    const auto* constructor = made.getConstructor();
    if (!constructor->isCopyConstructor() || made.getNumArgs() == 0) return;
    const clang::QualType type = made.getType();
    if (!is_user(constructor->getParent(), facts_.context())) return;
    std::string name;
    if (const auto* member = member_with(type, roles_))
      name = member->getNameAsString();
    const auto* record = lower::record_of(type);
    for (const auto* member : record->fields())
      if (is_c_type(member->getType())) name = member->getNameAsString();
    if (name.empty()) return;
    found_.push_back({made.getExprLoc(), spelled(made.getArg(0), "the object"),
                      "'" + name + "'"});
  }

  const Facts& facts_;
  const std::initializer_list<TypeRole> roles_;
  const std::initializer_list<llvm::StringRef> c_types_;
  std::vector<Copy> found_;
};

}  // namespace

std::vector<Copy> copies_of(const Facts& facts,
                            std::initializer_list<TypeRole> roles,
                            std::initializer_list<llvm::StringRef> c_types) {
  return Finder(facts, roles, c_types).run();
}

}  // namespace chansan::check
