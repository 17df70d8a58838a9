#include "tool/explain/trace_reader.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

namespace chansan {
namespace {

constexpr std::string_view kMagic = "csptrace";
constexpr std::uint32_t kVersion = 1;

struct ClockPair {
  std::uint64_t ticks;
  std::int64_t ns;
};

struct Header {
  char magic[8];
  std::uint32_t version;
  std::uint32_t header_bytes;
  std::uint32_t ring_bytes;
  std::uint32_t ring_count;
  std::uint64_t pid;
  std::uint64_t load_address;
  ClockPair first;
  ClockPair last;
  char program[1024];
};
static_assert(sizeof(Header) == 1096);

struct RingHeader {
  std::uint64_t written;
  std::uint64_t capacity;
  std::uint64_t unused[2];
};

struct Record {
  std::uint64_t ticks;
  std::uint64_t what;
  std::uint64_t a;
  std::uint64_t b;
};
static_assert(sizeof(Record) == 32);

template <class T>
std::optional<T> object_at(std::string_view bytes, std::size_t at) {
  if (at > bytes.size() || bytes.size() - at < sizeof(T)) return std::nullopt;
  T object;
  std::memcpy(&object, bytes.data() + at, sizeof object);
  return object;
}

class Reader {
 public:
  Reader(std::string_view bytes, const Header& header)
      : bytes_(bytes), header_(header) {
    const auto ticks =
        static_cast<double>(header.last.ticks - header.first.ticks);
    const auto ns = static_cast<double>(header.last.ns - header.first.ns);
    ns_per_tick_ = ticks > 0 && ns > 0 ? ns / ticks : 1;
  }

  Trace read() {
    Trace trace;
    trace.program.assign(header_.program,
                         strnlen(header_.program, sizeof header_.program));
    trace.pid = header_.pid;
    trace.load_address = header_.load_address;
    for (std::uint32_t i = 0; i < header_.ring_count; ++i) ring(i, trace);
    // What one thread did stays in its order.
    std::sort(trace.events.begin(), trace.events.end(),
              [](const TraceEvent& a, const TraceEvent& b) {
                return a.ns != b.ns ? a.ns < b.ns : a.order < b.order;
              });
    return trace;
  }

 private:
  void ring(std::uint32_t index, Trace& trace) {
    const std::size_t at =
        header_.header_bytes + std::size_t{index} * header_.ring_bytes;
    const auto ring = object_at<RingHeader>(bytes_, at);
    if (!ring || ring->capacity == 0 ||
        ring->capacity > header_.ring_bytes / sizeof(Record)) {
      return;
    }
    const std::uint64_t kept = std::min(ring->written, ring->capacity);
    trace.overwritten += ring->written - kept;
    for (std::uint64_t i = ring->written - kept; i < ring->written; ++i) {
      const auto slot = static_cast<std::size_t>(i % ring->capacity);
      const auto record = object_at<Record>(
          bytes_, at + sizeof(RingHeader) + slot * sizeof(Record));
      if (!record) return;  // the file was cut off
      take(*record, index, trace);
    }
  }

  void take(const Record& record, std::uint32_t ring, Trace& trace) const {
    TraceEvent event;
    const auto kind = static_cast<std::uint8_t>(record.what >> 56);
    if (kind == 0 || kind > static_cast<std::uint8_t>(TraceKind::kReceive)) {
      return;
    }
    event.kind = static_cast<TraceKind>(kind);
    event.reason = static_cast<std::uint8_t>(record.what >> 48);
    event.goroutine = record.what & 0xffff'ffff'ffff;
    event.ring = ring;
    event.object = record.a;
    event.other = record.b;
    event.ns =
        static_cast<std::int64_t>(static_cast<double>(static_cast<std::int64_t>(
                                      record.ticks - header_.first.ticks)) *
                                  ns_per_tick_);
    if (event.kind == TraceKind::kName) {
      take_name(record, event, trace);
    } else {
      event.order = trace.events.size();
      trace.events.push_back(event);
    }
  }

  // A name comes in pieces, the first of which is empty.
  static void take_name(const Record& record, const TraceEvent& event,
                        Trace& trace) {
    std::string& name = trace.names[event.goroutine];
    if (event.reason == 0) name.clear();
    std::array<char, 16> piece;
    std::memcpy(piece.data(), &record.a, piece.size());
    name.append(piece.data(), std::min<std::size_t>(event.reason, 16));
  }

  const std::string_view bytes_;
  const Header header_;
  double ns_per_tick_ = 1;
};

}  // namespace

bool looks_like_trace(std::string_view bytes) {
  return bytes.starts_with(kMagic);
}

std::optional<Trace> read_trace(std::string_view bytes, std::string& problem) {
  const auto header = object_at<Header>(bytes, 0);
  if (!looks_like_trace(bytes) || !header) {
    problem = "it is not an event log (CHANSAN_OPTIONS=trace=FILE)";
    return std::nullopt;
  }
  if (header->version != kVersion) {
    problem = "the event log has version " + std::to_string(header->version) +
              "; this chansan reads version " + std::to_string(kVersion);
    return std::nullopt;
  }
  return Reader(bytes, *header).read();
}

std::string wait_reason_text(std::uint8_t reason) {
  // The numbers are part of the format.
  static constexpr std::string_view kTexts[] = {"waiting",
                                                "chan send",
                                                "chan receive",
                                                "chan send (nil chan)",
                                                "chan receive (nil chan)",
                                                "select",
                                                "select (no cases)",
                                                "sync.Mutex.Lock",
                                                "sync.RWMutex.RLock",
                                                "sync.RWMutex.Lock",
                                                "sync.WaitGroup.Wait",
                                                "sync.Cond.Wait",
                                                "sync.Once",
                                                "semacquire",
                                                "sleep",
                                                "IO wait"};
  return std::string(reason < std::size(kTexts) ? kTexts[reason] : kTexts[0]);
}

}  // namespace chansan
