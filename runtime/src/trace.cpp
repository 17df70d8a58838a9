#include "runtime/src/trace.h"

#include <fcntl.h>
#include <link.h>
#include <pthread.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <unistd.h>
#include <x86intrin.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "runtime/hooks.h"
#include "runtime/src/goroutine.h"
#include "runtime/src/machine.h"
#include "runtime/src/scheduler.h"

namespace csp::internal::trace {

namespace {

constexpr std::size_t kHeaderBytes = 4096;
constexpr std::size_t kRingsMax = 1024;
constexpr std::size_t kRingBytesMin = 4096;

/// The clock of the records against CLOCK_MONOTONIC, at one moment.
struct ClockPair {
  std::uint64_t ticks;
  std::int64_t ns;
};

struct Header {
  char magic[8];
  std::uint32_t version;
  std::uint32_t header_bytes;
  std::uint32_t ring_bytes;
  std::atomic<std::uint32_t> ring_count;
  std::uint64_t pid;
  std::uint64_t load_address;  // what a pc of the program is moved by
  ClockPair first;
  ClockPair last;  // the latest that was noted
  char program[1024];
};
static_assert(sizeof(Header) == 72 + 1024);

struct Record {
  std::uint64_t ticks;
  std::uint64_t what;  // kind << 56 | detail << 48 | goroutine
  std::uint64_t a;
  std::uint64_t b;
};

struct Ring {
  std::atomic<std::uint64_t> written;  // records, ever
  std::uint64_t capacity;
  std::atomic<Ring*> next_free;  // of rings whose threads have ended
  std::uint64_t unused;
};
static_assert(sizeof(Ring) == sizeof(Record));

int file = -1;
Header* header = nullptr;
std::atomic_flag making = ATOMIC_FLAG_INIT;
Ring* free_rings = nullptr;  // guarded by making
// By their number in the header's count, which is raised last.
std::array<const Ring*, kRingsMax> rings{};

class Making {
 public:
  Making() {
    while (making.test_and_set(std::memory_order_acquire)) _mm_pause();
  }
  ~Making() { making.clear(std::memory_order_release); }
};

ClockPair clock_now() { return {__rdtsc(), now_ns()}; }

/// Null: the log is full, or the disk is.
Ring* make_ring() {
  Making hold;
  if (Ring* ring = free_rings) {
    free_rings = ring->next_free.load(std::memory_order_relaxed);
    return ring;
  }
  const std::uint32_t index = header->ring_count.load();
  if (index == kRingsMax) return nullptr;
  const std::size_t bytes = header->ring_bytes;
  const auto offset = static_cast<off_t>(kHeaderBytes + index * bytes);
  if (posix_fallocate(file, offset, static_cast<off_t>(bytes)) != 0) {
    return nullptr;
  }
  void* memory =
      mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file, offset);
  if (memory == MAP_FAILED) return nullptr;
  auto* ring = static_cast<Ring*>(memory);
  ring->capacity = bytes / sizeof(Record) - 1;
  rings[index] = ring;
  header->ring_count.store(index + 1);
  return ring;
}

/// What an OS thread knows of its ring. Without constructor and destructor, so
/// that to look at it is one instruction.
struct Cursor {
  Ring* ring;
  Record* next;
  Record* end;          // of what is written without a look at the rest
  std::uint64_t count;  // records, ever
  bool refused;         // there is no ring to be had
};

// Read afresh by each call of write(), in which no goroutine is switched.
__attribute__((tls_model("initial-exec"))) thread_local constinit Cursor cursor{
    nullptr, nullptr, nullptr, 0, false};

/// Another thread takes the ring over when this one ends.
struct GiveBack {
  ~GiveBack() {
    if (!cursor.ring) return;
    Making hold;
    cursor.ring->next_free.store(free_rings, std::memory_order_relaxed);
    free_rings = std::exchange(cursor.ring, nullptr);
    cursor.next = cursor.end = nullptr;
    cursor.refused = true;
  }
};

bool begin_ring() {
  if (cursor.refused) return false;
  cursor.ring = make_ring();
  cursor.refused = cursor.ring == nullptr;
  if (cursor.refused) return false;
  thread_local GiveBack at_end;
  asm volatile("" : : "r"(&at_end));  // made here, not when it is used
  cursor.count = cursor.ring->written.load(std::memory_order_relaxed);
  return true;
}

/// Where to go on when `end` is reached, which is every now and then so that
/// the clocks are compared; null if there is no ring.
__attribute__((noinline)) Record* go_on() {
  constexpr std::uint64_t kFirst = 64;
  constexpr std::uint64_t kOften = 4096;
  if (!cursor.ring && !begin_ring()) return nullptr;
  header->last = clock_now();
  const std::uint64_t capacity = cursor.ring->capacity;
  const std::uint64_t slot = cursor.count % capacity;
  const std::uint64_t at_once = cursor.count < kFirst ? 1 : kOften;
  Record* const next = reinterpret_cast<Record*>(cursor.ring + 1) + slot;
  cursor.end = next + std::min(at_once, capacity - slot);
  return next;
}

template <Kind kind>
__attribute__((noinline)) void write(std::uint64_t detail,
                                     std::uint64_t goroutine, std::uint64_t a,
                                     std::uint64_t b) {
  Cursor& mine = cursor;
  Record* record = mine.next;
  if (record == mine.end) [[unlikely]] {
    record = go_on();
    if (!record) return;
  }
  record->ticks = __rdtsc();
  record->what = static_cast<std::uint64_t>(kind) << 56 |
                 (detail & 0xff) << 48 | (goroutine & 0xffff'ffff'ffff);
  record->a = a;
  record->b = b;
  mine.next = record + 1;
  // A reader of a dead process's file sees the record before its count.
  mine.ring->written.store(++mine.count, std::memory_order_release);
}

std::uint64_t number(const void* pointer) {
  return reinterpret_cast<std::uintptr_t>(pointer);
}

[[noreturn]] void refuse(const char* path) {
  std::fprintf(stderr, "csp: CHANSAN_OPTIONS: trace=%s: %s\n", path,
               std::strerror(errno));
  std::_Exit(2);
}

int note_program(dl_phdr_info* info, std::size_t, void*) {
  header->load_address = info->dlpi_addr;
  return 1;  // the first is the program
}

// The child has the parent's mapping, which only one may write.
void forget_in_child() {
  enabled = false;
  header = nullptr;
}

std::size_t ring_bytes() {
  constexpr long kKilobyte = 1024;
  constexpr long kMost = 1024 * 1024;
  const long kilobytes = std::atol(seam::option("trace_kb"));
  const auto bytes =
      static_cast<std::size_t>(std::clamp(kilobytes, 0L, kMost) * kKilobyte);
  return (std::max(bytes, kRingBytesMin) + kHeaderBytes - 1) / kHeaderBytes *
         kHeaderBytes;
}

}  // namespace

bool enabled = false;

std::size_t part_count() { return header ? header->ring_count.load() : 0; }

Range part(std::size_t index) {
  const auto low = reinterpret_cast<std::uintptr_t>(rings[index]);
  return {low, low + header->ring_bytes};
}

void start() {
  const char* path = seam::option("trace");
  if (!path || !*path) return;
  file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (file < 0) refuse(path);
  if (flock(file, LOCK_EX | LOCK_NB) != 0) {
    // A program that this one was started by writes there: a file of our own.
    close(file);
    const std::string own = std::string(path) + "." + std::to_string(getpid());
    file = open(own.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (file < 0) refuse(own.c_str());
  }
  if (ftruncate(file, 0) != 0 || ftruncate(file, kHeaderBytes) != 0) {
    refuse(path);
  }
  void* memory =
      mmap(nullptr, kHeaderBytes, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  if (memory == MAP_FAILED) refuse(path);
  header = static_cast<Header*>(memory);
  std::memcpy(header->magic, "csptrace", sizeof header->magic);
  header->version = kVersion;
  header->header_bytes = kHeaderBytes;
  header->ring_bytes = static_cast<std::uint32_t>(ring_bytes());
  header->pid = static_cast<std::uint64_t>(getpid());
  header->first = header->last = clock_now();
  dl_iterate_phdr(&note_program, nullptr);
  const ssize_t length =
      readlink("/proc/self/exe", header->program, sizeof header->program - 1);
  if (length < 0) header->program[0] = '\0';
  pthread_atfork(nullptr, nullptr, &forget_in_child);
  enabled = true;
}

void finish() { header->last = clock_now(); }

void run(const Goroutine* goroutine) {
  if (goroutine) {
    write<Kind::kRun>(0, goroutine->id, 0, 0);
  } else {
    write<Kind::kIdle>(0, 0, 0, 0);
  }
}

void wait(const Goroutine* goroutine) {
  write<Kind::kWait>(
      static_cast<std::uint64_t>(
          goroutine->wait_reason.load(std::memory_order_relaxed)),
      goroutine->id,
      number(goroutine->waits_on.load(std::memory_order_relaxed)), 0);
}

void ready(const Goroutine* woken) {
  // The caller may be the scheduler, with a timer or a descriptor.
  const seam::GoroutineId self = seam::current_goroutine();
  write<Kind::kReady>(
      static_cast<std::uint64_t>(
          woken->wait_reason.load(std::memory_order_relaxed)),
      self, number(woken->waits_on.load(std::memory_order_relaxed)), woken->id);
}

void go(const Goroutine* started) {
  write<Kind::kGo>(0, started->creator, number(started->created_at),
                   started->id);
}

void end(const Goroutine* goroutine) {
  write<Kind::kEnd>(0, goroutine->id, 0, 0);
}

void name(const Goroutine* goroutine) {
  constexpr std::size_t kPiece = 16;
  constexpr std::size_t kMost = 64;
  const std::string text = goroutine->name->substr(0, kMost);
  write<Kind::kName>(0, goroutine->id, 0, 0);
  for (std::size_t at = 0; at < text.size(); at += kPiece) {
    const std::size_t size = std::min(kPiece, text.size() - at);
    std::array<std::uint64_t, 2> piece{};
    std::memcpy(piece.data(), text.data() + at, size);
    write<Kind::kName>(size, goroutine->id, piece[0], piece[1]);
  }
}

void sent(const Goroutine* goroutine, const void* channel, std::size_t slot) {
  write<Kind::kSend>(0, goroutine->id, number(channel), slot);
}

void received(const Goroutine* goroutine, const void* channel,
              std::size_t slot) {
  write<Kind::kReceive>(0, goroutine->id, number(channel), slot);
}

}  // namespace csp::internal::trace
