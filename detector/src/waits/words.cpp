#include "detector/src/waits/words.h"

#include <string_view>

namespace chansan::waits {

namespace {

std::string_view kind_name(seam::ObjectKind kind) {
  switch (kind) {
    case seam::ObjectKind::kChannel:
      return "channel";
    case seam::ObjectKind::kMutex:
      return "mutex";
    case seam::ObjectKind::kSharedMutex:
      return "shared_mutex";
    case seam::ObjectKind::kWaitGroup:
      return "wait_group";
    case seam::ObjectKind::kCondition:
      return "condition_variable";
    case seam::ObjectKind::kOnce:
      return "once";
    case seam::ObjectKind::kSemaphore:
      return "semaphore";
  }
  return "object";
}

// Numbered in the order in which goroutines wait on them, by kind, so that a
// report is the same wherever the objects lie; a global has a name.
std::map<std::uint64_t, std::string> name_objects(const Graph& graph,
                                                  Places& places) {
  std::map<std::uint64_t, std::string> names;
  std::map<std::string, int> numbers;
  for (const seam::GoroutineSnapshot& each : graph.world().goroutines) {
    for (const seam::Wait& wait : each.waits) {
      const seam::ObjectSnapshot* const object = graph.object(wait.object);
      if (object == nullptr || names.contains(wait.object)) continue;
      std::string name(object->is_timer ? "timer channel"
                                        : kind_name(object->kind));
      const std::string global = places.global_of(wait.object);
      if (global.empty()) {
        const int number = ++numbers[name];
        name += " " + std::to_string(number);
      } else {
        name += " '" + global + "'";
      }
      names.emplace(wait.object, std::move(name));
    }
  }
  return names;
}

std::string base_name(const std::string& file) {
  return file.substr(file.rfind('/') + 1);
}

}  // namespace

const Location* user_place(const Stack& stack) {
  for (const Frame& frame : stack) {
    if (!frame.library && !frame.location.file.empty()) return &frame.location;
  }
  return nullptr;
}

std::string at_place(const Stack& stack, std::string_view before) {
  const Location* const place = user_place(stack);
  if (place == nullptr) return "";
  return std::string(before) + base_name(place->file) + ":" +
         std::to_string(place->line);
}

Words::Words(const Graph& graph, Places& places)
    : graph_(graph), places_(places), names_(name_objects(graph, places)) {}

std::string Words::goroutine(std::size_t index) const {
  const seam::GoroutineSnapshot& one = graph_.world().goroutines[index];
  std::string text = one.id == 1   ? "the main goroutine"
                     : one.foreign ? "OS thread " + std::to_string(one.id)
                                   : "goroutine " + std::to_string(one.id);
  if (!one.name.empty()) text += " (\"" + one.name + "\")";
  return text;
}

const Stack& Words::stack(std::size_t goroutine) const {
  const auto pcs = graph_.world().goroutines[goroutine].pcs;
  const auto [place, is_new] = stacks_.try_emplace(pcs.data());
  if (is_new) {
    for (const std::uintptr_t pc : pcs) {
      for (Frame& frame : places_.frames(pc)) {
        place->second.push_back(std::move(frame));
      }
    }
  }
  return place->second;
}

std::string Words::at(std::size_t goroutine) const {
  return at_place(stack(goroutine), " at ");
}

std::string Words::state(const seam::ObjectSnapshot& object) const {
  const auto counted = [&](const char* what) {
    return std::to_string(object.count) + what;
  };
  switch (object.kind) {
    case seam::ObjectKind::kChannel:
      if (object.is_timer) return object.armed ? "ticking" : "stopped or fired";
      if (object.capacity == 0) return "unbuffered, open";
      return "open, " + counted(" of ") + std::to_string(object.capacity) +
             " buffered";
    case seam::ObjectKind::kWaitGroup:
      return "counter " + std::to_string(object.count);
    case seam::ObjectKind::kSemaphore:
      return counted(" left");
    case seam::ObjectKind::kCondition:
      if (object.count == 0) return "never notified in vain";
      if (object.count == 1) return "notified once when nobody waited";
      return "notified " + counted(" times when nobody waited");
    case seam::ObjectKind::kSharedMutex:
      return object.count == 0 ? "locked by a writer"
                               : "read-locked, " + counted(" times");
    case seam::ObjectKind::kMutex:
      return "locked";
    case seam::ObjectKind::kOnce:
      return "its function is running";
  }
  return "";
}

std::string Words::need(std::size_t goroutine, const seam::Wait& wait) const {
  const std::string& name = object(wait.object);
  const seam::GoroutineSnapshot& one = graph_.world().goroutines[goroutine];
  switch (graph_.object(wait.object)->kind) {
    case seam::ObjectKind::kChannel:
      return wait.send ? "a receive from " + name
                       : "a send on or the close of " + name;
    case seam::ObjectKind::kWaitGroup:
      return "done() on " + name;
    case seam::ObjectKind::kCondition:
      return "a notify of " + name;
    case seam::ObjectKind::kSemaphore:
      return "a release of " + name;
    case seam::ObjectKind::kOnce:
      return "the end of the function of " + name;
    default:
      return (waits_to_read(one) ? "the read lock of " : "the lock of ") + name;
  }
}

std::string Words::help(const seam::Wait& wait) const {
  const std::string& name = object(wait.object);
  switch (graph_.object(wait.object)->kind) {
    case seam::ObjectKind::kChannel:
      return wait.send ? "receive from " + name : "send on or close " + name;
    case seam::ObjectKind::kWaitGroup:
      return "call done() on " + name;
    case seam::ObjectKind::kCondition:
      return "notify " + name;
    case seam::ObjectKind::kSemaphore:
      return "release " + name;
    default:
      return "unlock " + name;
  }
}

std::string Words::gone(const seam::Wait& wait) const {
  constexpr std::size_t kNamed = 3;
  const auto ids = graph_.gone_helpers(wait);
  if (ids.empty()) return "";
  std::string text = ids.size() == 1 ? "goroutine " : "goroutines ";
  for (std::size_t i = 0; i < ids.size() && i < kNamed; ++i) {
    if (i > 0) text += i + 1 == ids.size() ? " and " : ", ";
    text += std::to_string(ids[i]);
  }
  if (ids.size() > kNamed) text += " and others";
  text += wait.send ? " received from it before" : " sent on it before";
  return text + (ids.size() == 1 ? ", but has ended" : ", but have ended");
}

std::string Words::doing(std::size_t goroutine) const {
  const seam::GoroutineSnapshot& one = graph_.world().goroutines[goroutine];
  if (!one.waiting) return std::string("is ") + one.status;
  if (one.waits.empty()) return std::string("waits in ") + one.status;
  std::string text = "waits for " + need(goroutine, one.waits.front());
  for (std::size_t i = 1; i < one.waits.size(); ++i) {
    text += i + 1 == one.waits.size() ? " or for " : ", for ";
    text += need(goroutine, one.waits[i]);
  }
  return text;
}

}  // namespace chansan::waits
