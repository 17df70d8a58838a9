// Where events go, and what a listener may ask of the runtime.
//
// There is one sink, null by default; an unset hook costs one predictable
// branch. It is installed once, before main, and never changes afterwards.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "runtime/event.h"
#include "runtime/snapshot.h"

namespace csp::seam {

/// A fatal error or panic that is about to end the program with status 2.
struct Fatal {
  enum class Kind : std::uint8_t { kDeadlock, kPanic, kFatalError };
  Kind kind = Kind::kFatalError;
  std::string message;  // Go's first line
  const World& world;
};

/// Goroutines that can never run again while the program goes on.
struct Leak {
  const World& world;  // of every goroutine
  std::span<const GoroutineId> stuck;
};

/// Memory of the listener's that says nothing of what the program can reach.
struct OwnMemory {
  std::uintptr_t low = 0;
  std::uintptr_t high = 0;
};

/// The listener's side. Every member is set when the sink is installed.
struct Hooks {
  /// A synchronization event of the runtime. Called on the OS thread where it
  /// happens, possibly under the lock of the object that it is about: must
  /// not park, must not call the runtime.
  void (*event)(const Event& event);
  /// `goroutine` runs on this OS thread from now on. `*state` is the
  /// listener's own, null when the goroutine is new, kept per goroutine.
  /// Goroutine 0 with a null `state`: none runs here, the scheduler does.
  void (*resume)(GoroutineId goroutine, void** state);
  /// The id of the calling foreign OS thread.
  GoroutineId (*thread_id)();
  /// The calling goroutine has a new name.
  void (*named)(const std::string& name);
  /// The calling goroutine's accesses are not checked until the matching end,
  /// and an OS thread that it creates meanwhile is the runtime's own.
  void (*ignore_begin)();
  void (*ignore_end)();
  /// Reports made so far.
  std::size_t (*reports)();
  /// The goroutine stack [low, high) begins a new life without history.
  void (*stack_recycled)(std::uintptr_t low, std::uintptr_t high);
  /// The program is about to die; called once, no goroutine runs any more
  /// but the caller.
  void (*fatal)(const Fatal& fatal);
  /// Where its own memory is, but for what it has of malloc. Allocates nothing.
  std::span<const OwnMemory> (*own_memory)();
  /// The program ends with `status`. Returns the status to end with.
  int (*exiting)(int status);
  /// Whether the program was compiled for detection; else the listener only
  /// remembers.
  bool instrumented;
};

/// The sink; null until installed.
extern const Hooks* hooks;

// What whoever judges offers to the runtime; defined in
// detector/src/waits/attach.cpp, which is linked with the runtime.

/// Why the program could not go on, for a person; empty: nothing to say beyond
/// the goroutines. A report as JSON is written by this call.
std::string explain(const Fatal& fatal);
/// Reports each of leak.stuck that was not reported before. Returns how many.
std::size_t report(const Leak& leak);
/// The status to end with for a program that would end with `status`.
int status_after_reports(int status);
/// From now on what happens to each object is remembered for explain() and
/// report(). Before main, at most once, and only if nothing is installed.
void begin_to_remember();

/// Installs the sink. Requires: before main, once, and never undone.
void install(const Hooks& sink);

// What the runtime offers to the listener.

/// One source position of a program counter; inlined functions give several.
struct Symbol {
  std::string function;  // demangled, without parameters; empty: not known
  std::string file;      // as the compiler wrote it; empty: not known
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  bool inlined = false;  // into the symbol that follows
  bool library = false;  // csp, the standard library or below: not the user's
};

/// The innermost program counters of the calling stack, without the caller's
/// own: as many as fit. Allocates nothing. Returns how many there are.
std::size_t stack_here(std::span<std::uintptr_t> pcs);

/// The source positions of `pc`, innermost first; never empty. `pc` points
/// into the instruction (a return address minus one).
std::vector<Symbol> symbolize(std::uintptr_t pc);

/// The name of the global variable that covers `address`, its first address
/// and size; empty if there is none.
struct GlobalVariable {
  std::string name;
  std::uintptr_t address = 0;
  std::size_t size = 0;
};
GlobalVariable global_at(std::uintptr_t address);

/// The name that the program gave to a goroutine that is alive; else empty.
std::string goroutine_name(GoroutineId goroutine);

/// The goroutine whose stack covers an address, and where that stack ends;
/// 0 if none does.
struct StackOwner {
  GoroutineId goroutine = 0;
  std::uintptr_t high = 0;
};
/// OS threads' own stacks are not known here.
StackOwner stack_owner(std::uintptr_t address);

/// The goroutine that runs on this OS thread; 0 on a foreign thread that has
/// not used the runtime.
GoroutineId current_goroutine();

/// A new id from the sequence of goroutine ids, for a foreign thread.
GoroutineId next_goroutine_id();

/// The value of `name` in CHANSAN_OPTIONS, or null. The runtime has checked
/// the names against runtime/options.def before main.
const char* option(const char* name);

/// The same of an option that is a number; another one ends the program.
std::uint64_t number_option(const char* name, std::uint64_t least,
                            std::uint64_t most);

}  // namespace csp::seam
