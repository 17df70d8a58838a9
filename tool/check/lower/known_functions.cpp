// Functions of the library's objects that goroutines may be started with.
#include "tool/check/lower/unit.h"

namespace chansan::lower {

model::FunctionId Unit::cancel_function() {
  if (cancel_function_ != model::kNoFunction) return cancel_function_;
  model::Function function;
  function.name = "a cancel function";
  function.cells = {model::CellKind::kNil};
  function.parameters = {{0, 1}};
  function.method = function.defined = true;
  const auto load = [&](model::Op op, model::Register from) {
    model::Instruction instruction;
    instruction.op = op;
    instruction.a = from;
    instruction.dst = function.registers++;
    function.code.push_back(instruction);
    return instruction.dst;
  };
  const model::Register self =
      load(model::Op::kLoad, load(model::Op::kLocal, model::kNoRegister));
  model::Instruction cancel;
  cancel.op = model::Op::kCancel;
  cancel.a = load(model::Op::kLoad, self);
  function.code.push_back(cancel);
  function.code.push_back({model::Op::kReturn});
  cancel_function_ = static_cast<model::FunctionId>(program_.functions.size());
  program_.functions.push_back(std::move(function));
  return cancel_function_;
}

// Calls what is in the first cell, and keeps the promise in the second.
model::FunctionId Unit::task_function() {
  if (task_function_ != model::kNoFunction) return task_function_;
  constexpr std::uint32_t kParametersMax = 4;
  model::Function function;
  function.name = "a packaged task";
  function.method = function.defined = true;
  const auto add = [&](model::Op op, model::Register a, std::int64_t imm) {
    model::Instruction instruction;
    instruction.op = op;
    instruction.a = a;
    instruction.imm = imm;
    instruction.dst = function.registers++;
    function.code.push_back(std::move(instruction));
    return function.registers - 1;
  };
  const auto parameter = [&](std::uint32_t cell) {
    function.cells.push_back(model::CellKind::kUnknown);
    function.parameters.push_back({cell, 1});
    return add(model::Op::kLoad,
               add(model::Op::kLocal, model::kNoRegister, cell), 0);
  };
  const model::Register self = parameter(0);
  std::vector<model::Argument> passed;
  for (std::uint32_t i = 1; i <= kParametersMax; ++i)
    passed.push_back({parameter(i)});
  add(model::Op::kCall, add(model::Op::kLoad, self, 0), 0);
  function.code.back().args = std::move(passed);
  model::Instruction keep;
  keep.op = model::Op::kFulfil;
  keep.a = add(model::Op::kField, self, 1);
  function.code.push_back(std::move(keep));
  function.code.push_back({model::Op::kReturn});
  task_function_ = static_cast<model::FunctionId>(program_.functions.size());
  program_.functions.push_back(std::move(function));
  return task_function_;
}

}  // namespace chansan::lower
