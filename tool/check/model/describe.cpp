#include "tool/check/model/describe.h"

#include "tool/check/model/memory.h"

namespace chansan::model {
namespace {

std::string noun(const Object* object) {
  if (!object) return "the object";
  switch (object->type) {
    case Object::Type::kChannel:
      return object->context ? "the context" : "the channel";
    case Object::Type::kMutex:
      return "the lock";
    case Object::Type::kWaitGroup:
      return "the wait group";
    case Object::Type::kThread:
      return object->promise ? "the promise" : "the thread";
    case Object::Type::kThreads:
      return "the threads";
    case Object::Type::kSemaphore:
      return "the semaphore";
    case Object::Type::kBarrier:
      return "the barrier";
    case Object::Type::kCondition:
      return "the condition variable";
    default:
      return "the object";
  }
}

const Object* operand(const State& state, const Goroutine& goroutine,
                      Register reg) {
  const auto& registers = goroutine.frames.back().registers;
  return reg < registers.size() ? object_of(state, registers[reg]) : nullptr;
}

std::string wait_to_send(const std::string& name, const Object* channel) {
  if (!channel) return "waits for ever to send on a nil channel";
  if (channel->count == 0)
    return "waits to send on " + name + ", and nobody comes to receive";
  return "waits to send on " + name + ", whose buffer of " +
         std::to_string(channel->count) + " is full";
}

std::string wait_to_receive(const std::string& name, const Object* channel,
                            bool range) {
  if (!channel) return "waits for ever to receive from a nil channel";
  if (range)
    return "waits for the next value of " + name +
           ", or for its close: neither comes";
  return "waits to receive from " + name +
         ": neither a value nor its close comes";
}

std::string wait_for_lock(const std::string& name, const Object* lock,
                          std::uint32_t self) {
  const bool named = lock && lock->name;
  const std::string text = "waits for the lock" + (named ? " " + name : "");
  if (!lock) return text;
  if (lock->owner == self) return text + ", which it holds itself";
  if (lock->owner)
    return text + ", which goroutine " + std::to_string(lock->owner) + " holds";
  return text;
}

}  // namespace

std::string describe(const Program& program, const Object* object) {
  if (object && object->name) return "'" + program.names[object->name] + "'";
  return noun(object);
}

std::string describe_wait(const Program& program, const State& state,
                          const Goroutine& goroutine,
                          const Instruction& instruction) {
  const Object* object = operand(state, goroutine, instruction.a);
  const std::string name = describe(program, object);
  switch (instruction.op) {
    case Op::kSend:
      return wait_to_send(name, object);
    case Op::kRecv:
      return wait_to_receive(name, object, instruction.imm != 0);
    case Op::kSelect:
      return program.selects[static_cast<std::size_t>(instruction.imm)].empty()
                 ? "waits for ever in a select without cases"
                 : "waits in a select none of whose cases can ever run";
    case Op::kLock:
    case Op::kRLock:
      return wait_for_lock(name, object, goroutine.id);
    case Op::kWait:
      return "waits for " + name + ", whose counter is " +
             std::to_string(object ? object->count : 0);
    case Op::kPhase:
      return "waits at " + name + ", where " +
             std::to_string(object ? object->count : 0) +
             " more would have to arrive";
    case Op::kJoin:
      if (object && object->promise)
        return "waits for the value of " + name + ", which does not come";
      return "waits for " + name + " to end";
    case Op::kOnceEnter:
      return "waits for the call that is running";
    case Op::kAcquire:
      return "waits for " + name;
    case Op::kCondWait:
      return "waits for a notification of " + name + ", which does not come";
    default:
      return "waits";
  }
}

std::string describe_step(const Program& program, const State& state,
                          const Goroutine& goroutine,
                          const Instruction& instruction) {
  const Object* object = operand(state, goroutine, instruction.a);
  const std::string name = describe(program, object);
  switch (instruction.op) {
    case Op::kSend:
      return "sends on " + name;
    case Op::kRecv:
      if (object && object->closed && object->values.empty())
        return "sees that " + name + " is closed";
      return "receives from " + name;
    case Op::kClose:
      return "closes " + name;
    case Op::kLock:
      return "locks " + name;
    case Op::kRLock:
      return "locks " + name + " for reading";
    case Op::kWait:
      return "sees that " + name + " is done";
    case Op::kPhase:
      return "sees that all are at " + name;
    case Op::kArrive:
      return "arrives at " + name;
    case Op::kJoin:
      if (object && object->promise) return "gets the value of " + name;
      return "sees that " + name + " has ended";
    case Op::kAcquire:
      return "acquires " + name;
    case Op::kCancel:
      return "cancels " + name;
    case Op::kCondEnter:
      return "begins to wait for " + name;
    case Op::kNotify:
      return "notifies " + name;
    case Op::kReturn:
      return "returns from main";
    default:
      return "";
  }
}

}  // namespace chansan::model
