// The LLVM pass plugin: clang++-22 -fsanitize=thread -fpass-plugin=<this>.
//
// It runs after the optimizer and before the compiler's own instrumentation,
// from which it takes what needs no check, and to which it adds what that
// leaves out. The program links the same library either way.
#include "detector/pass/access.h"
#include "detector/pass/holes.h"
#include "detector/pass/inlined.h"
#include "detector/pass/loops.h"
#include "detector/pass/repeated.h"
#include "detector/pass/statistics.h"
#include "llvm/Analysis/AssumptionCache.h"
#include "llvm/IR/PassManager.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Plugins/PassPlugin.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Transforms/Utils/LoopSimplify.h"

namespace chansan::pass {

namespace {

llvm::cl::opt<bool> print_statistics(
    "chansan-stats", llvm::cl::desc("Say what became of the checks"));
llvm::cl::opt<bool> remove_checks(
    "chansan-remove", llvm::cl::init(true),
    llvm::cl::desc("Remove checks that cannot matter"));
llvm::cl::opt<bool> put_inline(
    "chansan-inline", llvm::cl::init(true),
    llvm::cl::desc("Look whether an access is new before the library does"));

bool is_instrumented(const llvm::Function& function) {
  return !function.isDeclaration() &&
         function.hasFnAttribute(llvm::Attribute::SanitizeThread) &&
         !function.hasFnAttribute(llvm::Attribute::Naked) &&
         !function.hasFnAttribute(
             llvm::Attribute::DisableSanitizerInstrumentation);
}

void count_accesses(llvm::Function& function, Statistics& statistics) {
  for (llvm::BasicBlock& block : function) {
    for (llvm::Instruction& instruction : block) {
      const auto access = access_of(instruction);
      if (access && may_be_shared(*access)) ++statistics.accesses;
    }
  }
}

void remove(llvm::Function& function, llvm::FunctionAnalysisManager& manager,
            Statistics& statistics) {
  auto& loops = manager.getResult<llvm::LoopAnalysis>(function);
  auto& tree = manager.getResult<llvm::DominatorTreeAnalysis>(function);
  auto& scalars = manager.getResult<llvm::ScalarEvolutionAnalysis>(function);
  auto& assumptions = manager.getResult<llvm::AssumptionAnalysis>(function);
  for (llvm::Loop* loop : loops) {
    llvm::simplifyLoop(loop, &tree, &loops, &scalars, &assumptions, nullptr,
                       /*PreserveLCSSA=*/false);
  }
  const auto repeated = find_repeated(function, statistics);
  check_before_loops({loops, tree, scalars}, repeated, statistics);
  for (llvm::Instruction* access : repeated) leave_alone(*access);
}

class ChecksPass : public llvm::PassInfoMixin<ChecksPass> {
 public:
  llvm::PreservedAnalyses run(llvm::Module& module,
                              llvm::ModuleAnalysisManager& modules) {
    auto& manager =
        modules.getResult<llvm::FunctionAnalysisManagerModuleProxy>(module)
            .getManager();
    Statistics statistics;
    for (llvm::Function& function : module) {
      if (!is_instrumented(function)) continue;
      if (expand_atomics(function, statistics)) {
        manager.invalidate(function, llvm::PreservedAnalyses::none());
      }
      count_accesses(function, statistics);
      if (remove_checks) remove(function, manager, statistics);
      check_odd_accesses(function, statistics);
      // What is not optimized is not worth the room; and the quick look finds
      // the thread's own storage as x86-64 does.
      if (put_inline && !function.hasOptNone() &&
          module.getTargetTriple().getArch() == llvm::Triple::x86_64) {
        inline_checks(function, statistics);
      }
      manager.invalidate(function, llvm::PreservedAnalyses::none());
    }
    if (print_statistics) {
      statistics.print(module.getSourceFileName(), llvm::errs());
    }
    return llvm::PreservedAnalyses::none();
  }
  // Unoptimized functions have the same holes.
  static bool isRequired() { return true; }
};

void register_passes(llvm::PassBuilder& builder) {
  builder.registerOptimizerLastEPCallback(
      [](llvm::ModulePassManager& manager, llvm::OptimizationLevel,
         llvm::ThinOrFullLTOPhase) { manager.addPass(ChecksPass()); });
}

}  // namespace

}  // namespace chansan::pass

extern "C" LLVM_ATTRIBUTE_WEAK llvm::PassPluginLibraryInfo
llvmGetPassPluginInfo() {
  return {LLVM_PLUGIN_API_VERSION, "chansan", "1",
          &chansan::pass::register_passes};
}
