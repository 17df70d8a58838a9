#include "detector/pass/inlined.h"

#include "detector/pass/access.h"
#include "llvm/IR/InlineAsm.h"
#include "llvm/IR/MDBuilder.h"
#include "llvm/IR/Module.h"
#include "llvm/Transforms/Utils/BasicBlockUtils.h"

namespace chansan::pass {

namespace {

// What detector/src/instrument/inlined.cpp, which defines the two variables,
// and detector/src/race/{cell,shadow}.h say.
constexpr const char* kGranules = "__csp_granules";
constexpr const char* kKeyPlace = "__csp_key_place";
constexpr std::uint64_t kGranulesLength = std::uint64_t{1} << 21;
constexpr std::uint64_t kChunkBits = 26;
constexpr std::uint64_t kGranuleBytes = 8;
constexpr std::uint64_t kGranuleShadowBytes = 16;
constexpr std::uint64_t kMaskBits = 0xff;
constexpr std::uint64_t kWriteBit = std::uint64_t{1} << 63;
constexpr unsigned kThreadSegment = 257;  // fs

bool is_inlined(const Access& access) {
  if (access.is_volatile || !may_be_shared(access)) return false;
  if (access.size > kGranuleBytes || (access.size & (access.size - 1)) != 0) {
    return false;
  }
  return llvm::getLoadStoreAlignment(access.at).value() >= access.size;
}

llvm::GlobalVariable* variable(llvm::Module& module, llvm::StringRef name,
                               llvm::Type* type) {
  return llvm::cast<llvm::GlobalVariable>(module.getOrInsertGlobal(name, type));
}

// Makes the quick look at the granule of one access.
class Look {
 public:
  Look(llvm::IRBuilderBase& builder, const Access& access)
      : builder_(builder),
        access_(access),
        word_(builder.getInt64Ty()),
        address_(builder.CreatePtrToInt(access.pointer, word_)) {}

  /// The granules of the memory around the address; zero if there are none, or
  /// none that can be looked at so.
  llvm::Value* granules() {
    auto* type = llvm::ArrayType::get(word_, kGranulesLength);
    llvm::Value* chunk = builder_.CreateLShr(address_, kChunkBits);
    return load(builder_.CreateInBoundsGEP(type,
                                           variable(module(), kGranules, type),
                                           {builder_.getInt64(0), chunk}));
  }

  /// Whether the first word of the granule says that nothing is new.
  llvm::Value* says_nothing_new(llvm::Value* granules) {
    constexpr std::uint64_t kOffset =
        ((std::uint64_t{1} << kChunkBits) - 1) & ~(kGranuleBytes - 1);
    llvm::Value* offset = builder_.CreateMul(
        builder_.CreateAnd(address_, kOffset),
        builder_.getInt64(kGranuleShadowBytes / kGranuleBytes));
    llvm::Value* cell = load(builder_.CreateIntToPtr(
        builder_.CreateAdd(granules, offset), builder_.getPtrTy()));
    // A write is looked for by its own key; a read is also covered by a write.
    const std::uint64_t manner = access_.writes ? kWriteBit : 0;
    llvm::Value* wanted =
        builder_.CreateOr(key(), builder_.getInt64(manner | kMaskBits));
    llvm::Value* differs = builder_.CreateXor(cell, wanted);
    const std::uint64_t compared =
        access_.writes ? ~kMaskBits : ~kMaskBits & ~kWriteBit;
    llvm::Value* place = builder_.CreateAnd(address_, kGranuleBytes - 1);
    if (access_.size == kGranuleBytes) {
      // Whatever the program's types say of its place.
      differs = builder_.CreateOr(
          builder_.CreateAnd(differs, compared | kMaskBits), place);
    } else {
      const std::uint64_t bytes = (std::uint64_t{1} << access_.size) - 1;
      llvm::Value* mask = builder_.CreateShl(builder_.getInt64(bytes), place);
      differs = builder_.CreateAnd(differs, builder_.CreateOr(mask, compared));
    }
    return builder_.CreateICmpEQ(differs, builder_.getInt64(0));
  }

 private:
  // The goroutine may go on on another OS thread after any call: nothing that
  // was computed from the thread's own pointer is kept. That is why the place
  // is no thread_local variable here, whose address would be.
  llvm::Value* key() {
    llvm::Value* place = load(variable(module(), kKeyPlace, word_));
    auto* pointer = llvm::PointerType::get(context(), kThreadSegment);
    llvm::LoadInst* key_of_thread =
        load(builder_.CreateIntToPtr(place, pointer));
    key_of_thread->setVolatile(true);
    return load(builder_.CreateIntToPtr(key_of_thread, builder_.getPtrTy()));
  }

  llvm::LoadInst* load(llvm::Value* pointer) {
    llvm::LoadInst* load =
        builder_.CreateAlignedLoad(word_, pointer, llvm::Align(8));
    leave_alone(*load);
    return load;
  }

  llvm::Module& module() { return *builder_.GetInsertBlock()->getModule(); }
  llvm::LLVMContext& context() { return builder_.getContext(); }

  llvm::IRBuilderBase& builder_;
  const Access& access_;
  llvm::Type* const word_;
  llvm::Value* const address_;
};

void inline_check(const Access& access) {
  const llvm::DebugLoc line = access.at->getDebugLoc();
  llvm::MDNode* const unlikely =
      llvm::MDBuilder(access.at->getContext()).createUnlikelyBranchWeights();
  llvm::BasicBlock* const before = access.at->getParent();
  llvm::Instruction* const call = llvm::SplitBlockAndInsertIfThen(
      llvm::ConstantInt::getTrue(access.at->getContext()),
      access.at->getIterator(),
      /*Unreachable=*/false, unlikely);
  // before -> look -> behind, and from both the others to the call.
  llvm::BasicBlock* const behind = access.at->getParent();
  llvm::BasicBlock* const look = llvm::BasicBlock::Create(
      access.at->getContext(), "", before->getParent(), call->getParent());
  before->getTerminator()->eraseFromParent();
  llvm::IRBuilder<> builder(before);
  builder.SetCurrentDebugLocation(line);
  Look quick(builder, access);
  llvm::Value* granules = quick.granules();
  builder.CreateCondBr(builder.CreateICmpEQ(granules, builder.getInt64(0)),
                       call->getParent(), look, unlikely);
  builder.SetInsertPoint(look);
  builder.CreateCondBr(
      quick.says_nothing_new(granules), behind, call->getParent(),
      llvm::MDBuilder(access.at->getContext()).createLikelyBranchWeights());
  builder.SetInsertPoint(call);
  const std::string name = (access.writes ? "__tsan_write" : "__tsan_read") +
                           std::to_string(access.size);
  call_entry(builder, *access.at, name, {access.pointer});
  leave_alone(*access.at);
}

}  // namespace

void inline_checks(llvm::Function& function, Statistics& statistics) {
  llvm::SmallVector<Access, 16> accesses;
  for (llvm::BasicBlock& block : function) {
    for (llvm::Instruction& instruction : block) {
      const auto access = access_of(instruction);
      if (access && is_inlined(*access)) accesses.push_back(*access);
    }
  }
  for (const Access& access : accesses) inline_check(access);
  statistics.inlined += accesses.size();
}

}  // namespace chansan::pass
