#include "detector/src/instrument/race_finding.h"

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

#include "detector/src/instrument/stack_variable.h"

namespace chansan::live {

namespace {

using csp::seam::EventKind;
using race::Operation;
using race::Race;
using race::RaceDetector;
using race::RaceSide;

std::string operation_name(const RaceSide& side) {
  switch (side.operation) {
    case Operation::kFree:
      return "free";
    case Operation::kSend:
      return "send";
    case Operation::kClose:
      return "close";
    case Operation::kAdd:
      return "add";
    case Operation::kWait:
      return "wait";
    case Operation::kAccess:
      break;
  }
  return std::string(is_atomic(side.manner) ? "atomic " : "") +
         (is_write(side.manner) ? "write" : "read");
}

}  // namespace

std::string who(std::uint64_t goroutine) {
  if (goroutine == 1) return "the main goroutine";
  return "goroutine " + std::to_string(goroutine);
}

Stack stack_of(const RaceDetector& detector, race::ContextId context,
               Names& names) {
  Stack stack;
  for (const std::uint64_t pc : detector.stack(context)) {
    Stack frames = names.frames(pc);
    stack.insert(stack.end(), std::make_move_iterator(frames.begin()),
                 std::make_move_iterator(frames.end()));
  }
  return user_stack(std::move(stack));
}

// The go statement is inlined into the user's function, and calls the library
// from there: the pc of the one and the return address of the other are the
// same line.
Stack creation_stack(const RaceDetector& detector, race::ContextId created_at,
                     Names& names) {
  Stack stack = stack_of(detector, created_at, names);
  if (stack.size() > 1 && stack[0] == stack[1]) stack.erase(stack.begin());
  return stack;
}

namespace {

Access access_of(const RaceDetector& detector, const RaceSide& side,
                 Names& names) {
  return {operation_name(side), side.goroutine, side.address, side.size,
          stack_of(detector, side.context, names)};
}

// Where a goroutine that takes part has been: its access, and where it created
// one that takes part, or an ancestor of it.
std::vector<std::vector<std::uint64_t>> stacks_of(
    csp::seam::GoroutineId goroutine, const RaceDetector& detector,
    const Race& race) {
  std::vector<std::vector<std::uint64_t>> stacks;
  for (const RaceSide* side : {&race.later, &race.earlier}) {
    if (side->goroutine == goroutine) {
      stacks.push_back(detector.stack(side->context));
    }
    race::ContextId created_at = side->created_at;
    for (const race::Ancestor& ancestor : side->ancestors) {
      if (ancestor.id == goroutine) {
        stacks.push_back(detector.stack(created_at));
      }
      created_at = ancestor.created_at;
    }
  }
  return stacks;
}

void add_stack_variable(Memory& memory, const StackOwner& stack,
                        const RaceDetector& detector, const Race& race,
                        Names& names) {
  const std::uint64_t address = race.later.address;
  for (const CallFrame& frame : frames_around(
           address, stack.high, stacks_of(stack.goroutine, detector, race))) {
    Local local = names.local_at(frame, address, race.later.size);
    if (local.name.empty()) continue;
    const Stack functions = names.frames(frame.pc);  // innermost first
    if (local.inlined < functions.size()) {
      memory.function =
          functions[functions.size() - 1 - local.inlined].function;
    }
    memory.name = std::move(local.name);
    memory.size = local.size;
    memory.offset = address - local.address;
    memory.declared_at = std::move(local.declaration.location);
    if (!local.declaration.member.empty()) {
      memory.field = memory.name + local.declaration.member;
    }
    return;
  }
}

Memory memory_of(const RaceDetector& detector, const Race& race, Names& names) {
  Memory memory;
  if (race.on_object) {
    const bool channel = race.later.operation == Operation::kSend ||
                         race.later.operation == Operation::kClose;
    memory.kind = channel ? Memory::Kind::kChannel : Memory::Kind::kWaitGroup;
    return memory;
  }
  const std::uint64_t address = race.later.address;
  if (const Variable global = names.global_at(address); !global.name.empty()) {
    memory.kind = Memory::Kind::kGlobal;
    memory.name = global.name;
    memory.size = global.size;
    memory.offset = address - global.address;
    Declaration declaration =
        names.declaration(global, memory.offset, race.later.size);
    memory.declared_at = std::move(declaration.location);
    if (!declaration.member.empty()) {
      memory.field = memory.name + declaration.member;
    }
    return memory;
  }
  if (const race::Block block = detector.block(address); block.size != 0) {
    memory.kind = Memory::Kind::kHeap;
    memory.size = block.size;
    memory.offset = address - block.address;
    memory.allocated_at = stack_of(detector, block.allocated_at, names);
    return memory;
  }
  const StackOwner stack = names.stack_owner(address);
  if (stack.goroutine == 0) return memory;
  memory.kind = Memory::Kind::kStack;
  memory.goroutine = stack.goroutine;
  add_stack_variable(memory, stack, detector, race, names);
  return memory;
}

// A goroutine that takes part, and behind it those that lead to it.
void add_goroutines(std::vector<chansan::Goroutine>& all, const RaceSide& side,
                    const RaceDetector& detector, Names& names) {
  const auto add = [&](std::uint64_t id, std::string name,
                       race::ContextId created_at, std::uint64_t creator,
                       std::string status) {
    const bool known =
        std::any_of(all.begin(), all.end(),
                    [id](const Goroutine& one) { return one.id == id; });
    if (id == 0 || known) return;
    Goroutine goroutine;
    goroutine.id = id;
    goroutine.name = name.empty() ? names.goroutine_name(id) : std::move(name);
    goroutine.status = std::move(status);
    goroutine.creator = creator;
    if (created_at != 0) {
      goroutine.created_at = creation_stack(detector, created_at, names);
    }
    all.push_back(std::move(goroutine));
  };
  add(side.goroutine, side.name, side.created_at, side.ancestors[0].id,
      side.ended ? "finished" : "running");
  for (std::size_t i = 0; i < side.ancestors.size(); ++i) {
    const bool last = i + 1 == side.ancestors.size();
    add(side.ancestors[i].id, "", side.ancestors[i].created_at,
        last ? 0 : side.ancestors[i + 1].id, "");
  }
}

std::string release_name(EventKind kind) {
  switch (kind) {
    case EventKind::kGoCreate:
      return "the start of another goroutine";
    case EventKind::kUnlock:
    case EventKind::kRUnlock:
      return "an unlock";
    case EventKind::kChanSend:
      return "a send";
    case EventKind::kChanRecv:
      return "a receive";
    case EventKind::kChanRendezvous:
      return "an exchange over an unbuffered channel";
    case EventKind::kChanClose:
      return "a close";
    case EventKind::kWgAdd:
      return "a wait_group::done";
    case EventKind::kOnceDone:
      return "the end of a once's function";
    case EventKind::kPermitsGiven:
      return "a semaphore::release";
    case EventKind::kAtomicStore:
      return "an atomic store";
    default:
      return "a release";
  }
}

const Location* first_place(const Stack& stack) {
  for (const Frame& frame : stack) {
    if (!frame.location.file.empty()) return &frame.location;
  }
  return nullptr;
}

// Two accesses are unordered because nothing that the earlier one's goroutine
// released after it was acquired by the later one's.
std::string why(const Race& race, const RaceDetector& detector, Names& names) {
  const std::string earlier = who(race.earlier.goroutine);
  const std::string later = who(race.later.goroutine);
  const std::string what = operation_name(race.earlier);
  const race::Release& last = race.earlier.last_release;
  std::string text;
  if (last.tick < race.earlier.tick) {
    text = earlier + " has released nothing since its " + what;
    if (race.earlier.ended) text += ", and its end orders nothing";
    text += ": so nothing orders it before what " + later + " does.";
  } else {
    text = "what " + earlier + " released last since its " + what + ", by " +
           release_name(last.kind);
    const Stack stack = stack_of(detector, last.context, names);
    if (const Location* place = first_place(stack)) {
      text += " at " + place->file + ":" + std::to_string(place->line);
      if (place->column != 0) text += ":" + std::to_string(place->column);
    }
    text +=
        ", has not been acquired by " + later + ", directly or through others.";
  }
  text[0] = static_cast<char>(text[0] - 'a' + 'A');
  return text;
}

bool frees(const Race& race) {
  return race.later.operation == Operation::kFree ||
         race.earlier.operation == Operation::kFree;
}

// What would order the two, where there is one usual way.
std::string hint(const Race& race, const Memory& memory) {
  switch (memory.kind) {
    case Memory::Kind::kChannel:
      return "close a channel when every send on it is over: from the only "
             "sender, or after a wait_group that counts the senders";
    case Memory::Kind::kWaitGroup:
      return "call add() before the goroutine that it counts is started, "
             "where it is ordered before wait()";
    default:
      return frees(race)
                 ? "free a block when every use of it is ordered before "
                   "that: after a join, or by a shared count"
                 : "";
  }
}

std::string message(const Race& race, const Memory& memory) {
  switch (memory.kind) {
    case Memory::Kind::kChannel:
      return "a send is concurrent with the close of its channel, and may "
             "find it closed";
    case Memory::Kind::kWaitGroup:
      return "a wait_group::add from zero is concurrent with a wait, which "
             "may miss it";
    default:
      break;
  }
  if (frees(race)) {
    const bool later = race.later.operation == Operation::kFree;
    const RaceSide& user = later ? race.earlier : race.later;
    const RaceSide& owner = later ? race.later : race.earlier;
    return who(user.goroutine) + " uses a block that " + who(owner.goroutine) +
           " frees, and may use it afterwards";
  }
  std::string thing = "memory";
  if (memory.kind == Memory::Kind::kGlobal) thing = "'" + memory.name + "'";
  if (memory.kind == Memory::Kind::kHeap) thing = "a heap block";
  if (memory.kind == Memory::Kind::kStack) {
    thing = memory.name.empty() ? "a stack variable" : "'" + memory.name + "'";
  }
  return who(race.later.goroutine) + " and " + who(race.earlier.goroutine) +
         " use " + thing + " unordered";
}

}  // namespace

Stack user_stack(Stack stack) {
  const bool has_user =
      std::any_of(stack.begin(), stack.end(),
                  [](const Frame& frame) { return !frame.library; });
  if (has_user) {
    std::erase_if(stack, [](const Frame& frame) { return frame.library; });
  }
  return stack;
}

Finding race_finding(const Race& race, const RaceDetector& detector,
                     Names& names) {
  Finding finding;
  finding.id = "race";
  finding.memory = memory_of(detector, race, names);
  finding.message = message(race, finding.memory);
  finding.accesses.push_back(access_of(detector, race.later, names));
  finding.accesses.push_back(access_of(detector, race.earlier, names));
  if (const Location* place = first_place(finding.accesses[0].stack)) {
    finding.location = *place;
  }
  add_goroutines(finding.goroutines, race.later, detector, names);
  add_goroutines(finding.goroutines, race.earlier, detector, names);
  finding.why = why(race, detector, names);
  finding.hint = hint(race, finding.memory);
  return finding;
}

std::string race_identity(const Finding& finding) {
  std::vector<std::string> places;
  for (const Access& access : finding.accesses) {
    std::string place;
    if (!access.stack.empty()) {
      const Frame& frame = access.stack.front();
      place = frame.function + '\n' + frame.location.file + '\n' +
              std::to_string(frame.location.line);
    }
    places.push_back(std::move(place));
  }
  // Which of the two came first is a matter of the schedule.
  std::sort(places.begin(), places.end());
  std::string identity = std::to_string(static_cast<int>(finding.memory.kind)) +
                         '\n' + finding.memory.name;
  for (const std::string& place : places) identity += '\n' + place;
  return identity;
}

}  // namespace chansan::live
