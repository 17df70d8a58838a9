#include <algorithm>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "tool/explain/story.h"

namespace chansan {
namespace {

// Goroutines that wait in the same way at the same place.
struct Group {
  const Goroutine* first = nullptr;
  std::vector<const Goroutine*> members;
};

void append_key(std::string& key, const Stack& stack) {
  for (const Frame& frame : stack) {
    key += frame.function + '\n' + frame.location.file + '\n' +
           std::to_string(frame.location.line) + '\n' +
           std::to_string(frame.location.column) + '\n';
  }
  key += '\n';
}

// The same for goroutines that a reader need not tell apart, and for no
// others: main is told of by itself, being the one that every reader knows,
// and those of number 0 have been grouped already.
std::string group_key(const Goroutine& goroutine, std::size_t index) {
  if (goroutine.id <= 1) return std::to_string(index);
  std::string key = goroutine.status + '\n' + goroutine.waits_for + '\n';
  append_key(key, goroutine.stack);
  append_key(key, goroutine.created_at);
  return key;
}

std::vector<Group> grouped(const Finding& finding) {
  std::vector<Group> groups;
  std::unordered_map<std::string, std::size_t> index_of;
  for (const Goroutine& goroutine : finding.goroutines) {
    const auto [known, made] =
        index_of.emplace(group_key(goroutine, groups.size()), groups.size());
    if (made) {
      groups.push_back({&goroutine, {&goroutine}});
    } else {
      groups[known->second].members.push_back(&goroutine);
    }
  }
  return groups;
}

std::string label(const Goroutine& goroutine) {
  std::string text = std::to_string(goroutine.id);
  if (!goroutine.name.empty()) text += " \"" + goroutine.name + "\"";
  return text;
}

std::string heading(const Group& group) {
  constexpr std::size_t kShown = 8;
  const Goroutine& first = *group.first;
  std::string text;
  if (first.count > 1) {
    text = std::to_string(first.count) + " more goroutines";
  } else if (group.members.size() == 1) {
    text = first.id == 1 ? "main goroutine" : "goroutine " + label(first);
    if (first.id == 1 && !first.name.empty()) text += " \"" + first.name + "\"";
  } else {
    text = std::to_string(group.members.size()) + " goroutines (";
    for (std::size_t i = 0; i < std::min(group.members.size(), kShown); ++i) {
      text += (i == 0 ? "" : ", ") + label(*group.members[i]);
    }
    if (group.members.size() > kShown) {
      text +=
          ", and " + std::to_string(group.members.size() - kShown) + " more";
    }
    text += ")";
  }
  return text + " [" + (first.status.empty() ? "running" : first.status) + "]:";
}

std::string place(const Location& location) {
  std::string text = location.file.empty() ? "??" : location.file;
  if (location.line != 0) text += ":" + std::to_string(location.line);
  if (location.column != 0) text += ":" + std::to_string(location.column);
  return text;
}

class Story {
 public:
  explicit Story(const TextOptions& options) : options_(options) {}

  void line(std::string_view text, bool bold = false) {
    const bool painted = bold && options_.color == Color::kAlways;
    if (painted) text_ += "\033[1m";
    text_ += text;
    if (painted) text_ += "\033[0m";
    text_ += '\n';
  }

  void source(const Location& location) {
    if (!options_.source || location.file.empty()) return;
    const std::string text = options_.source(location);
    const std::size_t start = text.find_first_not_of(" \t");
    if (start != text.npos) line("          " + text.substr(start));
  }

  void frames(const Stack& stack) {
    const bool any_user =
        std::any_of(stack.begin(), stack.end(),
                    [](const Frame& frame) { return !frame.library; });
    for (const Frame& frame : stack) {
      if (any_user && frame.library) continue;
      const std::string name = frame.function.empty() ? "??" : frame.function;
      line("  " + name + "() at " + place(frame.location));
      source(frame.location);
    }
  }

  void creation(const Goroutine& goroutine) {
    if (goroutine.created_at.empty() && goroutine.creator == 0) return;
    const Frame made =
        goroutine.created_at.empty() ? Frame{} : goroutine.created_at.front();
    std::string text = "  created by ";
    text += made.function.empty() ? "??" : made.function + "()";
    if (!made.location.file.empty()) text += " at " + place(made.location);
    if (goroutine.creator == 1) text += " in main goroutine";
    if (goroutine.creator > 1) {
      text += " in goroutine " + std::to_string(goroutine.creator);
    }
    line(text);
    source(made.location);
  }

  void group(const Group& group) {
    const Goroutine& first = *group.first;
    line("");
    line(heading(group), true);
    if (!first.waits_for.empty()) line("  waits for " + first.waits_for);
    constexpr std::int64_t kMinute = 60'000'000'000;
    if (first.waiting_ns >= kMinute) {
      line("  for " + std::to_string(first.waiting_ns / kMinute) + " minutes");
    }
    frames(first.stack);
    creation(first);
    const std::string wakes = awaited(first.status);
    if (!wakes.empty()) line("  could be woken by: " + wakes);
  }

  const std::string& text() const { return text_; }

 private:
  const TextOptions& options_;
  std::string text_;
};

}  // namespace

std::string awaited(const std::string& status) {
  static constexpr std::pair<std::string_view, std::string_view> kWakers[] = {
      {"chan receive", "a send on the channel, or its close"},
      {"chan send", "a receive from the channel"},
      {"chan receive (nil chan)", "nothing: the channel is nil"},
      {"chan send (nil chan)", "nothing: the channel is nil"},
      {"select",
       "any of its cases: a send, a receive or a close of one of "
       "its channels"},
      {"select (no cases)", "nothing: it has no cases"},
      {"sync.Mutex.Lock", "an unlock by the goroutine that holds the mutex"},
      {"sync.RWMutex.Lock", "an unlock by every goroutine that holds the lock"},
      {"sync.RWMutex.RLock",
       "an unlock by the writer that holds the lock or waits for it"},
      {"sync.WaitGroup.Wait", "done() until the counter is zero"},
      {"sync.Cond.Wait", "a notify of the condition variable"},
      {"sync.Once", "the end of the call that runs the function"},
      {"semacquire", "a release of the semaphore"}};
  for (const auto& [reason, waker] : kWakers) {
    if (status == reason) return std::string(waker);
  }
  return "";
}

std::string tell_stuck(const Finding& finding, const TextOptions& options) {
  // With its cause known the report says more than can be made of statuses.
  const std::string cause = standstill_text(finding, options);
  if (!cause.empty()) {
    Story rest(options);
    for (const Group& group : grouped(finding)) rest.group(group);
    return cause + rest.text();
  }
  Story story(options);
  story.line(verdict(finding), true);
  if (finding.id != "dump") story.line("  " + finding.message);
  for (const Group& group : grouped(finding)) story.group(group);
  if (finding.id == "deadlock" && !finding.goroutines.empty()) {
    story.line("");
    story.line(
        "Nobody is left to do any of this: these are all the goroutines "
        "there are.");
  }
  if (!finding.hint.empty()) story.line("\nHint: " + finding.hint);
  if (!finding.reproduce.empty()) {
    story.line("\nAgain: " + finding.reproduce);
  }
  return story.text();
}

}  // namespace chansan
