// JSON trace events, which Perfetto and Chrome read: "Trace Event Format".
#include <llvm/Support/JSON.h>
#include <llvm/Support/raw_ostream.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tool/explain/program_symbols.h"
#include "tool/explain/timeline.h"

namespace chansan {
namespace {

double microseconds(std::int64_t ns) { return static_cast<double>(ns) / 1000; }

std::string_view kind_name(Slice::Kind kind) {
  switch (kind) {
    case Slice::Kind::kRun:
      return "run";
    case Slice::Kind::kReady:
      return "ready";
    case Slice::Kind::kWait:
      return "wait";
  }
  return "";
}

class Writer {
 public:
  explicit Writer(const Timeline& timeline)
      : timeline_(timeline), out_(text_), json_(out_) {}

  std::string write() {
    json_.object([&] {
      json_.attribute("displayTimeUnit", "ns");
      json_.attributeObject("otherData", [&] {
        json_.attribute("program", llvm::json::fixUTF8(timeline_.program));
        json_.attribute("overwritten", timeline_.overwritten);
      });
      json_.attributeArray("traceEvents", [&] {
        name("process_name", 0, timeline_.program);
        for (const auto& [id, lane] : timeline_.lanes) {
          name("thread_name", id, lane.name);
          for (const Slice& slice : lane.slices) write(id, lane, slice);
        }
        for (const Arrow& arrow : timeline_.arrows) write(arrow);
      });
    });
    return text_ + "\n";
  }

 private:
  void common(std::uint64_t goroutine) {
    json_.attribute("pid", timeline_.pid);
    json_.attribute("tid", goroutine);
  }

  void name(const char* what, std::uint64_t goroutine,
            const std::string& text) {
    json_.object([&] {
      json_.attribute("ph", "M");
      json_.attribute("name", what);
      common(goroutine);
      json_.attributeObject(
          "args", [&] { json_.attribute("name", llvm::json::fixUTF8(text)); });
    });
  }

  void write(std::uint64_t id, const Lane& lane, const Slice& slice) {
    json_.object([&] {
      json_.attribute("ph", "X");
      json_.attribute("name", slice.text);
      json_.attribute("cat", llvm::StringRef(kind_name(slice.kind)));
      common(id);
      json_.attribute("ts", microseconds(slice.begin_ns));
      json_.attribute("dur", microseconds(slice.end_ns - slice.begin_ns));
      const std::string made = &slice == &lane.slices.front()
                                   ? creation(lane.created_at)
                                   : std::string();
      if (!made.empty()) {
        json_.attributeObject("args",
                              [&] { json_.attribute("created at", made); });
      }
    });
  }

  void write(const Arrow& arrow) {
    const std::uint64_t id = ++arrows_;
    for (const char* const phase : {"s", "f"}) {
      const bool start = *phase == 's';
      json_.object([&] {
        json_.attribute("ph", phase);
        json_.attribute("name", arrow.text);
        json_.attribute("cat", "flow");
        json_.attribute("id", id);
        common(start ? arrow.from : arrow.to);
        json_.attribute("ts",
                        microseconds(start ? arrow.from_ns : arrow.to_ns));
        if (!start) json_.attribute("bp", "e");
      });
    }
  }

  std::string creation(std::uint64_t pc) {
    if (pc == 0) return "";
    std::string& text = places_[pc];
    if (!text.empty()) return text;
    for (const Frame& frame :
         symbols_.frames(timeline_.program, pc - 1 - timeline_.load_address)) {
      if (frame.library && !frame.location.file.empty()) continue;
      text = frame.function + " " + frame.location.file + ":" +
             std::to_string(frame.location.line);
      break;
    }
    return text = llvm::json::fixUTF8(text);
  }

  const Timeline& timeline_;
  std::string text_;
  llvm::raw_string_ostream out_;
  llvm::json::OStream json_;
  ProgramSymbols symbols_;
  std::map<std::uint64_t, std::string> places_;
  std::uint64_t arrows_ = 0;
};

}  // namespace

std::string to_perfetto(const Timeline& timeline) {
  return Writer(timeline).write();
}

std::string timeline_json(const Timeline& timeline) {
  constexpr std::size_t kLanesMax = 40;
  constexpr std::size_t kSlicesMax = 400;
  // From the slice on that leaves so many behind it.
  std::vector<std::int64_t> ends;
  for (const auto& [id, lane] : timeline.lanes) {
    for (const Slice& slice : lane.slices) ends.push_back(slice.end_ns);
  }
  std::int64_t from = timeline.begin_ns;
  if (ends.size() > kSlicesMax) {
    const auto nth = ends.end() - kSlicesMax;
    std::nth_element(ends.begin(), nth, ends.end());
    from = *nth;
  }
  llvm::json::Array lanes;
  std::map<std::uint64_t, std::size_t> index_of;
  for (const auto& [id, lane] : timeline.lanes) {
    if (lanes.size() == kLanesMax) break;
    llvm::json::Array slices;
    for (const Slice& slice : lane.slices) {
      if (slice.end_ns < from) continue;
      slices.push_back(
          llvm::json::Object{{"begin", std::max(slice.begin_ns, from)},
                             {"end", slice.end_ns},
                             {"kind", llvm::StringRef(kind_name(slice.kind))},
                             {"text", slice.text}});
    }
    if (slices.empty()) continue;
    index_of[id] = lanes.size();
    lanes.push_back(llvm::json::Object{{"name", llvm::json::fixUTF8(lane.name)},
                                       {"slices", std::move(slices)}});
  }
  llvm::json::Array arrows;
  for (const Arrow& arrow : timeline.arrows) {
    const auto begin = index_of.find(arrow.from);
    const auto end = index_of.find(arrow.to);
    if (arrow.from_ns < from || begin == index_of.end() ||
        end == index_of.end()) {
      continue;
    }
    arrows.push_back(llvm::json::Object{{"text", arrow.text},
                                        {"from", begin->second},
                                        {"to", end->second},
                                        {"begin", arrow.from_ns},
                                        {"end", arrow.to_ns}});
  }
  llvm::json::Object root{{"begin_ns", from},
                          {"end_ns", timeline.end_ns},
                          {"lanes", std::move(lanes)},
                          {"arrows", std::move(arrows)}};
  std::string text;
  llvm::raw_string_ostream(text) << llvm::json::Value(std::move(root));
  return text;
}

}  // namespace chansan
