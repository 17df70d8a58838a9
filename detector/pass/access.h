// What the pass knows of one instruction: whether it touches memory that the
// detector looks at, and whether other goroutines' doings may become known, or
// ours known to them, at it.
#pragma once

#include <cstdint>
#include <optional>

#include "llvm/ADT/ArrayRef.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/Instructions.h"

namespace chansan::pass {

/// A plain load or store.
struct Access {
  llvm::Instruction* at = nullptr;
  llvm::Value* pointer = nullptr;
  std::uint64_t size = 0;  // bytes
  bool writes = false;
  bool is_volatile = false;
};

/// Nothing if `instruction` is no load or store, or one that is never checked.
std::optional<Access> access_of(llvm::Instruction& instruction);

/// Whether the memory may be seen by others: it is no constant, and no local
/// variable whose address stays with the function.
bool may_be_shared(const Access& access);

/// Whether the goroutine may release or acquire at `instruction`. Between two
/// such points all accesses of a goroutine are ordered alike with everybody
/// else's: so one check of the strongest of them, anywhere between, is enough.
bool may_synchronize(const llvm::Instruction& instruction);

/// The compiler's own instrumentation leaves `instruction` alone.
void leave_alone(llvm::Instruction& instruction);

/// Calls the entry point `name` in the place and on the line of `at`.
void call_entry(llvm::IRBuilderBase& builder, const llvm::Instruction& at,
                llvm::StringRef name, llvm::ArrayRef<llvm::Value*> arguments);
/// Checks `size` bytes at `pointer`, an access of the kind of `access`.
void check(llvm::IRBuilderBase& builder, const Access& access,
           llvm::Value* pointer, llvm::Value* size);

}  // namespace chansan::pass
