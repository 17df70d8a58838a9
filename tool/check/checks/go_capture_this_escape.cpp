// go-capture-this-escape: a goroutine keeps the address of an object that
// nothing keeps alive.
#include <algorithm>

#include "tool/check/check.h"
#include "tool/check/lower/names.h"

namespace chansan::check {
namespace {

bool keeps_this(const clang::LambdaExpr& lambda) {
  return std::ranges::any_of(
      lambda.captures(), [](const clang::LambdaCapture& capture) {
        return capture.capturesThis() &&
               capture.getCaptureKind() == clang::LCK_This;
      });
}

// Everything by which a goroutine can tell others where it is.
constexpr std::initializer_list<Role> kProtocol = {
    Role::kSend,        Role::kRecv,         Role::kClose,
    Role::kRange,       Role::kSelect,       Role::kLock,
    Role::kRLock,       Role::kWgDone,       Role::kWgWait,
    Role::kNotify,      Role::kNotifyAll,    Role::kAtomicLoad,
    Role::kAtomicStore, Role::kSemAcquire,   Role::kSemRelease,
    Role::kCondWait,    Role::kCondWaitPred, Role::kAtomicRmw,
    Role::kUnseen};

class GoCaptureThisEscape final : public SourceCheck {
 public:
  using SourceCheck::SourceCheck;

 private:
  void judge(const Facts& facts) override {
    for (const Spawn& spawn : facts.spawns())
      if (spawn.runs && keeps_this(*spawn.lambda)) judge(spawn, facts);
  }

  void judge(const Spawn& spawn, const Facts& facts) {
    const Body& body = *spawn.call->body;
    const auto* method = llvm::dyn_cast<clang::CXXMethodDecl>(body.function);
    if (!method || method->getParent()->isLambda()) return;
    if (spawn.call->role == Role::kWgGo || spawn.call->role == Role::kAsync)
      return;
    if (facts.waits_after(body, spawn.call->expr)) return;
    if (spawn.thread && !is_detached(body)) return;
    // A goroutine that talks to others may be waited for by them.
    if (facts.reaches(*spawn.runs, kProtocol)) return;
    if (is_owned_elsewhere(*method->getParent())) return;
    report(spawn.lambda->getBeginLoc(),
           "the goroutine keeps `this` of '" +
               method->getParent()->getNameAsString() +
               "', and nothing makes the object live as long: capture a "
               "shared_ptr, or wait in the destructor");
  }

  static bool is_detached(const Body& body) {
    return body.has({Role::kDetach});
  }

  // Shared, or with a destructor that sees to it.
  static bool is_owned_elsewhere(const clang::CXXRecordDecl& record) {
    for (const auto& base : record.bases()) {
      const auto* type = lower::record_of(base.getType());
      if (type && type->getNameAsString() == "enable_shared_from_this")
        return true;
    }
    const auto* destructor = record.getDestructor();
    return destructor && destructor->isUserProvided();
  }
};

}  // namespace

CHANSAN_REGISTER_CHECK(go_capture_this_escape, GoCaptureThisEscape)

}  // namespace chansan::check
