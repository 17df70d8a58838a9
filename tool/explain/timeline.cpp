#include "tool/explain/timeline.h"

#include <algorithm>
#include <deque>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace chansan {
namespace {

std::string lane_name(std::uint64_t goroutine, const std::string& given) {
  std::string name = goroutine == 1 ? "main goroutine"
                                    : "goroutine " + std::to_string(goroutine);
  if (!given.empty()) name += " \"" + given + "\"";
  return name;
}

// What the one who wakes has done, and the one who waited.
std::string wake_text(const std::string& reason) {
  constexpr std::pair<std::string_view, std::string_view> kTexts[] = {
      {"chan receive", "send to receive"},
      {"chan send", "send to receive"},
      {"select", "to select"},
      {"sync.Mutex.Lock", "unlock to lock"},
      {"sync.RWMutex.Lock", "unlock to lock"},
      {"sync.RWMutex.RLock", "unlock to lock"},
      {"sync.WaitGroup.Wait", "done to wait"},
      {"sync.Cond.Wait", "notify to wait"},
      {"sync.Once", "end of call to call"},
      {"semacquire", "release to acquire"}};
  for (const auto& [status, text] : kTexts) {
    if (reason == status) return std::string(text);
  }
  return "wakes";
}

// Goes through the events once; of each goroutine it knows the slice that has
// begun and not ended.
class Builder {
 public:
  explicit Builder(const Trace& trace) : trace_(trace) {
    timeline_.program = trace.program;
    timeline_.pid = trace.pid;
    timeline_.load_address = trace.load_address;
    timeline_.overwritten = trace.overwritten;
    if (trace.events.empty()) return;
    timeline_.begin_ns = trace.events.front().ns;
    timeline_.end_ns = trace.events.back().ns;
  }

  Timeline build() {
    for (const TraceEvent& event : trace_.events) take(event);
    for (auto& [id, open] : open_) close(id, open, timeline_.end_ns);
    for (auto& [id, lane] : timeline_.lanes) {
      const auto given = trace_.names.find(id);
      lane.name = lane_name(
          id, given == trace_.names.end() ? std::string() : given->second);
    }
    return std::move(timeline_);
  }

 private:
  struct Open {
    bool any = false;
    Slice slice;
  };
  struct Sent {
    std::uint64_t goroutine;
    std::int64_t ns;
  };

  Lane& lane(std::uint64_t id) {
    Lane& lane = timeline_.lanes[id];
    lane.goroutine = id;
    return lane;
  }

  void close(std::uint64_t id, Open& open, std::int64_t ns) {
    if (!open.any) return;
    open.any = false;
    open.slice.end_ns = std::max(ns, open.slice.begin_ns);
    lane(id).slices.push_back(open.slice);
  }

  void begin(std::uint64_t id, std::int64_t ns, Slice::Kind kind,
             std::string text) {
    if (id == 0) return;
    Open& open = open_[id];
    close(id, open, ns);
    open = {true, {ns, ns, kind, std::move(text)}};
  }

  // Whoever ran on this thread and has not said why it stopped made place.
  void leave_thread(const TraceEvent& event) {
    std::uint64_t& here = running_[event.ring];
    const std::uint64_t before = std::exchange(here, 0);
    if (before == 0 || before == event.goroutine) return;
    const Open& open = open_[before];
    if (open.any && open.slice.kind == Slice::Kind::kRun) {
      begin(before, event.ns, Slice::Kind::kReady, "runnable");
    }
  }

  void take(const TraceEvent& event) {
    switch (event.kind) {
      case TraceKind::kRun:
        leave_thread(event);
        running_[event.ring] = event.goroutine;
        begin(event.goroutine, event.ns, Slice::Kind::kRun, "running");
        land_arrows(event);
        break;
      case TraceKind::kIdle:
        leave_thread(event);
        break;
      case TraceKind::kWait:
        begin(event.goroutine, event.ns, Slice::Kind::kWait,
              wait_reason_text(event.reason));
        break;
      case TraceKind::kReady:
        ready(event);
        break;
      case TraceKind::kGo:
        lane(event.other).created_at = event.object;
        begin(event.other, event.ns, Slice::Kind::kReady, "runnable");
        leave_arrow("go", event);
        break;
      case TraceKind::kEnd:
        close(event.goroutine, open_[event.goroutine], event.ns);
        lane(event.goroutine);
        break;
      case TraceKind::kSend:
        buffered_.insert(event.object);
        sent_[{event.object, event.other}] = {event.goroutine, event.ns};
        break;
      case TraceKind::kReceive:
        receive(event);
        break;
      case TraceKind::kName:
      case TraceKind::kNone:
        break;
    }
  }

  void ready(const TraceEvent& event) {
    const std::string reason = wait_reason_text(event.reason);
    const Open& open = open_[event.other];
    const bool sender = reason == "chan send" && open.any &&
                        open.slice.kind == Slice::Kind::kWait;
    if (sender && buffered_.contains(event.object)) {
      // Its value has an arrow of its own, from slot to receiver.
      leave_arrow("receive makes room to send", event);
    } else if (sender && event.goroutine != 0) {
      // The value goes the other way: from the one who waited.
      timeline_.arrows.push_back({wake_text(reason), event.other,
                                  open.slice.begin_ns, event.goroutine,
                                  event.ns});
    } else {
      leave_arrow(wake_text(reason), event);
    }
    begin(event.other, event.ns, Slice::Kind::kReady, "runnable");
  }

  // It lands when the other goroutine goes on.
  void leave_arrow(std::string text, const TraceEvent& event) {
    if (event.goroutine == 0) return;
    flying_[event.other].push_back(
        {std::move(text), event.goroutine, event.ns, event.other, 0});
  }

  void land_arrows(const TraceEvent& event) {
    const auto flying = flying_.find(event.goroutine);
    if (flying == flying_.end()) return;
    for (Arrow& arrow : flying->second) {
      arrow.to_ns = event.ns;
      timeline_.arrows.push_back(std::move(arrow));
    }
    flying_.erase(flying);
  }

  void receive(const TraceEvent& event) {
    const auto sent = sent_.find({event.object, event.other});
    if (sent == sent_.end()) return;
    if (sent->second.goroutine != event.goroutine) {
      timeline_.arrows.push_back({"send to receive", sent->second.goroutine,
                                  sent->second.ns, event.goroutine, event.ns});
    }
    sent_.erase(sent);
  }

  const Trace& trace_;
  Timeline timeline_;
  std::unordered_map<std::uint64_t, Open> open_;              // by goroutine
  std::unordered_map<std::uint32_t, std::uint64_t> running_;  // by thread
  std::unordered_map<std::uint64_t, std::vector<Arrow>> flying_;
  std::unordered_set<std::uint64_t> buffered_;  // channels with a buffer
  // What lies in a slot of a channel's buffer.
  std::map<std::pair<std::uint64_t, std::uint64_t>, Sent> sent_;
};

std::string milliseconds(std::int64_t ns) {
  const std::int64_t microseconds = ns / 1000;
  std::string rest = std::to_string(microseconds % 1000);
  rest.insert(0, 3 - rest.size(), '0');
  return std::to_string(microseconds / 1000) + "." + rest + " ms";
}

}  // namespace

Timeline to_timeline(const Trace& trace) { return Builder(trace).build(); }

std::string to_text(const Timeline& timeline) {
  constexpr std::size_t kShown = 200;
  std::string text = std::to_string(timeline.lanes.size()) + " goroutines in " +
                     milliseconds(timeline.end_ns - timeline.begin_ns) +
                     " of " + timeline.program + ".\n";
  if (timeline.overwritten > 0) {
    text += std::to_string(timeline.overwritten) +
            " earlier events were overwritten; trace_kb=N keeps more.\n";
  }
  std::size_t shown = 0;
  for (const auto& [id, lane] : timeline.lanes) {
    if (shown++ == kShown) {
      text += "\n... and " + std::to_string(timeline.lanes.size() - kShown) +
              " more\n";
      break;
    }
    std::map<std::string, std::int64_t> spent;
    for (const Slice& slice : lane.slices) {
      spent[slice.text] += slice.end_ns - slice.begin_ns;
    }
    text += "\n" + lane.name + ":\n";
    for (const auto& [state, ns] : spent) {
      text += "  " + milliseconds(ns) + "  " + state + "\n";
    }
  }
  return text;
}

}  // namespace chansan
