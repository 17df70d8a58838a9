// chan-op-in-destructor: a send in a destructor.
#include "tool/check/check.h"

namespace chansan::check {
namespace {

class ChanOpInDestructor final : public SourceCheck {
 public:
  using SourceCheck::SourceCheck;

 private:
  void judge(const Facts& facts) override {
    for (const Body& body : facts.bodies()) {
      if (!llvm::isa<clang::CXXDestructorDecl>(body.function)) continue;
      for (const Call* call : body.calls) {
        if (call->role != Role::kSend) continue;
        if (facts.around<clang::CXXTryStmt>(call->expr, nullptr)) continue;
        report(call->at(),
               "a send in a destructor: it may wait for ever with nobody to "
               "cancel it, and on a closed channel it ends the program");
      }
    }
  }
};

}  // namespace

CHANSAN_REGISTER_CHECK(chan_op_in_destructor, ChanOpInDestructor)

}  // namespace chansan::check
