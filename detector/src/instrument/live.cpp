#include "detector/src/instrument/live.h"

#include <pthread.h>
#include <unwind.h>

#include <mutex>
#include <vector>

#include "detector/src/instrument/inlined.h"
#include "detector/src/instrument/names.h"
#include "detector/src/instrument/threads.h"

namespace chansan::live {

constinit thread_local OsThread os_thread{};
bool is_running = false;
constinit DetectorStorage detector_storage;
constinit LockOrderStorage lock_order_storage;
bool watches_locks = false;
bool is_limited = false;
std::atomic<std::int64_t> own_heap_bytes{0};

namespace {

// The stack may be one that another thread has used: glibc keeps them.
void read_stack_bounds() {
  pthread_attr_t attributes;
  if (pthread_getattr_np(pthread_self(), &attributes) != 0) return;
  void* low = nullptr;
  std::size_t size = 0;
  pthread_attr_getstack(&attributes, &low, &size);
  pthread_attr_destroy(&attributes);
  os_thread.stack_low = reinterpret_cast<std::uintptr_t>(low);
  os_thread.stack_high = os_thread.stack_low + size;
}

// Where the stacks of the program's OS threads are. Never destroyed: threads
// may outlive main.
struct Stacks {
  struct Stack {
    std::uintptr_t low;
    std::uintptr_t high;
    GoroutineId owner;
  };
  race::SpinLock lock;
  std::vector<Stack> all;  // guarded by lock
};
Stacks& stacks() {
  static Stacks* const all = new Stacks;
  return *all;
}

void set_checked() {
  Goroutine* goroutine = os_thread.goroutine;
  os_thread.checked =
      goroutine != nullptr && goroutine->ignoring == 0 ? goroutine : nullptr;
  look_for(os_thread.checked);
}

}  // namespace

void start(race::RaceListener& listener, std::uint64_t memory_max) {
  new (&detector_storage.detector)
      race::RaceDetector(listener, race::kChainsMax, start_inlined());
  is_limited = memory_max != 0;
  if (is_limited) detector().limit_memory(memory_max, &own_heap_bytes);
  is_running = true;
}

void start_lock_order(locks::CycleListener& listener) {
  new (&lock_order_storage.order) locks::LockOrder(detector(), listener);
  watches_locks = true;
}

Goroutine* acting() {
  OsThread& thread = os_thread;
  if (!is_running || thread.inside > 0) return nullptr;
  if (thread.goroutine == nullptr && !thread.is_runtimes) {
    adopt_thread(new_thread_id());
  }
  return thread.goroutine;
}

void adopt_thread(GoroutineId id) {
  const Inside inside;
  read_stack_bounds();
  if (os_thread.stack_high != 0 && id != 1) {
    forget(os_thread.stack_low, os_thread.stack_high - os_thread.stack_low);
  }
  os_thread.goroutine = &detector().goroutine(id);
  set_checked();
  const std::scoped_lock guard(stacks().lock);
  stacks().all.push_back({os_thread.stack_low, os_thread.stack_high, id});
}

StackOwner thread_stack_owner(std::uintptr_t address) {
  const std::scoped_lock guard(stacks().lock);
  for (const auto& stack : stacks().all) {
    if (address >= stack.low && address < stack.high) {
      return {stack.owner, stack.high};
    }
  }
  return {};
}

void abandon_thread() {
  {
    const Inside inside;
    const std::scoped_lock guard(stacks().lock);
    std::erase_if(stacks().all, [](const auto& stack) {
      return stack.low == os_thread.stack_low;
    });
  }
  os_thread.goroutine = nullptr;
  set_checked();
  os_thread.is_runtimes = true;  // what still runs is the end of the thread
}

void resume(Goroutine* goroutine) {
  os_thread.goroutine = goroutine;
  os_thread.is_runtimes = goroutine == nullptr;
  set_checked();
}

void ignore(int more) {
  Goroutine* goroutine = os_thread.goroutine;
  if (goroutine == nullptr) return;
  goroutine->ignoring += more;
  set_checked();
}

void access_slow(std::uintptr_t address, std::uint64_t size, Manner manner,
                 std::uintptr_t pc) {
  OsThread& thread = os_thread;
  if (thread.inside > 0) {
    // A handler that could not wait: signals.cpp.
    detector().count_dropped();
    return;
  }
  // Nothing in there changes errno, and who comes late keeps it.
  ++thread.inside;
  const bool done =
      detector().access_quickly(*thread.goroutine, address, size, manner, pc);
  leave();
  if (done) return;
  const Inside inside;
  detector().access(
      *thread.goroutine, address, size, manner,
      {.pc = pc, .size = static_cast<std::uint8_t>(size <= 16 ? size : 0)});
}

void on_range(const volatile void* place, std::uint64_t size, Manner manner,
              void* return_address) {
  const Goroutine* goroutine = os_thread.checked;
  if (goroutine == nullptr || size == 0) return;
  const auto address = reinterpret_cast<std::uintptr_t>(place);
  if (detector().is_range_repeated(*goroutine, address, size, manner)) return;
  access_slow(address, size, manner,
              reinterpret_cast<std::uintptr_t>(return_address) - 1);
}

void on_sync(EventKind kind, const volatile void* object, void* return_address,
             std::uint8_t flags) {
  Goroutine* goroutine = acting();
  if (goroutine == nullptr) return;
  const Inside inside;
  Event event{.kind = kind, .flags = flags};
  event.object = reinterpret_cast<std::uintptr_t>(object);
  consume_as(*goroutine, event,
             reinterpret_cast<std::uintptr_t>(return_address) - 1);
}

// Frames of code with frame pointers are a list; the first one above the mark
// that func_entry left belongs to the instrumented function itself, so the
// return address below it points into that function.
std::uintptr_t calling_pc(const Goroutine& goroutine) {
  constexpr int kFramesMax = 32;
  auto frame = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
  const std::uintptr_t limit = goroutine.calls.innermost_stack(frame);
  std::uintptr_t pc = 0;
  for (int i = 0; i < kFramesMax && frame <= limit; ++i) {
    const auto* words = reinterpret_cast<const std::uintptr_t*>(frame);
    const std::uintptr_t next = words[0];
    if (next <= frame || next % sizeof(std::uintptr_t) != 0) return 0;
    pc = words[1] - 1;
    frame = next;
  }
  return frame > limit ? pc : 0;
}

namespace {

struct Search {
  std::uintptr_t mark;
  std::uintptr_t pc;
};

_Unwind_Reason_Code look_at_frame(_Unwind_Context* context, void* search) {
  auto& looked_for = *static_cast<Search*>(search);
  if (_Unwind_GetCFA(context) <= looked_for.mark) return _URC_NO_REASON;
  looked_for.pc = _Unwind_GetIP(context) - 1;
  return _URC_NORMAL_STOP;
}

}  // namespace

std::uintptr_t unwound_calling_pc(const Goroutine& goroutine) {
  const auto here =
      reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
  Search search{goroutine.calls.innermost_stack(here), 0};
  if (search.mark != 0) _Unwind_Backtrace(&look_at_frame, &search);
  return search.pc;
}

}  // namespace chansan::live
