#include "tool/check/lower/unit.h"

#include <algorithm>

#include "clang/AST/RecursiveASTVisitor.h"
#include "clang/Basic/SourceManager.h"
#include "llvm/Support/xxhash.h"
#include "tool/check/lower/lowerer.h"
#include "tool/check/lower/names.h"

namespace chansan::lower {
namespace {

// Whether evaluating it calls something that is not the standard library's.
bool calls_out(const clang::Stmt* statement,
               const clang::SourceManager& sources) {
  if (!statement) return false;
  const clang::Decl* callee = nullptr;
  if (const auto* call = llvm::dyn_cast<clang::CallExpr>(statement))
    callee = call->getCalleeDecl();
  if (const auto* made = llvm::dyn_cast<clang::CXXConstructExpr>(statement))
    callee = made->getConstructor();
  if (callee && !callee->isImplicit() &&
      !sources.isInSystemHeader(sources.getFileLoc(callee->getLocation())))
    return true;
  return std::ranges::any_of(statement->children(), [&](const auto* child) {
    return calls_out(child, sources);
  });
}

// The functions with bodies in the user's own files, and the variables whose
// initialisers do something before main, in the order in which they do it.
// Bodies themselves are not walked: what they use is found when they are
// lowered.
class Collector : public clang::RecursiveASTVisitor<Collector> {
 public:
  explicit Collector(const Unit& unit) : unit_(unit) {}

  bool shouldVisitTemplateInstantiations() const { return true; }
  bool TraverseStmt(clang::Stmt*) { return true; }
  bool TraverseDecl(clang::Decl* decl) {
    // System headers are most of a unit.
    if (decl && !llvm::isa<clang::TranslationUnitDecl>(decl) &&
        !unit_.is_user(decl))
      return true;
    return RecursiveASTVisitor::TraverseDecl(decl);
  }
  bool VisitFunctionDecl(clang::FunctionDecl* function) {
    if (function->doesThisDeclarationHaveABody() &&
        !function->isDependentContext() && !function->isImplicit())
      found.push_back(function);
    const auto* method = llvm::dyn_cast<clang::CXXMethodDecl>(function);
    if (method && method->isVirtual() && !method->isDependentContext())
      methods.push_back(method->getCanonicalDecl());
    return true;
  }

  bool VisitCXXRecordDecl(clang::CXXRecordDecl* record) {
    if (record->isThisDeclarationADefinition() &&
        !record->isDependentContext() && record->isPolymorphic())
      classes.push_back(record);
    return true;
  }

  bool VisitVarDecl(clang::VarDecl* variable) {
    if (variable->hasGlobalStorage() && !variable->isStaticLocal() &&
        variable->isThisDeclarationADefinition() &&
        !variable->getDeclContext()->isDependentContext() &&
        !variable->getType()->isDependentType() &&
        calls_out(variable->getInit(),
                  variable->getASTContext().getSourceManager()))
      variables.push_back(variable);
    return true;
  }

  std::vector<const clang::FunctionDecl*> found;
  std::vector<const clang::VarDecl*> variables;
  std::vector<const clang::CXXMethodDecl*> methods;  // virtual ones
  std::vector<const clang::CXXRecordDecl*> classes;  // with such

 private:
  const Unit& unit_;
};

}  // namespace

Unit::Unit(clang::ASTContext& context)
    : context_(context), symbols_(context), types_(context) {
  program_.names.emplace_back();  // 0: no name
}

bool Unit::is_user(const clang::Decl* decl) const {
  const auto& sources = context_.getSourceManager();
  const clang::SourceLocation at = sources.getFileLoc(decl->getLocation());
  if (at.isInvalid() || sources.isInSystemHeader(at)) return false;
  // csp is known by its roles, also where its headers are not system headers.
  const clang::DeclContext* outermost = nullptr;
  for (const auto* context = decl->getDeclContext();
       context && !context->isTranslationUnit(); context = context->getParent())
    outermost = context;
  const auto* space = llvm::dyn_cast_or_null<clang::NamespaceDecl>(outermost);
  if (!space) space = llvm::dyn_cast<clang::NamespaceDecl>(decl);
  return !space || space->getDeclName().isEmpty() || space->getName() != "csp";
}

clang::SourceLocation Unit::location(model::SiteId site) const {
  return site < sites_.size() ? sites_[site] : clang::SourceLocation();
}

model::SiteId Unit::site(clang::SourceLocation at) {
  at = context_.getSourceManager().getFileLoc(at);
  const auto [entry, is_new] =
      site_ids_.try_emplace(at, static_cast<model::SiteId>(sites_.size()));
  if (is_new) sites_.push_back(at);
  return entry->second;
}

std::int64_t Unit::name(const std::string& text) {
  const auto found = std::ranges::find(program_.names, text);
  if (found == program_.names.end()) {
    program_.names.push_back(text);
    return static_cast<std::int64_t>(program_.names.size() - 1);
  }
  return found - program_.names.begin();
}

std::int64_t Unit::layout(clang::QualType type) {
  const clang::Type* key = type.getCanonicalType().getTypePtr();
  const auto found = layout_ids_.find(key);
  if (found != layout_ids_.end()) return found->second;
  model::Layout layout;
  layout.cells = types_.cells(type);
  if (types_.role(type) == TypeRole::kRecord)
    for (const auto* member : record_of(type)->fields())
      layout.variables.push_back(
          {member->getNameAsString(), types_.field_offset(member).value_or(0),
           types_.size(member->getType()), site(member->getLocation()), true,
           false, types_.sort(member->getType())});
  program_.layouts.push_back(std::move(layout));
  const auto id = static_cast<std::int64_t>(program_.layouts.size() - 1);
  layout_ids_[key] = id;
  return id;
}

std::string Unit::symbol_of(const clang::NamedDecl* decl) {
  if (!decl->isExternallyVisible()) return "";
  const auto* method = llvm::dyn_cast<clang::CXXMethodDecl>(decl);
  if (method && method->getParent()->isLambda()) return "";
  return symbols_.getName(decl);
}

model::FunctionId Unit::function_anywhere(const clang::FunctionDecl* function) {
  const model::FunctionId here = this->function(function);
  if (here != model::kNoFunction) return here;
  if (function->isDependentContext() || !is_user(function) ||
      function->isPureVirtual())
    return model::kNoFunction;
  const auto* canonical = function->getCanonicalDecl();
  const auto [entry, is_new] = function_ids_.try_emplace(
      canonical, static_cast<model::FunctionId>(program_.functions.size()));
  if (is_new) {
    program_.functions.emplace_back();
    model::Function& declared = program_.functions.back();
    declared.name = display_name(function);
    declared.site = site(function->getLocation());
    declared.symbol = symbol_of(function);
  }
  return entry->second;
}

model::FunctionId Unit::function(const clang::FunctionDecl* function) {
  const clang::FunctionDecl* definition = nullptr;
  if (!function->hasBody(definition)) return model::kNoFunction;
  if (definition->isDependentContext() || !is_user(definition))
    return model::kNoFunction;
  referenced_[definition->getCanonicalDecl()] = true;
  const auto [entry, is_new] = function_ids_.try_emplace(
      definition->getCanonicalDecl(),
      static_cast<model::FunctionId>(program_.functions.size()));
  const model::FunctionId id = entry->second;
  if (is_new) {
    program_.functions.emplace_back();
    program_.functions.back().name = display_name(definition);
    program_.functions.back().site = site(definition->getLocation());
    program_.functions.back().symbol = symbol_of(definition);
    pending_.emplace_back(definition, id);
  }
  return id;
}

// Whether a race on it can be reported: it is one object, it changes, and its
// accesses are plain.
bool Unit::is_shared(const clang::VarDecl* variable) const {
  const clang::QualType type = variable->getType();
  return !type.isConstQualified() && !variable->isConstexpr() &&
         !type->isReferenceType();
}

// Whether all uses of it are in this unit, as far as can be seen: a variable
// that a header declares is meant for other units.
bool Unit::is_closed(const clang::VarDecl* variable) const {
  const auto& sources = context_.getSourceManager();
  if (!variable->hasDefinition()) return false;
  for (const auto* one : variable->redecls())
    if (!sources.isInMainFile(sources.getFileLoc(one->getLocation())))
      return false;
  return true;
}

const clang::CXXMethodDecl* Unit::only_target(
    const clang::CXXMethodDecl* method) {
  const clang::CXXMethodDecl* only = nullptr;
  const auto consider = [&](const clang::CXXMethodDecl* one) {
    if (one->isPureVirtual()) return true;
    const bool first = only == nullptr;
    only = one;
    return first;
  };
  method = method->getCanonicalDecl();
  if (!consider(method)) return nullptr;
  for (const auto* one : overriders_[method])
    if (!consider(one)) return nullptr;
  const bool known = only && function(only) != model::kNoFunction;
  return known ? only : nullptr;
}

// The same in all units: the name, with its template arguments.
std::int64_t Unit::class_id(const clang::CXXRecordDecl* record) {
  const std::string name =
      clang::QualType(context_.getCanonicalTagType(record)).getAsString();
  return static_cast<std::int64_t>(llvm::xxh3_64bits(name) >> 1);
}

std::vector<Unit::Target> Unit::targets(const clang::CXXMethodDecl* method) {
  constexpr std::size_t kTargetsMax = 8;
  std::vector<Target> found;
  for (const auto* record : classes_) {
    if (record->isAbstract() || (record->getCanonicalDecl() !=
                                     method->getParent()->getCanonicalDecl() &&
                                 !record->isDerivedFrom(method->getParent())))
      continue;
    const auto* target =
        method->getCorrespondingMethodInClass(record, /*MayBeBase=*/true);
    if (!target || function(target) == model::kNoFunction) continue;
    found.push_back({class_id(record), target});
  }
  if (found.size() > kTargetsMax) found.clear();
  return found;
}

std::optional<std::uint32_t> Unit::global(const clang::VarDecl* variable) {
  if (variable->getTLSKind() != clang::VarDecl::TLS_None) return std::nullopt;
  variable = variable->getCanonicalDecl();
  const auto [entry, is_new] = global_offsets_.try_emplace(
      variable, static_cast<std::uint32_t>(program_.globals.size()));
  const std::uint32_t offset = entry->second;
  if (is_new) {
    const auto cells = types_.cells(variable->getType());
    program_.globals.insert(program_.globals.end(), cells.begin(), cells.end());
    model::Variable entry_of_it{qualified_name(variable), offset,
                                static_cast<std::uint32_t>(cells.size()),
                                site(variable->getLocation()),
                                is_shared(variable)};
    entry_of_it.symbol = symbol_of(variable);
    entry_of_it.sort = types_.sort(variable->getType());
    entry_of_it.defined =
        variable->getActingDefinition() != nullptr || variable->hasDefinition();
    program_.global_variables.push_back(std::move(entry_of_it));
    globals_.push_back(variable);
  }
  return offset;
}

void Unit::find_roots() {
  Collector collector(*this);
  collector.TraverseDecl(context_.getTranslationUnitDecl());
  for (const auto* variable : collector.variables) global(variable);
  classes_ = collector.classes;
  for (const auto* method : collector.methods) {
    std::vector<const clang::CXXMethodDecl*> above = {method};
    while (!above.empty()) {
      const auto* one = above.back();
      above.pop_back();
      for (const auto* overridden : one->overridden_methods()) {
        overriders_[overridden->getCanonicalDecl()].push_back(method);
        above.push_back(overridden);
      }
    }
  }
  // Lowering all of them tells which are called by others.
  llvm::DenseMap<const clang::FunctionDecl*, model::FunctionId> ids;
  for (const auto* one : collector.found) {
    const bool known = referenced_.contains(one->getCanonicalDecl());
    ids[one] = function(one);
    if (!known) referenced_.erase(one->getCanonicalDecl());
  }
  lower_pending();
  // What an initialiser calls has its caller too.
  lower_globals();
  for (const auto* one : collector.found) {
    const auto* method = llvm::dyn_cast<clang::CXXMethodDecl>(one);
    if (method && method->getParent()->isLambda()) continue;
    const bool is_main = one->isMain();
    if (!is_main && referenced_.contains(one->getCanonicalDecl())) continue;
    if (ids[one] != model::kNoFunction) roots_.push_back({ids[one], is_main});
  }
}

void Unit::lower_pending() {
  while (!pending_.empty()) {
    const auto [definition, id] = pending_.front();
    pending_.pop_front();
    Lowerer lowerer(*this, definition);
    // Lowering may add functions, which moves them all.
    model::Function lowered = lowerer.run();
    for (const auto& [at, handle] : lowerer.take_handle_reads())
      handle_reads_.push_back({id, at, handle->getCanonicalDecl()});
    model::Function& function = program_.functions[id];
    lowered.name = function.name;
    lowered.site = function.site;
    lowered.symbol = function.symbol;
    function = std::move(lowered);
  }
}

// Initialisers may use further globals and functions.
void Unit::lower_globals() {
  while (globals_lowered_ < globals_.size()) {
    const std::size_t position = globals_lowered_++;
    const auto* variable = globals_[position];
    Lowerer lowerer(*this, nullptr);
    model::Function initialiser =
        lowerer.run_global(variable, position, is_closed(variable));
    initialiser.name = "the initialisation of '" +
                       program_.global_variables[position].name + "'";
    program_.global_variables[position].initialiser =
        static_cast<model::FunctionId>(program_.functions.size());
    program_.functions.push_back(std::move(initialiser));
    lower_pending();
  }
}

// Nobody can race with the reads of a handle that is never changed.
void Unit::drop_constant_reads() {
  for (const HandleRead& read : handle_reads_)
    if (!changed_handles_.contains(read.handle))
      program_.functions[read.function].code[read.at].a = model::kNoRegister;
  handle_reads_.clear();
}

void Unit::run() {
  find_roots();
  lower_globals();
  drop_constant_reads();
}

model::UnitModel Unit::take_model() {
  const auto& sources = context_.getSourceManager();
  model::UnitModel unit;
  llvm::DenseMap<clang::FileID, std::uint32_t> files;
  for (const clang::SourceLocation at : sites_) {
    const auto [file, offset] = sources.getDecomposedLoc(at);
    const auto [entry, is_new] =
        files.try_emplace(file, static_cast<std::uint32_t>(unit.files.size()));
    if (is_new) {
      const auto name = sources.getFileEntryRefForID(file);
      unit.files.push_back(name ? name->getName().str() : "");
    }
    unit.places.push_back({entry->second, offset});
  }
  unit.program = std::move(program_);
  unit.roots = std::move(roots_);
  return unit;
}

}  // namespace chansan::lower
