#include "detector/pass/access.h"

#include "llvm/Analysis/CaptureTracking.h"
#include "llvm/Analysis/ValueTracking.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/Module.h"

namespace chansan::pass {

namespace {

// The compiler's own counters are not the program's.
bool is_profile(const llvm::Value* object) {
  const auto* global = llvm::dyn_cast<llvm::GlobalVariable>(object);
  if (global == nullptr) return false;
  return global->getName().starts_with("__llvm") ||
         global->getSection().ends_with("_prf_cnts");
}

bool is_virtual_table(const llvm::Instruction& instruction) {
  const llvm::MDNode* type =
      instruction.getMetadata(llvm::LLVMContext::MD_tbaa);
  return type != nullptr && type->isTBAAVtableAccess();
}

}  // namespace

std::optional<Access> access_of(llvm::Instruction& instruction) {
  if (instruction.hasMetadata(llvm::LLVMContext::MD_nosanitize)) return {};
  llvm::Type* type = nullptr;
  Access access{.at = &instruction};
  if (auto* load = llvm::dyn_cast<llvm::LoadInst>(&instruction)) {
    if (load->isAtomic()) return {};
    access.pointer = load->getPointerOperand();
    access.is_volatile = load->isVolatile();
    type = load->getType();
  } else if (auto* store = llvm::dyn_cast<llvm::StoreInst>(&instruction)) {
    if (store->isAtomic()) return {};
    access.pointer = store->getPointerOperand();
    access.is_volatile = store->isVolatile();
    access.writes = true;
    type = store->getValueOperand()->getType();
  } else {
    return {};
  }
  // Pointers to virtual tables have entry points of their own.
  if (is_virtual_table(instruction)) return {};
  if (access.pointer->getType()->getPointerAddressSpace() != 0 ||
      access.pointer->isSwiftError()) {
    return {};
  }
  const llvm::TypeSize size =
      instruction.getModule()->getDataLayout().getTypeStoreSize(type);
  if (size.isScalable() || size.isZero()) return {};
  access.size = size.getFixedValue();
  return access;
}

bool may_be_shared(const Access& access) {
  const llvm::Value* object = llvm::getUnderlyingObject(access.pointer);
  if (llvm::isa<llvm::AllocaInst>(object)) {
    return llvm::PointerMayBeCaptured(object, /*ReturnCaptures=*/true);
  }
  if (const auto* global = llvm::dyn_cast<llvm::GlobalVariable>(object)) {
    return !global->isConstant() && !is_profile(object);
  }
  return true;
}

bool may_synchronize(const llvm::Instruction& instruction) {
  if (instruction.isAtomic()) return true;
  const auto* call = llvm::dyn_cast<llvm::CallBase>(&instruction);
  if (call == nullptr) return false;
  if (const auto* copy = llvm::dyn_cast<llvm::MemIntrinsic>(call)) {
    return copy->isVolatile();
  }
  // The end of a block of memory is told to the detector, too.
  return !call->hasFnAttr(llvm::Attribute::NoSync) ||
         !call->hasFnAttr(llvm::Attribute::NoFree);
}

void leave_alone(llvm::Instruction& instruction) {
  instruction.setMetadata(llvm::LLVMContext::MD_nosanitize,
                          llvm::MDNode::get(instruction.getContext(), {}));
}

void call_entry(llvm::IRBuilderBase& builder, const llvm::Instruction& at,
                llvm::StringRef name, llvm::ArrayRef<llvm::Value*> arguments) {
  llvm::SmallVector<llvm::Type*, 4> types;
  for (const llvm::Value* argument : arguments) {
    types.push_back(argument->getType());
  }
  auto* type = llvm::FunctionType::get(builder.getVoidTy(), types, false);
  llvm::FunctionCallee entry =
      builder.GetInsertBlock()->getModule()->getOrInsertFunction(name, type);
  builder.SetCurrentDebugLocation(at.getDebugLoc());
  llvm::CallInst* call = builder.CreateCall(entry, arguments);
  // They order nothing of the program's, and other loops look at them.
  for (const auto attribute :
       {llvm::Attribute::NoUnwind, llvm::Attribute::NoSync,
        llvm::Attribute::NoFree}) {
    call->addFnAttr(attribute);
  }
}

void check(llvm::IRBuilderBase& builder, const Access& access,
           llvm::Value* pointer, llvm::Value* size) {
  call_entry(builder, *access.at,
             access.writes ? "__tsan_write_range" : "__tsan_read_range",
             {pointer, size});
}

}  // namespace chansan::pass
