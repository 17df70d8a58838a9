// What a program may tell the detector itself: the interface of
// <sanitizer/tsan_interface.h> and the Annotate functions before it, so that
// sources written for those keep their meaning.
#include <cstddef>
#include <cstdint>

#include "detector/src/instrument/live.h"

namespace {

using chansan::live::EventKind;
using chansan::live::Manner;
using chansan::live::on_range;
using chansan::live::on_sync;

// Of <sanitizer/tsan_interface.h>.
constexpr unsigned kReadLock = 1u << 3;
constexpr unsigned kFailed = 1u << 5;

}  // namespace

#define CSP_RETURN_ADDRESS __builtin_return_address(0)

extern "C" {

void __tsan_acquire(void* object) {
  on_sync(EventKind::kAcquire, object, CSP_RETURN_ADDRESS);
}
void __tsan_release(void* object) {
  on_sync(EventKind::kReleaseMerge, object, CSP_RETURN_ADDRESS);
}

// A mutex of the program's own making. What happens inside its functions is
// its own business.
void __tsan_mutex_create(void*, unsigned) {}
void __tsan_mutex_destroy(void* mutex, unsigned) {
  on_sync(EventKind::kLockFree, mutex, CSP_RETURN_ADDRESS);
}
void __tsan_mutex_pre_lock(void*, unsigned) { chansan::live::ignore(1); }
void __tsan_mutex_post_lock(void* mutex, unsigned flags, int) {
  chansan::live::ignore(-1);
  if ((flags & kFailed) != 0) return;
  on_sync((flags & kReadLock) != 0 ? EventKind::kRLock : EventKind::kLock,
          mutex, CSP_RETURN_ADDRESS);
}
int __tsan_mutex_pre_unlock(void* mutex, unsigned flags) {
  on_sync((flags & kReadLock) != 0 ? EventKind::kRUnlock : EventKind::kUnlock,
          mutex, CSP_RETURN_ADDRESS);
  chansan::live::ignore(1);
  return 1;
}
void __tsan_mutex_post_unlock(void*, unsigned) { chansan::live::ignore(-1); }
void __tsan_mutex_pre_signal(void*, unsigned) { chansan::live::ignore(1); }
void __tsan_mutex_post_signal(void*, unsigned) { chansan::live::ignore(-1); }
void __tsan_mutex_pre_divert(void*, unsigned) { chansan::live::ignore(-1); }
void __tsan_mutex_post_divert(void*, unsigned) { chansan::live::ignore(1); }
void __tsan_check_no_mutexes_held() {}

// Tags for library objects have no place in our reports; the accesses have.
void* __tsan_external_register_tag(const char*) { return nullptr; }
void __tsan_external_register_header(void*, const char*) {}
void __tsan_external_assign_tag(void*, void*) {}
void __tsan_external_read(void* place, void* pc, void*) {
  on_range(place, 1, Manner::kRead, pc);
}
void __tsan_external_write(void* place, void* pc, void*) {
  on_range(place, 1, Manner::kWrite, pc);
}

void __tsan_flush_memory() {}  // nothing that is kept can be given up
void __tsan_on_thread_idle() {}

void AnnotateHappensBefore(const char*, int, const volatile void* object) {
  on_sync(EventKind::kReleaseMerge, object, CSP_RETURN_ADDRESS);
}
void AnnotateHappensAfter(const char*, int, const volatile void* object) {
  on_sync(EventKind::kAcquire, object, CSP_RETURN_ADDRESS);
}
void AnnotateRWLockCreate(const char*, int, const volatile void*) {}
void AnnotateRWLockCreateStatic(const char*, int, const volatile void*) {}
void AnnotateRWLockDestroy(const char*, int, const volatile void* lock) {
  on_sync(EventKind::kLockFree, lock, CSP_RETURN_ADDRESS);
}
void AnnotateRWLockAcquired(const char*, int, const volatile void* lock,
                            std::intptr_t writes) {
  on_sync(writes != 0 ? EventKind::kLock : EventKind::kRLock, lock,
          CSP_RETURN_ADDRESS);
}
void AnnotateRWLockReleased(const char*, int, const volatile void* lock,
                            std::intptr_t writes) {
  on_sync(writes != 0 ? EventKind::kUnlock : EventKind::kRUnlock, lock,
          CSP_RETURN_ADDRESS);
}
void AnnotateIgnoreReadsBegin(const char*, int) { chansan::live::ignore(1); }
void AnnotateIgnoreReadsEnd(const char*, int) { chansan::live::ignore(-1); }
void AnnotateIgnoreWritesBegin(const char*, int) { chansan::live::ignore(1); }
void AnnotateIgnoreWritesEnd(const char*, int) { chansan::live::ignore(-1); }
void AnnotateIgnoreSyncBegin(const char*, int) {}
void AnnotateIgnoreSyncEnd(const char*, int) {}

void AnnotateNewMemory(const char*, int, const volatile void* place,
                       std::size_t size) {
  if (chansan::live::acting() == nullptr) return;
  const chansan::live::Inside inside;
  chansan::live::forget(reinterpret_cast<std::uintptr_t>(place), size);
}
void AnnotateThreadName(const char*, int, const char*) {}
void AnnotateBenignRace(const char*, int, const volatile void*, const char*) {}
void AnnotateBenignRaceSized(const char*, int, const volatile void*,
                             std::size_t, const char*) {}
void AnnotateEnableRaceDetection(const char*, int, int) {}
void AnnotateFlushState(const char*, int) {}
void AnnotateNoOp(const char*, int, const volatile void*) {}
void AnnotateCondVarSignal(const char*, int, const volatile void*) {}
void AnnotateCondVarSignalAll(const char*, int, const volatile void*) {}
void AnnotateCondVarWait(const char*, int, const volatile void*,
                         const volatile void*) {}
void AnnotateMutexIsNotPHB(const char*, int, const volatile void*) {}
void AnnotateMutexIsUsedAsCondVar(const char*, int, const volatile void*) {}
void AnnotateTraceMemory(const char*, int, const volatile void*) {}
void AnnotateMemoryIsInitialized(const char*, int, const volatile void*,
                                 std::size_t) {}
void AnnotateMemoryIsUninitialized(const char*, int, const volatile void*,
                                   std::size_t) {}

}  // extern "C"
