// block-syscall: a call that blocks the OS thread, in a goroutine, or such a
// sleep with a lock held. csp's own sleep blocks no thread.
#include <algorithm>

#include "tool/check/check.h"
#include "tool/check/checks/sections.h"
#include "tool/check/lower/names.h"

namespace chansan::check {
namespace {

constexpr llvm::StringLiteral kBlocking[] = {"sleep",
                                             "usleep",
                                             "nanosleep",
                                             "read",
                                             "recv",
                                             "recvfrom",
                                             "accept",
                                             "connect",
                                             "poll",
                                             "select",
                                             "epoll_wait",
                                             "flock",
                                             "wait",
                                             "waitpid",
                                             "getaddrinfo",
                                             "system",
                                             "fgets",
                                             "getline",
                                             "std::this_thread::sleep_for",
                                             "std::this_thread::sleep_until",
                                             "std::getline",
                                             "getchar"};

bool blocks(const clang::FunctionDecl* callee) {
  if (!callee || !callee->getDeclName().isIdentifier()) return false;
  if (callee->hasAttrs())
    for (const auto* attribute : callee->attrs())
      if (llvm::StringRef(attribute->getSpelling()) == "blocking") return true;
  // A function of the program's own may be named `connect` too.
  const std::string name = lower::qualified_name(callee);
  if (!callee->isExternC() && !llvm::StringRef(name).starts_with("std::"))
    return false;
  return std::ranges::any_of(kBlocking,
                             [&](llvm::StringRef one) { return one == name; });
}

class BlockSyscall final : public SourceCheck {
 public:
  using SourceCheck::SourceCheck;

 private:
  void judge(const Facts& facts) override {
    for (const Spawn& spawn : facts.spawns())
      if (spawn.runs && !spawn.thread) judge_goroutine(spawn);
    for (const Body& body : facts.bodies())
      for (const Section& section : sections_of(body, facts))
        for (const Call* call : body.calls)
          if (call->role == Role::kYield && is_sleep(*call) &&
              section.covers(call->expr, facts))
            report(call->at(),
                   "this sleeps with " +
                       spelled(section.lock->object, "the lock") +
                       " held: everyone who wants it sleeps too",
                   {{section.lock->at(), 0, "it is locked here"}});
  }

  static bool is_sleep(const Call& call) {
    return call.callee && call.callee->getDeclName().isIdentifier() &&
           call.callee->getName().contains("sleep") &&
           !llvm::StringRef(lower::qualified_name(call.callee))
                .starts_with("csp::");
  }

  void judge_goroutine(const Spawn& spawn) {
    std::vector<const clang::Expr*> calls = spawn.runs->others;
    for (const Call* call : spawn.runs->calls) calls.push_back(call->expr);
    for (const clang::Expr* expr : calls) {
      const auto* call = llvm::dyn_cast<clang::CallExpr>(expr);
      const auto* callee = call ? call->getDirectCallee() : nullptr;
      if (!blocks(callee)) continue;
      report(expr->getBeginLoc(),
             "'" + lower::qualified_name(callee) +
                 "' blocks the goroutine's OS thread and all goroutines on "
                 "it; use csp's, or csp::blocking()",
             {{spawn.call->at(), 0, "the goroutine is started here"}});
    }
  }
};

}  // namespace

CHANSAN_REGISTER_CHECK(block_syscall, BlockSyscall)

}  // namespace chansan::check
