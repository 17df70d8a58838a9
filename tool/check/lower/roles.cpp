#include "tool/check/lower/roles.h"

#include "clang/AST/Attr.h"
#include "clang/AST/DeclTemplate.h"
#include "llvm/ADT/StringMap.h"
#include "tool/check/lower/names.h"

namespace chansan::lower {

const llvm::StringMap<Role>& tag_table() {
  static const llvm::StringMap<Role> table = {
      {"spawn", Role::kSpawn},
      {"yield", Role::kYield},
      {"sleep", Role::kYield},
      {"io", Role::kYield},
      {"exit", Role::kExit},
      {"blocking", Role::kInline},
      {"make", Role::kMake},
      {"send", Role::kSend},
      {"recv", Role::kRecv},
      {"close", Role::kClose},
      {"range", Role::kRange},
      {"select", Role::kSelect},
      {"recv_case", Role::kRecvCase},
      {"send_case", Role::kSendCase},
      {"default_case", Role::kDefaultCase},
      {"lock", Role::kLock},
      {"try_lock", Role::kTryLock},
      {"unlock", Role::kUnlock},
      {"rlock", Role::kRLock},
      {"try_rlock", Role::kTryRLock},
      {"runlock", Role::kRUnlock},
      {"cond_wait", Role::kCondWait},
      {"cond_wait_pred", Role::kCondWaitPred},
      {"notify_one", Role::kNotify},
      {"notify_all", Role::kNotifyAll},
      {"wg_add", Role::kWgAdd},
      {"wg_done", Role::kWgDone},
      {"wg_wait", Role::kWgWait},
      {"wg_go", Role::kWgGo},
      {"once", Role::kOnce},
      {"sem_acquire", Role::kSemAcquire},
      {"sem_try_acquire", Role::kSemTryAcquire},
      {"sem_release", Role::kSemRelease},
      {"after", Role::kTimer},
      {"after_func", Role::kAfterFunc},
      {"ctx_background", Role::kBackground},
      {"ctx_done", Role::kContextDone},
      {"ctx_cancel", Role::kCancel},
  };
  return table;
}

const llvm::StringMap<TypeRole>& type_tag_table() {
  static const llvm::StringMap<TypeRole> table = {
      {"mutex", TypeRole::kMutex},
      {"guard", TypeRole::kGuard},
      {"shared_guard", TypeRole::kGuard},
      {"condition", TypeRole::kCondition},
      {"wait_group", TypeRole::kWaitGroup},
      {"semaphore", TypeRole::kSemaphore},
      {"thread", TypeRole::kThread},
      {"joining_thread", TypeRole::kJoiningThread},
      {"unseen", TypeRole::kUnseen},
  };
  return table;
}

namespace {

const llvm::StringMap<Role>& function_table() {
  static const llvm::StringMap<Role> table = {
      {"csp::go", Role::kSpawn},
      {"csp::make_chan", Role::kMake},
      {"csp::yield", Role::kYield},
      {"csp::timer::channel", Role::kTimer},
      {"csp::ticker::channel", Role::kTimer},
      {"csp::timer::stop", Role::kTimerStop},
      {"csp::ticker::stop", Role::kNothing},
      {"csp::ticker::reset", Role::kNothing},
      {"csp::with_cancel", Role::kWithCancel},
      {"csp::with_timeout", Role::kWithTimeout},
      {"csp::with_deadline", Role::kWithTimeout},
      {"csp::with_value", Role::kWithValue},
      {"csp::context::err", Role::kNothing},
      {"csp::context::deadline", Role::kNothing},
      {"csp::context::value", Role::kNothing},
      {"csp::chan::cap", Role::kCap},
      {"csp::send_chan::cap", Role::kCap},
      {"csp::recv_chan::cap", Role::kCap},
      {"csp::gomaxprocs", Role::kNothing},
      {"csp::num_cpu", Role::kNothing},
      {"csp::num_goroutine", Role::kNothing},
      {"csp::goroutine_id", Role::kNothing},
      {"csp::set_goroutine_name", Role::kNothing},
      {"csp::chan::len", Role::kNothing},
      {"csp::send_chan::len", Role::kNothing},
      {"csp::recv_chan::len", Role::kNothing},
      {"csp::race::reports", Role::kNothing},
      {"std::thread::join", Role::kJoin},
      {"std::jthread::join", Role::kJoin},
      {"std::thread::detach", Role::kDetach},
      {"std::jthread::detach", Role::kDetach},
      {"std::async", Role::kAsync},
      {"std::this_thread::yield", Role::kYield},
      {"std::this_thread::sleep_for", Role::kYield},
      {"std::this_thread::sleep_until", Role::kYield},
      {"sleep", Role::kYield},
      {"usleep", Role::kYield},
      {"nanosleep", Role::kYield},
      {"sched_yield", Role::kYield},
      {"std::call_once", Role::kCallOnce},
      {"std::lock", Role::kLockAll},
      {"std::move", Role::kForward},
      {"std::forward", Role::kForward},
      {"std::ref", Role::kForward},
      {"std::cref", Role::kForward},
      {"std::as_const", Role::kForward},
      {"std::addressof", Role::kForward},
      {"std::move_if_noexcept", Role::kForward},
      {"std::make_pair", Role::kMakePair},
      {"std::make_shared", Role::kMakePointer},
      {"std::make_unique", Role::kMakePointer},
      {"std::atomic_thread_fence", Role::kUnseen},
      {"pthread_create", Role::kSpawn},
      {"pthread_join", Role::kJoin},
      {"pthread_detach", Role::kDetach},
      {"pthread_exit", Role::kPosix},
      {"pthread_once", Role::kCallOnce},
      {"pthread_mutex_init", Role::kPosix},
      {"pthread_mutex_destroy", Role::kPosix},
      {"pthread_mutex_lock", Role::kLock},
      {"pthread_mutex_trylock", Role::kTryLock},
      {"pthread_mutex_timedlock", Role::kTryLock},
      {"pthread_mutex_unlock", Role::kUnlock},
      {"pthread_spin_init", Role::kPosix},
      {"pthread_spin_destroy", Role::kPosix},
      {"pthread_spin_lock", Role::kLock},
      {"pthread_spin_trylock", Role::kTryLock},
      {"pthread_spin_unlock", Role::kUnlock},
      {"pthread_rwlock_init", Role::kPosix},
      {"pthread_rwlock_destroy", Role::kPosix},
      {"pthread_rwlock_wrlock", Role::kLock},
      {"pthread_rwlock_trywrlock", Role::kTryLock},
      {"pthread_rwlock_rdlock", Role::kRLock},
      {"pthread_rwlock_tryrdlock", Role::kTryRLock},
      {"pthread_rwlock_unlock", Role::kUnlock},
      {"pthread_cond_init", Role::kPosix},
      {"pthread_cond_destroy", Role::kPosix},
      {"pthread_cond_wait", Role::kCondWait},
      {"pthread_cond_timedwait", Role::kCondWaitFor},
      {"pthread_cond_signal", Role::kNotify},
      {"pthread_cond_broadcast", Role::kNotifyAll},
      {"pthread_barrier_init", Role::kPosix},
      {"pthread_barrier_destroy", Role::kPosix},
      {"pthread_barrier_wait", Role::kArriveAndWait},
      {"sem_init", Role::kPosix},
      {"sem_destroy", Role::kPosix},
      {"sem_wait", Role::kSemAcquire},
      {"sem_trywait", Role::kSemTryAcquire},
      {"sem_timedwait", Role::kSemTryAcquire},
      {"sem_post", Role::kSemRelease},
      {"fork", Role::kUnseen},
  };
  return table;
}

// Members of the standard library's synchronization types, by name.
const llvm::StringMap<Role>& member_table() {
  static const llvm::StringMap<Role> table = {
      {"lock", Role::kLock},
      {"try_lock", Role::kTryLock},
      {"try_lock_for", Role::kTryLock},
      {"try_lock_until", Role::kTryLock},
      {"unlock", Role::kUnlock},
      {"lock_shared", Role::kRLock},
      {"try_lock_shared", Role::kTryRLock},
      {"unlock_shared", Role::kRUnlock},
      {"get", Role::kJoin},  // of a future
      {"wait", Role::kJoin},
      {"acquire", Role::kSemAcquire},
      {"try_acquire", Role::kSemTryAcquire},
      {"release", Role::kSemRelease},
      {"load", Role::kAtomicLoad},
      {"store", Role::kAtomicStore},
      {"exchange", Role::kAtomicExchange},
      {"compare_exchange_weak", Role::kAtomicCompare},
      {"compare_exchange_strong", Role::kAtomicCompare},
      {"fetch_add", Role::kAtomicRmw},
      {"fetch_sub", Role::kAtomicRmw},
      {"fetch_or", Role::kAtomicRmw},
      {"fetch_and", Role::kAtomicRmw},
      {"fetch_xor", Role::kAtomicRmw},
      {"test_and_set", Role::kAtomicExchange},
      {"test", Role::kAtomicLoad},
      {"clear", Role::kAtomicStore},
      {"notify_one", Role::kNotify},
      {"notify_all", Role::kNotifyAll},
      {"wait_for", Role::kCondWaitFor},
      {"wait_until", Role::kCondWaitFor},
      {"count_down", Role::kWgDone},
      {"arrive", Role::kArrive},
      {"arrive_and_wait", Role::kArriveAndWait},
      {"arrive_and_drop", Role::kArriveAndDrop},
      {"try_wait", Role::kSemTryAcquire},  // of a latch
      {"set_value", Role::kFulfil},
      {"set_exception", Role::kFulfil},
      {"get_future", Role::kGetFuture},
      {"share", Role::kShare},
  };
  return table;
}

const llvm::StringMap<TypeRole>& type_table() {
  static const llvm::StringMap<TypeRole> table = {
      {"csp::chan", TypeRole::kChannel},
      {"csp::send_chan", TypeRole::kChannel},
      {"csp::recv_chan", TypeRole::kChannel},
      {"csp::internal::RecvIterator", TypeRole::kIterator},
      {"csp::recv_status", TypeRole::kScalar},
      {"csp::mutex", TypeRole::kMutex},
      {"csp::shared_mutex", TypeRole::kMutex},
      {"csp::wait_group", TypeRole::kWaitGroup},
      {"csp::once", TypeRole::kOnce},
      {"csp::semaphore", TypeRole::kSemaphore},
      {"csp::condition_variable", TypeRole::kCondition},
      {"csp::context", TypeRole::kContext},
      {"csp::cancel_function", TypeRole::kCancel},
      {"csp::timer", TypeRole::kTimerHandle},
      {"std::mutex", TypeRole::kMutex},
      {"std::timed_mutex", TypeRole::kMutex},
      {"std::shared_mutex", TypeRole::kMutex},
      {"std::shared_timed_mutex", TypeRole::kMutex},
      {"std::recursive_mutex", TypeRole::kMutex},
      {"std::recursive_timed_mutex", TypeRole::kMutex},
      {"std::condition_variable", TypeRole::kCondition},
      {"std::condition_variable_any", TypeRole::kCondition},
      {"std::function", TypeRole::kFunction},
      {"std::vector", TypeRole::kSequence},
      {"std::deque", TypeRole::kSequence},
      {"std::list", TypeRole::kSequence},
      {"std::queue", TypeRole::kSequence},
      {"std::stack", TypeRole::kSequence},
      {"std::map", TypeRole::kMap},
      {"std::unordered_map", TypeRole::kMap},
      {"std::set", TypeRole::kMap},
      {"std::unordered_set", TypeRole::kMap},
      {"std::initializer_list", TypeRole::kInitializerList},
      {"__gnu_cxx::__normal_iterator", TypeRole::kElementIterator},
      {"std::_Deque_iterator", TypeRole::kElementIterator},
      {"std::_List_iterator", TypeRole::kElementIterator},
      {"std::_List_const_iterator", TypeRole::kElementIterator},
      {"std::_Rb_tree_iterator", TypeRole::kElementIterator},
      {"std::_Rb_tree_const_iterator", TypeRole::kElementIterator},
      {"std::__detail::_Node_iterator", TypeRole::kElementIterator},
      {"std::__detail::_Node_const_iterator", TypeRole::kElementIterator},
      {"std::once_flag", TypeRole::kOnce},
      {"std::atomic", TypeRole::kAtomic},
      {"std::atomic_flag", TypeRole::kAtomic},
      {"std::atomic_ref", TypeRole::kAtomicRef},
      {"std::thread", TypeRole::kThread},
      {"std::jthread", TypeRole::kJoiningThread},
      {"std::future", TypeRole::kFuture},
      {"std::shared_future", TypeRole::kFuture},
      {"std::promise", TypeRole::kPromise},
      {"std::packaged_task", TypeRole::kTask},
      {"std::latch", TypeRole::kWaitGroup},
      {"std::barrier", TypeRole::kBarrier},
      {"std::counting_semaphore", TypeRole::kSemaphore},
      {"std::lock_guard", TypeRole::kGuard},
      {"std::unique_lock", TypeRole::kGuard},
      {"std::scoped_lock", TypeRole::kGuard},
      {"std::shared_lock", TypeRole::kGuard},
      {"std::optional", TypeRole::kOptional},
      {"std::shared_ptr", TypeRole::kPointer},
      {"std::weak_ptr", TypeRole::kPointer},
      {"std::error_code", TypeRole::kScalar},
      {"std::unique_ptr", TypeRole::kPointer},
      {"std::reference_wrapper", TypeRole::kPointer},
      {"pthread_mutex_t", TypeRole::kMutex},
      {"pthread_rwlock_t", TypeRole::kMutex},
      {"pthread_cond_t", TypeRole::kCondition},
      {"pthread_barrier_t", TypeRole::kBarrier},
      {"sem_t", TypeRole::kSemaphore},
  };
  return table;
}

bool is_thread_container(const clang::CXXRecordDecl* record) {
  const auto* special =
      llvm::dyn_cast<clang::ClassTemplateSpecializationDecl>(record);
  if (!special || special->getTemplateArgs().size() == 0) return false;
  const std::string name = qualified_name(record);
  if (name != "std::vector" && name != "std::deque" && name != "std::list")
    return false;
  const auto& argument = special->getTemplateArgs()[0];
  if (argument.getKind() != clang::TemplateArgument::Type) return false;
  const auto* element = record_of(argument.getAsType());
  if (!element) return false;
  const TypeRole role = named_type_role(element);
  return role == TypeRole::kThread || role == TypeRole::kJoiningThread ||
         role == TypeRole::kFuture;
}

// Behind `csp.type=`; empty if there is none.
llvm::StringRef type_tag(const clang::CXXRecordDecl* record) {
  const auto* pattern = record->getTemplateInstantiationPattern();
  for (const auto* one : {record, pattern}) {
    if (!one || !one->hasAttrs()) continue;
    for (const auto* attribute : one->specific_attrs<clang::AnnotateAttr>()) {
      llvm::StringRef tag = attribute->getAnnotation();
      if (tag.consume_front("csp.type=")) return tag;
    }
  }
  return "";
}

// A type of C's may have no other name than that of its typedef.
std::string type_name(const clang::CXXRecordDecl* record) {
  const auto* alias = record->getTypedefNameForAnonDecl();
  return alias ? qualified_name(alias) : qualified_name(record);
}

bool is_qualified(llvm::StringRef name) { return name.contains("::"); }

bool calls_back(const clang::CXXRecordDecl* barrier) {
  const auto* special =
      llvm::dyn_cast<clang::ClassTemplateSpecializationDecl>(barrier);
  const auto* callback =
      special && special->getTemplateArgs().size() == 1
          ? record_of(special->getTemplateArgs()[0].getAsType())
          : nullptr;
  return callback && !callback->isInStdNamespace();
}

Role tag_of(const clang::FunctionDecl* function) {
  constexpr llvm::StringLiteral kPrefix = "csp.role=";
  // A friend declaration may come before the one that has the tag.
  for (const auto* attribute :
       function->getMostRecentDecl()->specific_attrs<clang::AnnotateAttr>()) {
    llvm::StringRef tag = attribute->getAnnotation();
    if (!tag.consume_front(kPrefix)) continue;
    const auto found = tag_table().find(tag);
    if (found != tag_table().end()) return found->second;
  }
  return Role::kNone;
}

Role latch_role(llvm::StringRef name) {
  return name == "wait"              ? Role::kWgWait
         : name == "count_down"      ? Role::kWgDone
         : name == "arrive_and_wait" ? Role::kArriveAndWait
         : name == "try_wait"        ? Role::kSemTryAcquire
                                     : Role::kNone;
}

Role member_role(const clang::CXXMethodDecl* method) {
  const auto found = member_table().find(
      method->getDeclName().isIdentifier() ? method->getName() : "");
  if (found == member_table().end()) return Role::kNone;
  // In libstdc++ atomics and futures inherit what they offer.
  const std::string owner = qualified_name(method->getParent());
  const llvm::StringRef name(owner);
  const bool atomic =
      name.starts_with("std::atomic") || name.starts_with("std::__atomic");
  const bool future = name == "std::future" || name == "std::shared_future" ||
                      name == "std::__basic_future";
  const TypeRole type = named_type_role(method->getParent());
  const Role role = found->second;
  if (name == "std::latch") return latch_role(method->getName());
  if (type == TypeRole::kBarrier)
    return role == Role::kJoin ? Role::kPhaseWait
           : role >= Role::kArrive && role <= Role::kArriveAndDrop
               ? role
               : Role::kNone;
  if (type == TypeRole::kPromise || type == TypeRole::kTask)
    return role == Role::kFulfil || role == Role::kGetFuture ? role
                                                             : Role::kNone;
  if (role >= Role::kWgAdd && role <= Role::kWgWait) return Role::kNone;
  // An atomic's wait() sees what was stored before the notification.
  if (role == Role::kJoin && atomic) return Role::kUnseen;
  if (future && role == Role::kCondWaitFor) return Role::kFutureWaitFor;
  if (role == Role::kJoin || role == Role::kShare)
    return future ? role : Role::kNone;
  if (atomic)
    return role >= Role::kAtomicLoad && role <= Role::kAtomicCompare ? role
           : role == Role::kNotify || role == Role::kNotifyAll ? Role::kNothing
                                                               : Role::kNone;
  const bool lock = role >= Role::kLock && role <= Role::kRUnlock;
  if (lock)
    return type == TypeRole::kMutex || type == TypeRole::kGuard ? role
                                                                : Role::kNone;
  const bool semaphore = role >= Role::kSemAcquire && role <= Role::kSemRelease;
  if (semaphore) return type == TypeRole::kSemaphore ? role : Role::kNone;
  if (role == Role::kNotify || role == Role::kNotifyAll ||
      role == Role::kCondWaitFor)
    return type == TypeRole::kCondition ? role : Role::kNone;
  return Role::kNone;
}

}  // namespace

Role Roles::of(const clang::FunctionDecl* function) {
  function = function->getCanonicalDecl();
  const auto [entry, is_new] = known_.try_emplace(function, Role::kNone);
  if (is_new) {
    const Role role = find(function);
    known_[function] = role;
    return role;
  }
  return entry->second;
}

Role Roles::find(const clang::FunctionDecl* function) const {
  if (const Role role = tag_of(function); role != Role::kNone) return role;
  if (const auto* pattern = function->getTemplateInstantiationPattern())
    if (const Role role = tag_of(pattern); role != Role::kNone) return role;
  if (!function->getDeclName().isIdentifier() || function->getName().empty())
    return Role::kNone;
  const std::string name = qualified_name(function);
  if (const auto found = function_table().find(name);
      found != function_table().end() &&
      (is_qualified(name) || function->isExternC()))
    return found->second;
  const auto* method = llvm::dyn_cast<clang::CXXMethodDecl>(function);
  if (!method) return Role::kNone;
  const bool standard = llvm::StringRef(name).starts_with("std::");
  if (!standard && type_tag(method->getParent()).empty()) return Role::kNone;
  if (method->getName() == "wait" &&
      named_type_role(method->getParent()) == TypeRole::kCondition) {
    // The third is a stop_token, with which it ends in any case.
    const unsigned count = function->getNumParams();
    return count == 1   ? Role::kCondWait
           : count == 2 ? Role::kCondWaitPred
                        : Role::kCondWaitFor;
  }
  return member_role(method);
}

TypeRole named_type_role(const clang::CXXRecordDecl* record) {
  if (!record->getDeclName().isIdentifier()) return TypeRole::kRecord;
  const auto tagged = type_tag_table().find(type_tag(record));
  if (tagged != type_tag_table().end()) return tagged->second;
  const std::string name = type_name(record);
  if (is_thread_container(record)) return TypeRole::kThreads;
  const auto found = type_table().find(name);
  if (found == type_table().end()) return TypeRole::kRecord;
  const TypeRole role = found->second;
  // What a barrier calls when all are there is not followed.
  if (role == TypeRole::kBarrier && calls_back(record))
    return TypeRole::kUnseen;
  const bool container =
      role == TypeRole::kSequence || role == TypeRole::kMap ||
      role == TypeRole::kElementIterator || role == TypeRole::kInitializerList;
  // Of bits, or with something of the user's own: not known.
  if (container) {
    const clang::QualType element = element_type(record);
    if (element.isNull() || element->isBooleanType()) return TypeRole::kOpaque;
  }
  return role;
}

bool is_recursive(const clang::CXXRecordDecl* record) {
  const std::string name = record ? qualified_name(record) : "";
  return name == "std::recursive_mutex" || name == "std::recursive_timed_mutex";
}

bool is_shared_guard(const clang::CXXRecordDecl* record) {
  return record && (qualified_name(record) == "std::shared_lock" ||
                    type_tag(record) == "shared_guard");
}

clang::QualType element_type(const clang::CXXRecordDecl* container) {
  const auto* special =
      llvm::dyn_cast<clang::ClassTemplateSpecializationDecl>(container);
  if (!special || special->getTemplateArgs().size() == 0) return {};
  const auto type_at = [](const auto& arguments, unsigned i) {
    return arguments[i].getKind() == clang::TemplateArgument::Type
               ? arguments[i].getAsType()
               : clang::QualType();
  };
  const auto& arguments = special->getTemplateArgs();
  const clang::QualType first = type_at(arguments, 0);
  if (first.isNull()) return {};
  // Iterators of vectors are made of a pointer.
  if (qualified_name(container) == "__gnu_cxx::__normal_iterator")
    return first->getPointeeType();
  // The allocator names the elements, of maps too.
  const clang::QualType last = type_at(arguments, arguments.size() - 1);
  const auto* allocator =
      last.isNull() || arguments.size() == 1
          ? nullptr
          : llvm::dyn_cast_or_null<clang::ClassTemplateSpecializationDecl>(
                record_of(last));
  if (!allocator || qualified_name(allocator) != "std::allocator") return first;
  return type_at(allocator->getTemplateArgs(), 0);
}

}  // namespace chansan::lower
