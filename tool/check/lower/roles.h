// What a function or a type means to the model.
//
// csp's own functions carry `[[clang::annotate("csp.role=send")]]`, and so do
// the user's after tag_declarations(); a type carries `csp.type=mutex`. The
// standard library's are listed in a table by name.
#pragma once

#include <cstdint>

#include "clang/AST/DeclCXX.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringMap.h"

namespace chansan::lower {

enum class Role : std::uint8_t {
  kNone,
  // Goroutines and threads.
  kSpawn,  // go(f, args...)
  kAsync,  // std::async(f, args...), std::async(policy, f, args...)
  kJoin,
  kDetach,
  kYield,   // also sleeping: others go first
  kExit,    // this goroutine, or the program, ends
  kInline,  // calls its last argument here
  // Channels.
  kMake,
  kTimer,      // a channel, or what has one, that sends when it is time
  kAfterFunc,  // starts its last argument when it is time
  kTimerStop,
  // Contexts.
  kBackground,
  kWithCancel,
  kWithTimeout,  // ends by itself
  kWithValue,
  kContextDone,
  kCancel,
  kSend,
  kRecv,
  kClose,
  kRange,
  kCap,
  kSelect,
  kRecvCase,
  kSendCase,
  kDefaultCase,
  // Locks and meeting points.
  kLock,
  kTryLock,
  kUnlock,
  kRLock,
  kTryRLock,
  kRUnlock,
  kCondWait,
  kCondWaitPred,
  kCondWaitFor,  // at most until some time
  kNotify,
  kNotifyAll,
  kWgAdd,
  kWgDone,
  kWgWait,
  kWgGo,
  kOnce,      // member: call(f)
  kCallOnce,  // std::call_once(flag, f, args...)
  kSemAcquire,
  kSemTryAcquire,
  kSemRelease,
  kLockAll,  // std::lock(a, b, ...)
  // Barriers and latches.
  kArrive,
  kArriveAndWait,
  kArriveAndDrop,
  kPhaseWait,
  // Promises and tasks.
  kFulfil,
  kGetFuture,
  kShare,          // future::share()
  kFutureWaitFor,  // at most until some time
  kPosix,          // of POSIX threads, and nothing else here
  // Atomics.
  kAtomicLoad,
  kAtomicStore,
  kAtomicRmw,
  kAtomicExchange,
  kAtomicCompare,
  // Values that pass through.
  kForward,      // std::move, std::forward, std::ref, ...
  kMakePointer,  // std::make_shared, std::make_unique
  kMakePair,
  kNothing,  // has no effect on the model
  kUnseen,   // orders goroutines in a way that is not modelled
};

enum class TypeRole : std::uint8_t {
  kScalar,
  kRecord,  // of the user's: field by field
  kArray,
  kOpaque,
  kChannel,
  kIterator,  // of a channel: the channel, the element
  kMutex,
  kWaitGroup,
  kOnce,
  kSemaphore,
  kAtomic,
  kAtomicRef,  // the address of what it is about
  kBarrier,
  kThread,         // joined by hand
  kJoiningThread,  // joined by its destructor
  kFuture,
  kPromise,
  kTask,     // std::packaged_task: what it calls, and its promise
  kThreads,  // a container of threads
  kGuard,    // lock_guard and its kin: the lock, whether held, whether shared
  kOptional,
  kPointer,      // smart pointers and reference_wrapper
  kContext,      // a channel that is closed when the context ends
  kCancel,       // the same, for who ends it
  kTimerHandle,  // the goroutine that a timer starts
  kCondition,
  kFunction,  // std::function
  kSequence,  // a container whose elements are known by their position
  kMap,       // or by their first cell
  kElementIterator,
  kInitializerList,
  kUnseen,  // synchronizes in a way that is not modelled
};

/// The elements of a container, or what its iterator leads to.
clang::QualType element_type(const clang::CXXRecordDecl* container);

class Roles {
 public:
  Role of(const clang::FunctionDecl* function);

 private:
  Role find(const clang::FunctionDecl* function) const;

  llvm::DenseMap<const clang::FunctionDecl*, Role> known_;
};

/// What follows `csp.role=` in the annotations of csp's headers.
const llvm::StringMap<Role>& tag_table();

/// What follows `csp.type=` in the annotations of types.
const llvm::StringMap<TypeRole>& type_tag_table();

/// The role of a class type by its annotation or the name of its record;
/// kRecord if it has none and the table does not know it.
TypeRole named_type_role(const clang::CXXRecordDecl* record);

/// Whether its holder may take a lock of this type again.
bool is_recursive(const clang::CXXRecordDecl* record);

/// Whether a guard of this type shares its lock with others.
bool is_shared_guard(const clang::CXXRecordDecl* record);

}  // namespace chansan::lower
