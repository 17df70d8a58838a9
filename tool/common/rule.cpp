#include "tool/common/rule.h"

namespace chansan {
namespace {

const Rule kRunRules[] = {
    {"race",
     "Two goroutines use the same memory, at least one writes, and "
     "nothing orders them.",
     "A data race is undefined behaviour. Order the two accesses: by a "
     "channel, a lock, a wait group, or an atomic.",
     Level::kCertain},
    {"deadlock", "Every goroutine waits and nothing can wake one.",
     "Look for the operation that would have woken one of them, and why it "
     "was not done.",
     Level::kCertain},
    {"leak", "A goroutine waits for something that can never happen.",
     "Close the channel, cancel the context, or give the goroutine another "
     "way out.",
     Level::kCertain},
    {"lock-order",
     "Locks are taken in different orders by different "
     "goroutines.",
     "Take the locks in one order everywhere, or both at once with "
     "std::scoped_lock.",
     Level::kLikely},
    {"panic", "An exception left a goroutine.", "", Level::kCertain},
    {"fatal", "The runtime ended the program.", "", Level::kCertain},
    {"dump", "The goroutines of a program that had not failed.", "",
     Level::kMaybe},
};

// The innermost frame of the user's own code that has a place.
Location place_in(const Stack& stack) {
  for (const Frame& frame : stack)
    if (!frame.library && !frame.location.file.empty()) return frame.location;
  return {};
}

}  // namespace

std::span<const Rule> run_rules() { return kRunRules; }

std::string rule_name(std::string_view id) {
  return "chansan-" + std::string(id);
}

Location place_of(const Finding& finding) {
  if (!finding.location.file.empty()) return finding.location;
  for (const Access& access : finding.accesses)
    if (Location at = place_in(access.stack); !at.file.empty()) return at;
  for (const Goroutine& goroutine : finding.goroutines)
    if (Location at = place_in(goroutine.stack); !at.file.empty()) return at;
  return {};
}

}  // namespace chansan
