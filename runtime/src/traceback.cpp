#include "runtime/src/traceback.h"

#include <unwind.h>

#include <algorithm>
#include <array>
#include <map>
#include <string_view>
#include <tuple>

#include "runtime/src/scheduler.h"
#include "runtime/src/symbolize.h"

namespace csp::internal {

namespace {

constexpr std::size_t kFramesMax = 256;  // per goroutine
constexpr std::int64_t kMinuteNs = 60'000'000'000;

struct Frames {
  std::array<std::uintptr_t, kFramesMax> pcs;
  std::array<std::uintptr_t, kFramesMax> places;  // of the return addresses
  std::size_t count = 0;
};

_Unwind_Reason_Code add_frame(_Unwind_Context* context, void* argument) {
  auto& frames = *static_cast<Frames*>(argument);
  int before_instruction = 0;
  std::uintptr_t pc = _Unwind_GetIPInfo(context, &before_instruction);
  if (pc == 0 || frames.count == kFramesMax) return _URC_END_OF_STACK;
  // A return address is the instruction after the call.
  if (!before_instruction) --pc;
  // The canonical frame address of the frame called from here is just above
  // where that call left its return address.
  frames.places[frames.count] =
      _Unwind_GetCFA(context) - sizeof(std::uintptr_t);
  frames.pcs[frames.count++] = pc;
  return _URC_NO_REASON;
}

void walk(void* frames) { _Unwind_Backtrace(&add_frame, frames); }

// Those of x86-64 that calls preserve, as DWARF numbers them.
constexpr std::array<int, UserPart::kRegisters> kPreserved = {3,  6,  12,
                                                              13, 14, 15};

std::string one_line(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

std::string frame_text(const seam::Symbol& symbol, std::uintptr_t pc) {
  std::string text = (symbol.function.empty() ? "??" : symbol.function) +
                     (symbol.inlined ? "(...)" : "()") + "\n\t";
  text += symbol.file.empty() ? "??" : symbol.file;
  text += ":" + std::to_string(symbol.line);
  if (!symbol.inlined) text += " +0x" + to_hex(pc - function_start(pc));
  return text + "\n";
}

/// The user's frames; all of them if none is the user's.
std::string stack_text(std::span<const std::uintptr_t> pcs) {
  std::string user;
  std::string all;
  for (const std::uintptr_t pc : pcs) {
    for (const seam::Symbol& symbol : seam::symbolize(pc)) {
      const std::string text = frame_text(symbol, pc);
      all += text;
      if (!symbol.library) user += text;
    }
  }
  return user.empty() ? all : user;
}

std::string created_text(const seam::GoroutineSnapshot& shot) {
  if (shot.created_at == 0) return {};
  const auto symbols = seam::symbolize(shot.created_at);
  const seam::Symbol* user = &symbols.back();
  for (const seam::Symbol& symbol : symbols) {
    if (symbol.library) continue;
    user = &symbol;
    break;
  }
  std::string text =
      "created by " + (user->function.empty() ? "??" : user->function);
  if (shot.creator != 0) {
    text += " in goroutine " + std::to_string(shot.creator);
  }
  return text + "\n\t" + (user->file.empty() ? "??" : user->file) + ":" +
         std::to_string(user->line) + "\n";
}

std::string block_text(const seam::GoroutineSnapshot& shot) {
  std::string text =
      "goroutine " + std::to_string(shot.id) + " [" + shot.status;
  const std::int64_t minutes = shot.waiting_ns / kMinuteNs;
  if (minutes > 0) text += ", " + std::to_string(minutes) + " minutes";
  text += "]:\n";
  if (!shot.name.empty()) text += one_line(shot.name) + "\n";
  if (shot.pcs.empty()) {
    text += "\tgoroutine running on other thread; stack unavailable\n";
  } else {
    text += stack_text(shot.pcs);
  }
  return text + created_text(shot);
}

}  // namespace

std::vector<std::uintptr_t> backtrace_here() {
  Frames frames;
  walk(&frames);
  return {frames.pcs.begin(), frames.pcs.begin() + frames.count};
}

std::vector<std::uintptr_t> backtrace_of(const Goroutine& suspended,
                                         std::vector<std::size_t>* places) {
  Frames frames;
  csp_call_on(suspended.context.sp, &walk, &frames);
  if (places) {
    const auto top = reinterpret_cast<std::uintptr_t>(suspended.stack_high);
    for (std::size_t i = 0; i < frames.count; ++i) {
      places->push_back(top - frames.places[i]);
    }
  }
  return {frames.pcs.begin(), frames.pcs.begin() + frames.count};
}

std::uintptr_t first_frame_of_thread() {
  std::uintptr_t highest = 0;
  _Unwind_Backtrace(
      [](_Unwind_Context* context, void* argument) {
        *static_cast<std::uintptr_t*>(argument) = _Unwind_GetCFA(context);
        return _URC_NO_REASON;
      },
      &highest);
  return highest;
}

struct Innermost {
  std::span<std::uintptr_t> pcs;
  std::size_t count = 0;
  std::size_t left_out = 2;  // stack_here() and its caller

  static _Unwind_Reason_Code add(_Unwind_Context* context, void* argument) {
    auto& self = *static_cast<Innermost*>(argument);
    if (self.left_out > 0) {
      --self.left_out;
      return _URC_NO_REASON;
    }
    int before_instruction = 0;
    const std::uintptr_t pc = _Unwind_GetIPInfo(context, &before_instruction);
    if (pc == 0 || self.count == self.pcs.size()) return _URC_END_OF_STACK;
    self.pcs[self.count++] = before_instruction ? pc : pc - 1;
    return _URC_NO_REASON;
  }
};

struct UserSearch {
  UserParts& parts;
  UserPart found;

  static _Unwind_Reason_Code look(_Unwind_Context* context, void* argument) {
    auto& search = *static_cast<UserSearch*>(argument);
    int before_instruction = 0;
    std::uintptr_t pc = _Unwind_GetIPInfo(context, &before_instruction);
    if (pc == 0) return _URC_END_OF_STACK;
    if (!before_instruction) --pc;
    if (!search.parts.is_user(pc)) return _URC_NO_REASON;
    search.found.low = _Unwind_GetCFA(context);
    for (std::size_t i = 0; i < kPreserved.size(); ++i) {
      search.found.registers[i] = _Unwind_GetGR(context, kPreserved[i]);
    }
    return _URC_END_OF_STACK;
  }
};

bool UserParts::is_user(std::uintptr_t pc) {
  const auto [place, is_new] = known_.try_emplace(pc, false);
  if (is_new) place->second = !is_library(pc);
  return place->second;
}

UserPart UserParts::of(const Goroutine& suspended) {
  UserSearch search{*this, {}};
  csp_call_on(
      suspended.context.sp,
      [](void* argument) { _Unwind_Backtrace(&UserSearch::look, argument); },
      &search);
  const auto sp = reinterpret_cast<std::uintptr_t>(suspended.context.sp);
  const auto top = reinterpret_cast<std::uintptr_t>(suspended.stack_high);
  // Without debug information nobody knows whose a frame is.
  if (search.found.low < sp || search.found.low > top) return {sp, {}};
  return search.found;
}

std::string to_text(std::span<const seam::GoroutineSnapshot> goroutines,
                    std::size_t full_max) {
  std::string text;
  const std::size_t full = std::min(full_max, goroutines.size());
  for (std::size_t i = 0; i < full; ++i) {
    if (i > 0) text += "\n";
    text += block_text(goroutines[i]);
  }
  // Equal stacks are kept once, so that their address tells them apart.
  using Key = std::tuple<std::string_view, const std::uintptr_t*, std::size_t,
                         std::uintptr_t>;
  std::map<Key, std::size_t> alike;
  for (std::size_t i = full; i < goroutines.size(); ++i) {
    const seam::GoroutineSnapshot& shot = goroutines[i];
    ++alike[{shot.status, shot.pcs.data(), shot.pcs.size(), shot.created_at}];
  }
  for (const auto& [key, count] : alike) {
    const auto& [status, pcs, size, created_at] = key;
    text += "\n... " + std::to_string(count) + " more goroutines [" +
            std::string(status) + "], all at:\n" + stack_text({pcs, size});
  }
  return text;
}

}  // namespace csp::internal

namespace csp::seam {

std::size_t stack_here(std::span<std::uintptr_t> pcs) {
  internal::Innermost innermost{pcs};
  _Unwind_Backtrace(&internal::Innermost::add, &innermost);
  return innermost.count;
}

}  // namespace csp::seam
