#include "tool/check/model/state.h"

#include <algorithm>
#include <cstring>
#include <tuple>

namespace chansan::model {
namespace {

constexpr std::uint32_t kNone = ~std::uint32_t{0};

// Copies what can be reached, in the order in which it is met.
class Canonical {
 public:
  explicit Canonical(State& from)
      : from_(from),
        segment_(from.segments.size(), kNone),
        object_(from.objects.size(), kNone),
        symbol_(from.symbols.size(), kNone) {}

  void run() {
    sort_goroutines();
    map_segment(0);
    for (Goroutine& goroutine : from_.goroutines) visit(goroutine);
    // Contents may lead to more: the lists grow while they are walked.
    std::size_t segments = 0;
    std::size_t objects = 0;
    while (segments < segments_.size() || objects < objects_.size()) {
      for (; segments < segments_.size(); ++segments)
        for (std::size_t i = 0; i < segments_[segments].cells.size(); ++i)
          remap(segments_[segments].cells[i]);
      for (; objects < objects_.size(); ++objects) {
        for (std::size_t i = 0; i < objects_[objects].values.size(); ++i)
          remap(objects_[objects].values[i]);
        for (std::size_t i = 0; i < objects_[objects].children.size(); ++i)
          remap(objects_[objects].children[i]);
      }
    }
    from_.segments = std::move(segments_);
    from_.objects = std::move(objects_);
    from_.symbols = std::move(symbols_);
    compact_accesses();
  }

 private:
  // Goroutines that stand alike are interchangeable; main stays first.
  void sort_goroutines() {
    auto& all = from_.goroutines;
    const auto place = [](const Goroutine& a, const Goroutine& b) {
      if (a.frames.size() != b.frames.size())
        return a.frames.size() > b.frames.size();
      for (std::size_t i = a.frames.size(); i-- > 0;) {
        const Frame& x = a.frames[i];
        const Frame& y = b.frames[i];
        if (x.function != y.function) return x.function < y.function;
        if (x.pc != y.pc) return x.pc < y.pc;
      }
      return false;
    };
    // Goroutines are told apart by id in the end, so that order is total.
    std::sort(all.begin() + 1, all.end(),
              [&](const Goroutine& a, const Goroutine& b) {
                if (place(a, b)) return true;
                if (place(b, a)) return false;
                return a.id < b.id;
              });
    // Those that have ended can do nothing more.
    while (all.size() > 1 && all.back().frames.empty()) all.pop_back();
  }

  void visit(Goroutine& goroutine) {
    for (Frame& frame : goroutine.frames) {
      frame.segment = map_segment(frame.segment);
      for (Value& value : frame.registers) remap(value);
    }
    if (goroutine.thread)
      goroutine.thread = map_object(goroutine.thread - 1) + 1;
    if (goroutine.group) goroutine.group = map_object(goroutine.group - 1) + 1;
  }

  void remap(Value& value) {
    switch (value.kind) {
      case Kind::kPointer:
        value.index = map_segment(value.index);
        break;
      case Kind::kObject:
        value.index = map_object(value.index);
        break;
      case Kind::kSymbol:
      case Kind::kCompare:
        value.index = map_symbol(value.index);
        break;
      default:
        break;
    }
  }

  std::uint32_t map_segment(std::uint32_t old) {
    if (segment_[old] == kNone) {
      segment_[old] = static_cast<std::uint32_t>(segments_.size());
      segments_.push_back(std::move(from_.segments[old]));
    }
    return segment_[old];
  }
  std::uint32_t map_object(std::uint32_t old) {
    if (object_[old] == kNone) {
      object_[old] = static_cast<std::uint32_t>(objects_.size());
      objects_.push_back(std::move(from_.objects[old]));
    }
    return object_[old];
  }
  std::uint32_t map_symbol(std::uint32_t old) {
    if (symbol_[old] == kNone) {
      symbol_[old] = static_cast<std::uint32_t>(symbols_.size());
      symbols_.push_back(from_.symbols[old]);
    }
    return symbol_[old];
  }

  // Accesses to cells that are gone cannot race any more.
  void compact_accesses() {
    std::vector<std::pair<Access, std::size_t>> kept;
    for (std::size_t i = 0; i < from_.accesses.size(); ++i) {
      Access access = from_.accesses[i];
      if (!access.used || segment_[access.segment] == kNone) continue;
      access.segment = segment_[access.segment];
      kept.emplace_back(access, i);
    }
    std::ranges::sort(kept, {}, [](const auto& entry) {
      const Access& access = entry.first;
      return std::tuple(access.segment, access.offset, access.write,
                        access.site, entry.second);
    });
    const auto move_bits = [&](Seen& seen) {
      if (seen.none()) return;
      Seen moved;
      for (std::size_t i = 0; i < kept.size(); ++i)
        moved[i] = seen[kept[i].second];
      seen = moved;
    };
    for (Goroutine& goroutine : from_.goroutines) move_bits(goroutine.seen);
    for (Object& object : from_.objects) {
      move_bits(object.clock);
      move_bits(object.reader_clock);
      for (Seen& slot : object.slots) move_bits(slot);
    }
    for (Segment& segment : from_.segments)
      for (auto& [offset, clock] : segment.clocks) move_bits(clock);
    from_.accesses.clear();
    for (const auto& [access, index] : kept) from_.accesses.push_back(access);
  }

  State& from_;
  std::vector<std::uint32_t> segment_, object_, symbol_;
  std::vector<Segment> segments_;
  std::vector<Object> objects_;
  std::vector<Symbol> symbols_;
};

// Appends all that decides how the state behaves. Ids of goroutines are names
// only, so a position stands for them.
class KeyWriter {
 public:
  explicit KeyWriter(const State& state) : state_(state) {}

  std::string write() {
    put(state_.goroutines.size());
    put(state_.assumptions);
    put(state_.truncated * 4 + state_.ended * 2 + state_.after_main);
    for (const Goroutine& goroutine : state_.goroutines) write(goroutine);
    for (const Segment& segment : state_.segments) {
      put(segment.open);
      for (const Value& value : segment.cells) write(value);
      for (const auto& [offset, clock] : segment.clocks) {
        put(offset);
        write(clock);
      }
    }
    for (const Object& object : state_.objects) write(object);
    for (const Symbol& symbol : state_.symbols) {
      put(symbol.low);
      put(symbol.high);
      put(symbol.assumed * 2 + symbol.doubtful);
    }
    for (const Access& access : state_.accesses) {
      put(access.segment);
      put(access.offset);
      put(access.site);
      put(access.write * 2 + access.atomic);
      put(position(access.goroutine));
    }
    return std::move(key_);
  }

 private:
  template <class T>
  void put(T value) {
    const auto wide = static_cast<std::uint64_t>(value);
    // Most numbers are small: one byte, or the mark 255 and eight.
    if (wide < 255) {
      key_.push_back(static_cast<char>(wide));
      return;
    }
    char bytes[9] = {static_cast<char>(255)};
    std::memcpy(bytes + 1, &wide, sizeof(wide));
    key_.append(bytes, sizeof(bytes));
  }

  // What is written follows from the kind alone, so that keys stay unequal.
  void write(const Value& value) {
    put(static_cast<std::uint8_t>(value.kind));
    switch (value.kind) {
      case Kind::kUnknown:
      case Kind::kNil:
        return;
      case Kind::kInt:
        put(value.number);
        return;
      case Kind::kFunction:
      case Kind::kObject:
        put(value.index);
        return;
      case Kind::kCompare:
        put(value.detail);
        break;
      default:
        break;
    }
    put(value.index);
    put(value.number);
  }

  void write(const Seen& seen) {
    static const Seen kWord(~std::uint64_t{0});
    const auto size = state_.accesses.size();
    put((seen & kWord).to_ullong());
    if (size > 64) put((seen >> 64 & kWord).to_ullong());
  }

  void write(const Goroutine& goroutine) {
    put(goroutine.frames.size());
    put(goroutine.tainted * 4 + goroutine.armed * 2 + goroutine.doubtful);
    put(goroutine.thread);
    put(goroutine.group);
    write(goroutine.seen);
    for (const Frame& frame : goroutine.frames) {
      put(frame.function);
      put(frame.pc);
      put(frame.segment);
      put(frame.guarded);
      for (const Value& value : frame.registers) write(value);
      for (const std::uint8_t turns : frame.loops) put(turns);
    }
  }

  void write(const Object& object) {
    put(static_cast<std::uint8_t>(object.type));
    put(object.recursive * 8 + object.open * 4 + object.closed * 2 +
        object.timer);
    put(position(object.owner));
    put(object.count);
    put(object.readers.size());
    for (const std::uint32_t reader : object.readers) put(position(reader));
    put(position(object.writer));
    put(object.values.size());
    for (const Value& value : object.values) write(value);
    put(object.children.size());
    for (const Value& value : object.children) write(value);
    for (const Seen& slot : object.slots) write(slot);
    write(object.clock);
    write(object.reader_clock);
  }

  // 0: nobody, or one that has ended.
  std::size_t position(std::uint32_t id) const {
    for (std::size_t i = 0; i < state_.goroutines.size(); ++i)
      if (state_.goroutines[i].id == id) return i + 1;
    return id ? 250 : 0;
  }

  const State& state_;
  std::string key_;
};

}  // namespace

std::string canonicalise(State& state) {
  Canonical(state).run();
  return KeyWriter(state).write();
}

}  // namespace chansan::model
