// go-exception-escapes: a goroutine throws and nothing in it catches.
#include "tool/check/check.h"
#include "tool/check/checks/spawns.h"

namespace chansan::check {
namespace {

class GoExceptionEscapes final : public SourceCheck {
 public:
  using SourceCheck::SourceCheck;

 private:
  void judge(const Facts& facts) override {
    for (const Spawn& spawn : facts.spawns()) {
      const Body* body = started(spawn, facts);
      if (body && spawn.call->role != Role::kAsync)
        look(body->block, spawn, facts);
    }
  }

  void look(const clang::Stmt* statement, const Spawn& spawn,
            const Facts& facts) {
    if (!statement || llvm::isa<clang::LambdaExpr>(statement)) return;
    // Whatever is caught is not ours to judge.
    if (llvm::isa<clang::CXXTryStmt>(statement)) return;
    const auto* thrown = llvm::dyn_cast<clang::CXXThrowExpr>(statement);
    if (thrown && thrown->getSubExpr())
      report(thrown->getBeginLoc(),
             "this exception leaves the goroutine and ends the program; catch "
             "it, or send it to who waits",
             {{spawn.call->at(), 0, "the goroutine is started here"}});
    for (const clang::Stmt* child : statement->children())
      look(child, spawn, facts);
  }
};

}  // namespace

CHANSAN_REGISTER_CHECK(go_exception_escapes, GoExceptionEscapes)

}  // namespace chansan::check
