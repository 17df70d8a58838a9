// The locks of POSIX, which std::mutex and its kin are made of.
//
// An unlock is told before it happens and a lock after, so that the detector's
// order is an order in which they took effect.
#include <linux/futex.h>
#include <pthread.h>
#include <semaphore.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstddef>
#include <ctime>
#include <mutex>
#include <unordered_map>

#include "detector/src/instrument/live.h"
#include "detector/src/instrument/real.h"
#include "detector/src/instrument/threads.h"

namespace chansan::live {

namespace {

using MutexCall = int(pthread_mutex_t*);
using TimedMutexCall = int(pthread_mutex_t*, const timespec*);
using RwCall = int(pthread_rwlock_t*);
using TimedRwCall = int(pthread_rwlock_t*, const timespec*);

constinit Real<MutexCall> real_lock("pthread_mutex_lock");
constinit Real<MutexCall> real_trylock("pthread_mutex_trylock");
constinit Real<TimedMutexCall> real_timedlock("pthread_mutex_timedlock");
constinit Real<int(pthread_mutex_t*, clockid_t, const timespec*)>
    real_clocklock("pthread_mutex_clocklock");
constinit Real<MutexCall> real_unlock("pthread_mutex_unlock");
constinit Real<MutexCall> real_destroy("pthread_mutex_destroy");

constinit Real<RwCall> real_rdlock("pthread_rwlock_rdlock");
constinit Real<RwCall> real_tryrdlock("pthread_rwlock_tryrdlock");
constinit Real<TimedRwCall> real_timedrdlock("pthread_rwlock_timedrdlock");
constinit Real<int(pthread_rwlock_t*, clockid_t, const timespec*)>
    real_clockrdlock("pthread_rwlock_clockrdlock");
constinit Real<RwCall> real_wrlock("pthread_rwlock_wrlock");
constinit Real<RwCall> real_trywrlock("pthread_rwlock_trywrlock");
constinit Real<TimedRwCall> real_timedwrlock("pthread_rwlock_timedwrlock");
constinit Real<int(pthread_rwlock_t*, clockid_t, const timespec*)>
    real_clockwrlock("pthread_rwlock_clockwrlock");
constinit Real<RwCall> real_rwunlock("pthread_rwlock_unlock");
constinit Real<RwCall> real_rwdestroy("pthread_rwlock_destroy");

constinit Real<int(pthread_spinlock_t*)> real_spin_lock("pthread_spin_lock");
constinit Real<int(pthread_spinlock_t*)> real_spin_trylock(
    "pthread_spin_trylock");
constinit Real<int(pthread_spinlock_t*)> real_spin_unlock(
    "pthread_spin_unlock");

// The condition variables of before 2003 have another layout.
constexpr const char* kCondVersion = "GLIBC_2.3.2";
constinit Real<int(pthread_cond_t*, pthread_mutex_t*)> real_wait(
    "pthread_cond_wait", kCondVersion);
constinit Real<int(pthread_cond_t*, pthread_mutex_t*, const timespec*)>
    real_timedwait("pthread_cond_timedwait", kCondVersion);
constinit Real<int(pthread_cond_t*, pthread_mutex_t*, clockid_t,
                   const timespec*)>
    real_clockwait("pthread_cond_clockwait");

constinit Real<int(pthread_mutex_t*, const pthread_mutexattr_t*)> real_init(
    "pthread_mutex_init");
constinit Real<int(pthread_rwlock_t*, const pthread_rwlockattr_t*)> real_rwinit(
    "pthread_rwlock_init");
constinit Real<int(pthread_spinlock_t*, int)> real_spin_init(
    "pthread_spin_init");
constinit Real<int(sem_t*, int, unsigned)> real_sem_init("sem_init");
constinit Real<int(sem_t*)> real_sem_destroy("sem_destroy");
constinit Real<int(sem_t*)> real_sem_post("sem_post");
constinit Real<int(sem_t*)> real_sem_wait("sem_wait");
constinit Real<int(sem_t*)> real_sem_trywait("sem_trywait");
constinit Real<int(sem_t*, const timespec*)> real_sem_timedwait(
    "sem_timedwait");
constinit Real<int(sem_t*, clockid_t, const timespec*)> real_sem_clockwait(
    "sem_clockwait");

// A robust mutex is locked even if its owner died.
bool is_locked(int error) { return error == 0 || error == EOWNERDEAD; }

int locked(int error, EventKind kind, const volatile void* lock, void* pc,
           std::uint8_t flags = 0) {
  if (is_locked(error)) on_sync(kind, lock, pc, flags);
  return error;
}

// A wait's mutex. A thread that is canceled while it waits has it again when
// its handlers run.
class UnlockedMeanwhile {
 public:
  UnlockedMeanwhile(pthread_mutex_t* mutex, void* pc) : mutex_(mutex), pc_(pc) {
    on_sync(EventKind::kUnlock, mutex_, pc_);
  }
  UnlockedMeanwhile(const UnlockedMeanwhile&) = delete;
  UnlockedMeanwhile& operator=(const UnlockedMeanwhile&) = delete;
  ~UnlockedMeanwhile() { on_sync(EventKind::kLock, mutex_, pc_); }

 private:
  pthread_mutex_t* const mutex_;
  void* const pc_;
};

// Whether glibc will say that it is not the caller's to unlock.
bool unlock_will_fail(const pthread_mutex_t* mutex) {
  constexpr int kTypeBits = 3;
  const int type = mutex->__data.__kind & kTypeBits;
  if (type != PTHREAD_MUTEX_RECURSIVE && type != PTHREAD_MUTEX_ERRORCHECK) {
    return false;
  }
  return mutex->__data.__owner != gettid();
}

// Who gives up does not wait for ever.
int tried(int error, EventKind kind, const volatile void* lock, void* pc) {
  return locked(error, kind, lock, pc, csp::seam::kTried);
}

// glibc lets readers pass writers that wait, unless told otherwise.
std::uint8_t reader_flags(const pthread_rwlock_t* lock) {
  return lock->__data.__flags == PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP
             ? 0
             : csp::seam::kPassesWriters;
}

int taken(int result, sem_t* semaphore, void* pc) {
  if (result == 0) on_sync(EventKind::kAcquire, semaphore, pc);
  return result;
}

}  // namespace

// The kernel's list of them, which glibc keeps.
void release_robust_mutexes() {
  robust_list_head* head = nullptr;
  std::size_t size = 0;
  if (syscall(SYS_get_robust_list, 0, &head, &size) != 0) return;
  const robust_list* end = &head->list;
  for (const robust_list* each = head->list.next; each != end;) {
    // The lowest bit says that the mutex inherits priorities.
    const auto link =
        reinterpret_cast<std::uintptr_t>(each) & ~std::uintptr_t{1};
    const std::uintptr_t mutex =
        link - offsetof(pthread_mutex_t, __data.__list.__next);
    on_sync(EventKind::kUnlock, reinterpret_cast<void*>(mutex), nullptr);
    each = reinterpret_cast<const robust_list*>(link)->next;
  }
}

}  // namespace chansan::live

using namespace chansan::live;

#define CSP_RETURN_ADDRESS __builtin_return_address(0)

extern "C" {

int pthread_mutex_lock(pthread_mutex_t* mutex) noexcept {
  return locked(real_lock(mutex), EventKind::kLock, mutex, CSP_RETURN_ADDRESS);
}
int pthread_mutex_trylock(pthread_mutex_t* mutex) noexcept {
  return tried(real_trylock(mutex), EventKind::kLock, mutex,
               CSP_RETURN_ADDRESS);
}
int pthread_mutex_timedlock(pthread_mutex_t* mutex,
                            const timespec* until) noexcept {
  return tried(real_timedlock(mutex, until), EventKind::kLock, mutex,
               CSP_RETURN_ADDRESS);
}
int pthread_mutex_clocklock(pthread_mutex_t* mutex, clockid_t clock,
                            const timespec* until) noexcept {
  return tried(real_clocklock(mutex, clock, until), EventKind::kLock, mutex,
               CSP_RETURN_ADDRESS);
}
int pthread_mutex_unlock(pthread_mutex_t* mutex) noexcept {
  if (unlock_will_fail(mutex)) return real_unlock(mutex);
  on_sync(EventKind::kUnlock, mutex, CSP_RETURN_ADDRESS);
  return real_unlock(mutex);
}
// A lock that is made anew has no past, whether or not the one that was there
// before was destroyed.
int pthread_mutex_init(pthread_mutex_t* mutex,
                       const pthread_mutexattr_t* attributes) noexcept {
  on_sync(EventKind::kLockFree, mutex, CSP_RETURN_ADDRESS);
  return real_init(mutex, attributes);
}
int pthread_rwlock_init(pthread_rwlock_t* lock,
                        const pthread_rwlockattr_t* attributes) noexcept {
  on_sync(EventKind::kLockFree, lock, CSP_RETURN_ADDRESS);
  return real_rwinit(lock, attributes);
}
int pthread_spin_init(pthread_spinlock_t* lock, int shared) noexcept {
  on_sync(EventKind::kLockFree, const_cast<int*>(lock), CSP_RETURN_ADDRESS);
  return real_spin_init(lock, shared);
}
int sem_init(sem_t* semaphore, int shared, unsigned value) noexcept {
  on_sync(EventKind::kLockFree, semaphore, CSP_RETURN_ADDRESS);
  return real_sem_init(semaphore, shared, value);
}
int sem_destroy(sem_t* semaphore) noexcept {
  on_sync(EventKind::kLockFree, semaphore, CSP_RETURN_ADDRESS);
  return real_sem_destroy(semaphore);
}
int pthread_mutex_destroy(pthread_mutex_t* mutex) noexcept {
  on_sync(EventKind::kLockFree, mutex, CSP_RETURN_ADDRESS);
  return real_destroy(mutex);
}

int pthread_rwlock_rdlock(pthread_rwlock_t* lock) noexcept {
  return locked(real_rdlock(lock), EventKind::kRLock, lock, CSP_RETURN_ADDRESS,
                reader_flags(lock));
}
int pthread_rwlock_tryrdlock(pthread_rwlock_t* lock) noexcept {
  return tried(real_tryrdlock(lock), EventKind::kRLock, lock,
               CSP_RETURN_ADDRESS);
}
int pthread_rwlock_timedrdlock(pthread_rwlock_t* lock,
                               const timespec* until) noexcept {
  return tried(real_timedrdlock(lock, until), EventKind::kRLock, lock,
               CSP_RETURN_ADDRESS);
}
int pthread_rwlock_clockrdlock(pthread_rwlock_t* lock, clockid_t clock,
                               const timespec* until) noexcept {
  return tried(real_clockrdlock(lock, clock, until), EventKind::kRLock, lock,
               CSP_RETURN_ADDRESS);
}
int pthread_rwlock_wrlock(pthread_rwlock_t* lock) noexcept {
  return locked(real_wrlock(lock), EventKind::kLock, lock, CSP_RETURN_ADDRESS);
}
int pthread_rwlock_trywrlock(pthread_rwlock_t* lock) noexcept {
  return tried(real_trywrlock(lock), EventKind::kLock, lock,
               CSP_RETURN_ADDRESS);
}
int pthread_rwlock_timedwrlock(pthread_rwlock_t* lock,
                               const timespec* until) noexcept {
  return tried(real_timedwrlock(lock, until), EventKind::kLock, lock,
               CSP_RETURN_ADDRESS);
}
int pthread_rwlock_clockwrlock(pthread_rwlock_t* lock, clockid_t clock,
                               const timespec* until) noexcept {
  return tried(real_clockwrlock(lock, clock, until), EventKind::kLock, lock,
               CSP_RETURN_ADDRESS);
}
int pthread_rwlock_unlock(pthread_rwlock_t* lock) noexcept {
  // The writer, while there is one, is the only holder.
  const bool writes = lock->__data.__cur_writer != 0;
  on_sync(writes ? EventKind::kUnlock : EventKind::kRUnlock, lock,
          CSP_RETURN_ADDRESS);
  return real_rwunlock(lock);
}
int pthread_rwlock_destroy(pthread_rwlock_t* lock) noexcept {
  on_sync(EventKind::kLockFree, lock, CSP_RETURN_ADDRESS);
  return real_rwdestroy(lock);
}

int pthread_spin_lock(pthread_spinlock_t* lock) noexcept {
  return locked(real_spin_lock(lock), EventKind::kLock, lock,
                CSP_RETURN_ADDRESS);
}
int pthread_spin_trylock(pthread_spinlock_t* lock) noexcept {
  return tried(real_spin_trylock(lock), EventKind::kLock, lock,
               CSP_RETURN_ADDRESS);
}
int pthread_spin_unlock(pthread_spinlock_t* lock) noexcept {
  on_sync(EventKind::kUnlock, lock, CSP_RETURN_ADDRESS);
  return real_spin_unlock(lock);
}

// A condition variable orders through its mutex only, also when the wait ends
// without a signal.
int pthread_cond_wait(pthread_cond_t* condition, pthread_mutex_t* mutex) {
  const UnlockedMeanwhile unlocked(mutex, CSP_RETURN_ADDRESS);
  return real_wait(condition, mutex);
}
int pthread_cond_timedwait(pthread_cond_t* condition, pthread_mutex_t* mutex,
                           const timespec* until) {
  const UnlockedMeanwhile unlocked(mutex, CSP_RETURN_ADDRESS);
  return real_timedwait(condition, mutex, until);
}
int pthread_cond_clockwait(pthread_cond_t* condition, pthread_mutex_t* mutex,
                           clockid_t clock, const timespec* until) {
  const UnlockedMeanwhile unlocked(mutex, CSP_RETURN_ADDRESS);
  return real_clockwait(condition, mutex, clock, until);
}

int sem_post(sem_t* semaphore) noexcept {
  on_sync(EventKind::kReleaseMerge, semaphore, CSP_RETURN_ADDRESS);
  return real_sem_post(semaphore);
}
int sem_wait(sem_t* semaphore) {
  return taken(real_sem_wait(semaphore), semaphore, CSP_RETURN_ADDRESS);
}
int sem_trywait(sem_t* semaphore) noexcept {
  return taken(real_sem_trywait(semaphore), semaphore, CSP_RETURN_ADDRESS);
}
int sem_timedwait(sem_t* semaphore, const timespec* until) {
  return taken(real_sem_timedwait(semaphore, until), semaphore,
               CSP_RETURN_ADDRESS);
}
int sem_clockwait(sem_t* semaphore, clockid_t clock, const timespec* until) {
  return taken(real_sem_clockwait(semaphore, clock, until), semaphore,
               CSP_RETURN_ADDRESS);
}

}  // extern "C"
