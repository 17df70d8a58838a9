// Cells and objects of a state, as instructions use them.
#pragma once

#include <span>

#include "tool/check/model/state.h"

namespace chansan::model {

/// The cell at `address`, or null if it is not known.
Value* cell_at(State& state, const Value& address);
const Value* cell_at(const State& state, const Value& address);

/// The object that a channel value or the cell at an address stands for.
Object* object_of(State& state, const Value& value);
const Object* object_of(const State& state, const Value& value);

/// Whether the handle, or the one in the cell at an address, is empty.
bool is_nil(const State& state, const Value& value);

/// Starts the life of cells: locks get their object.
void initialise(State& state, std::span<Value> cells,
                std::span<const CellKind> kinds, SiteId site);

std::uint32_t add_segment(State& state, std::span<const CellKind> kinds,
                          FunctionId frame_of, SiteId site);

Value fresh_symbol(State& state);

/// Code that is not seen has `value` and may use what it leads to from now on.
void escape(const Program& program, State& state, const Value& value,
            std::vector<SiteId>& channels);
/// The same for an argument. Of a variable it is the address of one cell: how
/// many of them the code may use is known to who calls it.
void escape_given(const Program& program, State& state, const Value& value,
                  std::vector<SiteId>& channels);

/// Functions that the root does not call may have used the globals that are
/// marked so, and may do so at any time. They give back the locks that they
/// take.
void share_with_others(const Program& program, State& state);

/// Whether a branch on `value` goes on: true, false, or either.
enum class Truth : std::uint8_t { kFalse, kTrue, kEither };
Truth truth_of(const State& state, const Value& value);

/// Decides an unknown condition. Returns false if that cannot be, or is
/// further than a bounded exploration goes.
bool assume(State& state, const Value& condition, bool outcome);

Value arithmetic(const State& state, Arith arith, const Value& a,
                 const Value& b);
Value negate(const Value& value);

}  // namespace chansan::model
