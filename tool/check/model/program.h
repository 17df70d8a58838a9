// The sync model: what a translation unit does with goroutines, channels,
// locks and shared variables, and nothing else. Knows nothing of Clang.
//
// A Function is straight code over registers with jumps. Memory is cells: each
// variable, field or small array element that matters is one cell or a run of
// them (a Layout), so that a field is an offset and a copy is a loop. What is
// not modelled (a string, a map) is one opaque cell whose reads and writes
// still count.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace chansan::model {

using Register = std::uint32_t;
using SiteId = std::uint32_t;  // a place in the source
using FunctionId = std::uint32_t;
using LayoutId = std::uint32_t;

inline constexpr Register kNoRegister = ~Register{0};
inline constexpr FunctionId kNoFunction = ~FunctionId{0};
inline constexpr SiteId kNoSite = ~SiteId{0};

/// What a cell holds when its life begins.
enum class CellKind : std::uint8_t {
  kUnknown,  // a scalar without initialiser, or opaque
  kZero,     // a scalar set to zero
  kNil,      // a channel, pointer or thread handle: none yet
  kMutex,    // these own an object from the start
  kWaitGroup,
  kOnce,
  kAtomic,
  kThreads,  // a container of thread handles
  kSemaphore,
  kCondition,
  kRecursive,  // a lock that its holder may take again
  kBarrier,
  kPromise,
  kOpen,  // a synchronization object that is not modelled
};

/// What a variable is, for messages.
enum class Sort : std::uint8_t {
  kPlain,
  kContainer,
  kHandle,  // a smart pointer, a string, a function object
};

/// A named run of cells, for messages.
struct Variable {
  std::string name;
  std::uint32_t offset = 0;
  std::uint32_t cells = 1;
  SiteId site = kNoSite;
  bool shared = true;  // global: it can change, and is no reference
  bool loop = false;   // local: the variable of a loop
  Sort sort = Sort::kPlain;
  std::string symbol;   // global: its name between units; empty: of this one
  bool defined = true;  // global: in this unit
  bool linked = false;  // global: every unit that uses it is in the program
  FunctionId initialiser = kNoFunction;  // global: sets it up
  bool others = false;  // global: functions that the root does not call use it
};

struct Layout {
  std::vector<CellKind> cells;
  std::vector<Variable> variables;  // the members of a record
};

enum class Op : std::uint8_t {
  // Values: dst = ...
  kConst,     // imm
  kUnknown,   // a fresh unknown scalar
  kNil,       // no channel, a null pointer
  kFunction,  // the function imm
  kLocal,     // address of cell imm of this call
  kGlobal,    // address of cell imm of the globals
  kField,     // address a, imm cells further
  kIndex,     // address a, value b times imm cells further, below cells c
  kMove,      // a
  kArith,     // a (Arith)imm b
  kNot,       // !a
  // Memory.
  kLoad,   // dst = *a; imm: whether another goroutine may see the cell
  kStore,  // *a = b; imm as above, 2: the first value of the atomic in *a
  kCopy,   // imm cells from *b to *a; c: what is left in b if it is a handle
           // (0: the same, 1: nothing), or in any case (2: zero)
  kInit,   // the cells of layout imm begin their life at *a
  kAlloc,  // dst = address of new cells of layout imm
  kTouch,  // an opaque cell *a, or c cells, is read (imm 0) or written (imm 1)
  kHavoc,  // imm cells from *a may hold anything now
  kName,   // the object in *a is called names[imm], unless it has a name
  // Containers: *a leads to the elements, imm cells each; nil: none yet.
  kPush,     // appends the element at b; c 1: b is its only cell
  kElement,  // dst = address of element b
  kCount,    // dst = number of elements
  kFirst,    // dst = address of the first
  kEnd,      // dst = address behind the last
  kPop,      // drops the last; c 1: the first
  kClear,    // drops all
  kClone,    // *a becomes a container with the same elements as *b
  kFind,     // dst = address of the element whose first cell is b, or kEnd; c:
             // the layout of the element that is then added
  kErase,    // drops the element whose first cell is b
  kResize,   // to b elements; c: the layout of new ones
  // A function object: dst = address of function imm and of the c cells at a
  // that it captured.
  kClosure,
  // Control.
  kJump,      // to imm
  kBranch,    // if a to imm, else to b
  kLinked,    // on if the function imm has a body, to b if not; imm < 0: if the
              // global -1 - imm is used by no unseen unit
  kOnceLoop,  // a kBranch of a loop that does not synchronize: to imm, and
              // the second time to b
  kCall,      // dst = function imm (or the value a) of args
  kReturn,    // a; imm > 0: the address of so many cells
  kStop,      // the program ends, or goes on in a way that is not modelled
  kOpaque,    // dst = something; args escape; imm 1: may synchronize
  kEscape,    // what the imm cells at a lead to may be used by unseen code
  // Goroutines.
  kSpawn,       // dst = thread handle; function imm (or value a) of args
  kSpawnLater,  // the same, at a time that is not known
  kDisarm,      // dst = whether what kSpawnLater made, *a, had not begun; it
                // will not
  kJoin,        // thread handle, or container of them, in *a; imm 1: unless
                // it is what a promise will give
  kYield,
  kAdopt,  // the thread handle b joins the container in *a
  // Channels: a = the channel's value.
  kMake,       // dst = channel of capacity a
  kMakeTimer,  // dst = channel on which a value may come at any time
  kSend,       // b into channel a
  kRecv,       // dst = whether a value came, c = the value; imm 1: of a range,
               // 2: of a range whose body may leave it
  kClose,      // channel a
  kSelect,     // dst = index; cases[imm]
  kCap,        // dst = capacity of a
  // Contexts are channels that nothing is sent on.
  kMakeContext,  // dst = child of the context a; imm 1: ends by itself
  kCancel,       // closes context a, and those made from it
  // Locks and the rest: a = address of the cell.
  kLock,  // and those in args, all at once
  kRLock,
  kTryLock,  // dst = whether it was taken; imm 1: shared
  kUnlock,   // imm 1: also one that is shared
  kRUnlock,
  kRecursive,  // the lock may be one that its holder can take again
  kAdd,        // b to the wait group
  kDone,       // the same with -1
  kWait,       // until zero
  // Conditions: enter while the lock is held, unlock, wait, lock.
  kCondEnter,
  kCondWait,
  kNotify,     // imm 1: all
  kOnceEnter,  // dst = whether this call runs the function
  kOnceLeave,
  kAcquire,  // b from the semaphore
  kRelease,  // b to the semaphore
  kExpect,   // b goroutines at the barrier
  kArrive,   // dst = the phase that b of them arrive in; imm 1: and for good
  kPhase,    // until phase b is over
  kFulfil,   // the promise
  kBecome,   // an object of CellKind imm, if the cell holds none yet
  // Atomics; c 1: *a is a plain cell.
  kAtomicLoad,   // dst; imm: whether it acquires
  kAtomicStore,  // b; imm: whether it releases
  kAtomicRmw,    // dst = value before; new value: before (Arith)imm b
  kTaint,        // from here on this goroutine may be ordered in unseen ways
  kOthers,       // from here on others may use the globals that they use
};

enum class Arith : std::uint8_t {
  kAdd,
  kSub,
  kMul,
  kDiv,
  kRem,
  kLess,
  kLessEqual,
  kGreater,
  kGreaterEqual,
  kEqual,
  kNotEqual,
  kAssign,
  kIs,  // equal for certain: what is not known is not
  kOther,
};

/// How an argument reaches its parameter.
enum class Pass : std::uint8_t {
  kValue,  // the register into one cell
  kCopy,   // `cells` cells from the address in the register
  kFresh,  // the address of new cells with a copy of those
};

struct Argument {
  Register reg = kNoRegister;
  Pass pass = Pass::kValue;
  std::uint32_t cells = 1;
};

/// Of a branch.
enum class Side : std::uint8_t { kNone, kTrue, kFalse };

struct Instruction {
  Op op;
  bool guarded = false;  // an exception from here is caught in the function
  // kBranch: neither side synchronizes; kStore: binds a reference.
  bool quiet = false;
  Side usual = Side::kNone;  // kBranch: the other side only leaves the function
  bool loop_branch = false;  // kBranch: decides whether `loop` goes on
  std::uint16_t loop = 0;    // the innermost loop around it; 0: none
  SiteId site = kNoSite;
  Register dst = kNoRegister;
  Register a = kNoRegister;
  Register b = kNoRegister;
  Register c = kNoRegister;
  std::int64_t imm = 0;
  std::vector<Argument> args;
};

struct SelectCase {
  enum class Kind : std::uint8_t { kSend, kRecv, kDefault, kUnknown };
  Kind kind = Kind::kUnknown;
  Register channel = kNoRegister;
  Register value = kNoRegister;    // kSend
  Register has = kNoRegister;      // kRecv: set to whether a value came
  Register payload = kNoRegister;  // kRecv: set to the value
  SiteId site = kNoSite;
};

struct Parameter {
  std::uint32_t offset = 0;
  std::uint32_t cells = 1;
};

/// Registers that Function::live can tell of.
inline constexpr std::size_t kLiveMax = 64;

struct Function {
  std::string name;
  SiteId site = kNoSite;
  std::vector<Instruction> code;
  std::uint32_t registers = 0;
  std::vector<CellKind> cells;
  std::vector<Parameter> parameters;  // `this` first, for a member
  std::vector<Variable> variables;
  // Of each loop the loop around it, 0: none. Entry 0 stands for "no loop".
  std::vector<std::uint16_t> loops = {0};
  std::string symbol;  // its name between units; empty: of this one only
  bool defined = false;
  bool method = false;  // its first parameter is `this`
  bool relevant =
      false;  // set by prepare(): it synchronizes, or calls what does
  // Set by prepare(): so many registers, the first ones, may be read in another
  // block than the one that sets them. The others are cleared at each jump, so
  // that states which behave alike look alike.
  std::uint32_t lasting = 0;
  // Set by prepare(): of each instruction, which of the other registers still
  // will be read: bit i stands for register lasting + i.
  std::vector<std::uint64_t> live;
  // Set by prepare(): of each instruction, whether the function may return
  // after it.
  std::vector<bool> returns;
};

struct Program {
  std::vector<Function> functions;
  std::vector<Layout> layouts;
  std::vector<std::string> names;
  std::vector<std::vector<SelectCase>> selects;
  std::vector<CellKind> globals;
  std::vector<Variable> global_variables;
  FunctionId initialise = kNoFunction;  // sets the globals up
};

/// Gives the program the function that initialises its globals, in their
/// order.
void add_initialise(Program& program);

/// Completes what the machine needs to know of each function. To be called
/// once, when all code is there.
void prepare(Program& program);

/// Where an exploration starts.
struct Root {
  FunctionId function = kNoFunction;
  bool is_main = false;  // the program ends with it
};

}  // namespace chansan::model
