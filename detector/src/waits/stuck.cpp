#include "detector/src/waits/stuck.h"

#include <algorithm>
#include <map>
#include <string_view>

namespace chansan::waits {

namespace {

// What a goroutine with this wait reason waits on, and what would wake it.
struct Need {
  std::string_view reason;
  std::string_view object;  // empty: nothing could
  std::string_view help;
};

constexpr Need kNeeds[] = {
    {"chan receive", "channel", "send on the channel or close it"},
    {"chan send", "channel", "receive from the channel"},
    {"chan receive (nil chan)", "", ""},
    {"chan send (nil chan)", "", ""},
    {"select (no cases)", "", ""},
    {"select", "channels of a select", "make a case of the select ready"},
    {"sync.Mutex.Lock", "mutex", "unlock the mutex"},
    {"sync.RWMutex.Lock", "shared_mutex", "unlock the shared_mutex"},
    {"sync.RWMutex.RLock", "shared_mutex", "unlock the shared_mutex"},
    {"sync.WaitGroup.Wait", "wait_group", "call done() on the wait_group"},
    {"sync.Cond.Wait", "condition_variable", "notify the condition_variable"},
    {"sync.Once", "once", "end the function of the once"},
    {"semacquire", "semaphore", "release the semaphore"},
};

const Need* need_of(const Goroutine& goroutine) {
  for (const Need& need : kNeeds) {
    if (need.reason == goroutine.status) return &need;
  }
  return nullptr;
}

const Location* first_place(const Stack& stack) {
  for (const Frame& frame : stack) {
    if (!frame.library && !frame.location.file.empty()) return &frame.location;
  }
  return nullptr;
}

// Objects have no names of their own: they are numbered by kind in the order in
// which goroutines wait on them, so that those who share one can be seen.
class ObjectNames {
 public:
  explicit ObjectNames(const std::vector<Waiting>& all) {
    for (const Waiting& one : all) {
      const Need* need = need_of(one.goroutine);
      if (need == nullptr || one.object == 0 || need->object.empty()) continue;
      auto& number = numbers_[one.object];
      if (number == 0) number = ++kinds_[need->object];
      ++waiters_[one.object];
    }
  }

  std::string name(const Waiting& one, const Need& need) const {
    const auto number = numbers_.find(one.object);
    if (number == numbers_.end()) return "the " + std::string(need.object);
    std::string name(need.object);
    if (kinds_.at(need.object) > 1) {
      name += " " + std::to_string(number->second);
    }
    const std::size_t others = waiters_.at(one.object) - 1;
    if (others > 0) {
      name += ", as " + std::to_string(others) +
              (others == 1 ? " other does" : " others do");
    }
    return name;
  }

 private:
  std::map<std::uint64_t, std::size_t> numbers_;
  std::map<std::uint64_t, std::size_t> waiters_;
  std::map<std::string_view, std::size_t> kinds_;
};

// For the most telling one: main if it waits, else the first.
std::string verdict(const std::vector<Waiting>& all) {
  const auto main =
      std::find_if(all.begin(), all.end(),
                   [](const Waiting& one) { return one.goroutine.id == 1; });
  const auto chosen = main == all.end() ? all.begin() : main;
  if (chosen == all.end()) return "";
  const Need* need = need_of(chosen->goroutine);
  if (need == nullptr) return "";
  const std::string who =
      chosen->goroutine.id == 1
          ? std::string("the main goroutine")
          : "goroutine " + std::to_string(chosen->goroutine.id);
  if (need->object.empty()) {
    return who + " waits for something that cannot happen: " +
           std::string(need->reason);
  }
  return "no goroutine is left that could " + std::string(need->help) +
         ", which " + who + " waits for (" + std::string(need->reason) + ")";
}

}  // namespace

Finding judge(End end, const std::string& message,
              const std::vector<Waiting>& goroutines) {
  Finding finding;
  finding.message = message;
  switch (end) {
    case End::kDeadlock:
      finding.id = "deadlock";
      finding.hint = verdict(goroutines);
      break;
    case End::kPanic:
      finding.id = "panic";
      break;
    case End::kFatalError:
      finding.id = "fatal";
      break;
  }
  const ObjectNames objects(goroutines);
  for (const Waiting& one : goroutines) {
    Goroutine goroutine = one.goroutine;
    if (const Need* need = need_of(goroutine)) {
      if (!need->object.empty()) goroutine.waits_for = objects.name(one, *need);
    }
    finding.goroutines.push_back(std::move(goroutine));
  }
  if (!goroutines.empty()) {
    const Stack& stack = goroutines.front().goroutine.stack;
    if (const Location* place = first_place(stack)) finding.location = *place;
  }
  return finding;
}

}  // namespace chansan::waits
