#include "detector/pass/holes.h"

#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/IntrinsicsX86.h"
#include "llvm/IR/Module.h"
#include "llvm/Transforms/Utils/BasicBlockUtils.h"
#include "llvm/Transforms/Utils/LowerAtomic.h"

namespace chansan::pass {

namespace {

bool has_entry_point(llvm::AtomicRMWInst::BinOp operation) {
  switch (operation) {
    case llvm::AtomicRMWInst::Xchg:
    case llvm::AtomicRMWInst::Add:
    case llvm::AtomicRMWInst::Sub:
    case llvm::AtomicRMWInst::And:
    case llvm::AtomicRMWInst::Or:
    case llvm::AtomicRMWInst::Xor:
    case llvm::AtomicRMWInst::Nand:
      return true;
    default:
      return false;
  }
}

bool has_entry_point(const Access& access) {
  constexpr std::uint64_t kWidest = 16;
  return llvm::isPowerOf2_64(access.size) && access.size <= kWidest;
}

// A failed exchange has read a value that the update does not take: it orders
// nothing, whatever the update's own order.
void expand(llvm::AtomicRMWInst& update) {
  llvm::Type* type = update.getType();
  llvm::BasicBlock* before = update.getParent();
  llvm::BasicBlock* after = llvm::SplitBlock(before, update.getIterator());
  auto* loop = llvm::BasicBlock::Create(update.getContext(), "csp.update",
                                        before->getParent(), after);
  before->getTerminator()->eraseFromParent();

  llvm::IRBuilder<> builder(before);
  builder.SetCurrentDebugLocation(update.getDebugLoc());
  const std::uint64_t bits =
      update.getModule()->getDataLayout().getTypeStoreSizeInBits(type);
  auto* word = builder.getIntNTy(static_cast<unsigned>(bits));
  auto* first = builder.CreateAlignedLoad(word, update.getPointerOperand(),
                                          update.getAlign());
  first->setAtomic(llvm::AtomicOrdering::Monotonic, update.getSyncScopeID());
  builder.CreateBr(loop);

  builder.SetInsertPoint(loop);
  builder.SetCurrentDebugLocation(update.getDebugLoc());
  llvm::PHINode* seen = builder.CreatePHI(word, 2);
  llvm::Value* old = builder.CreateBitOrPointerCast(seen, type);
  llvm::Value* fresh = llvm::buildAtomicRMWValue(update.getOperation(), builder,
                                                 old, update.getValOperand());
  auto* exchange = builder.CreateAtomicCmpXchg(
      update.getPointerOperand(), seen,
      builder.CreateBitOrPointerCast(fresh, word), update.getAlign(),
      update.getOrdering(), llvm::AtomicOrdering::Monotonic,
      update.getSyncScopeID());
  exchange->setVolatile(update.isVolatile());
  seen->addIncoming(first, before);
  seen->addIncoming(builder.CreateExtractValue(exchange, 0), loop);
  builder.CreateCondBr(builder.CreateExtractValue(exchange, 1), after, loop);

  update.replaceAllUsesWith(old);
  update.eraseFromParent();
}

// A vector access of which each element is done or not.
struct Masked {
  llvm::Value* pointers;  // one, or a vector of them
  llvm::Value* mask;
  llvm::Type* element;
  bool writes;
  bool packed;  // the elements that are done lie side by side
};

// The processor's own, whose masks are the highest bits of integers.
std::optional<Masked> x86_masked_of(llvm::IntrinsicInst& call) {
  bool writes = false;
  switch (call.getIntrinsicID()) {
    case llvm::Intrinsic::x86_avx_maskload_ps:
    case llvm::Intrinsic::x86_avx_maskload_pd:
    case llvm::Intrinsic::x86_avx_maskload_ps_256:
    case llvm::Intrinsic::x86_avx_maskload_pd_256:
    case llvm::Intrinsic::x86_avx2_maskload_d:
    case llvm::Intrinsic::x86_avx2_maskload_q:
    case llvm::Intrinsic::x86_avx2_maskload_d_256:
    case llvm::Intrinsic::x86_avx2_maskload_q_256:
      break;
    case llvm::Intrinsic::x86_avx_maskstore_ps:
    case llvm::Intrinsic::x86_avx_maskstore_pd:
    case llvm::Intrinsic::x86_avx_maskstore_ps_256:
    case llvm::Intrinsic::x86_avx_maskstore_pd_256:
    case llvm::Intrinsic::x86_avx2_maskstore_d:
    case llvm::Intrinsic::x86_avx2_maskstore_q:
    case llvm::Intrinsic::x86_avx2_maskstore_d_256:
    case llvm::Intrinsic::x86_avx2_maskstore_q_256:
      writes = true;
      break;
    default:
      return {};
  }
  llvm::IRBuilder<> builder(&call);
  llvm::Value* signs = call.getArgOperand(1);
  llvm::Value* mask = builder.CreateICmpSLT(
      signs, llvm::Constant::getNullValue(signs->getType()));
  return Masked{call.getArgOperand(0), mask, signs->getType()->getScalarType(),
                writes, false};
}

std::optional<Masked> masked_of(const llvm::IntrinsicInst& call) {
  llvm::Value* first = call.arg_size() > 0 ? call.getArgOperand(0) : nullptr;
  const auto mask = [&]() -> llvm::Value* {
    for (llvm::Value* argument : call.args()) {
      const auto* type =
          llvm::dyn_cast<llvm::FixedVectorType>(argument->getType());
      if (type != nullptr && type->getElementType()->isIntegerTy(1)) {
        return argument;
      }
    }
    return nullptr;
  };
  switch (call.getIntrinsicID()) {
    case llvm::Intrinsic::masked_load:
    case llvm::Intrinsic::masked_gather:
      return Masked{first, mask(), call.getType()->getScalarType(), false,
                    false};
    case llvm::Intrinsic::masked_expandload:
      return Masked{first, mask(), call.getType()->getScalarType(), false,
                    true};
    case llvm::Intrinsic::masked_store:
    case llvm::Intrinsic::masked_scatter:
      return Masked{call.getArgOperand(1), mask(),
                    first->getType()->getScalarType(), true, false};
    case llvm::Intrinsic::masked_compressstore:
      return Masked{call.getArgOperand(1), mask(),
                    first->getType()->getScalarType(), true, true};
    default:
      return {};
  }
}

bool check_masked(llvm::IntrinsicInst& call) {
  auto masked = masked_of(call);
  if (!masked) masked = x86_masked_of(call);
  if (!masked || masked->mask == nullptr) return false;
  llvm::IRBuilder<> builder(&call);
  builder.SetCurrentDebugLocation(call.getDebugLoc());
  const auto lanes = llvm::cast<llvm::FixedVectorType>(masked->mask->getType())
                         ->getNumElements();
  llvm::Value* bits = builder.CreateZExt(
      builder.CreateBitCast(masked->mask, builder.getIntNTy(lanes)),
      builder.getInt64Ty());
  llvm::Value* size = builder.getInt64(
      call.getModule()->getDataLayout().getTypeStoreSize(masked->element));
  const char* name =
      masked->writes ? "__csp_write_masked" : "__csp_read_masked";
  if (masked->pointers->getType()->isVectorTy()) {
    for (unsigned lane = 0; lane < lanes; ++lane) {
      llvm::Value* done = builder.CreateAnd(builder.CreateLShr(bits, lane), 1);
      call_entry(
          builder, call, name,
          {builder.CreateExtractElement(masked->pointers, lane), done, size});
    }
    return true;
  }
  if (!masked->packed) {
    call_entry(builder, call, name, {masked->pointers, bits, size});
    return true;
  }
  llvm::Value* count =
      builder.CreateUnaryIntrinsic(llvm::Intrinsic::ctpop, bits);
  const Access access{.at = &call, .writes = masked->writes};
  check(builder, access, masked->pointers, builder.CreateMul(count, size));
  return true;
}

}  // namespace

bool expand_atomics(llvm::Function& function, Statistics& statistics) {
  llvm::SmallVector<llvm::AtomicRMWInst*, 4> updates;
  for (llvm::BasicBlock& block : function) {
    for (llvm::Instruction& instruction : block) {
      auto* update = llvm::dyn_cast<llvm::AtomicRMWInst>(&instruction);
      if (update == nullptr || has_entry_point(update->getOperation())) {
        continue;
      }
      updates.push_back(update);
    }
  }
  for (llvm::AtomicRMWInst* update : updates) expand(*update);
  statistics.atomics += updates.size();
  return !updates.empty();
}

void check_odd_accesses(llvm::Function& function, Statistics& statistics) {
  for (llvm::BasicBlock& block : function) {
    for (llvm::Instruction& instruction : llvm::make_early_inc_range(block)) {
      if (auto* call = llvm::dyn_cast<llvm::IntrinsicInst>(&instruction)) {
        if (check_masked(*call)) ++statistics.masked;
        continue;
      }
      const auto access = access_of(instruction);
      if (!access || has_entry_point(*access) || !may_be_shared(*access)) {
        continue;
      }
      llvm::IRBuilder<> builder(&instruction);
      check(builder, *access, access->pointer, builder.getInt64(access->size));
      leave_alone(instruction);
      ++statistics.wide;
    }
  }
}

}  // namespace chansan::pass
