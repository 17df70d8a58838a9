// Joins the runtime and the detector: the one file that knows both.
#include <dirent.h>
#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <limits>
#include <locale>
#include <span>
#include <string_view>
#include <type_traits>
#include <unordered_map>

#include "detector/src/instrument/inlined.h"
#include "detector/src/instrument/live.h"
#include "detector/src/instrument/race_finding.h"
#include "detector/src/instrument/reporter.h"
#include "detector/src/instrument/spare_memory.h"
#include "detector/src/instrument/threads.h"
#include "detector/src/race/reserved.h"
#include "detector/src/race/sole_thread.h"
#include "detector/src/waits/attach.h"
#include "detector/src/waits/past.h"
#include "detector/src/waits/places.h"
#include "runtime/hooks.h"

namespace chansan::live {

namespace seam = csp::seam;

namespace {

class ProgramNames final : public Names {
 public:
  Stack frames(std::uint64_t pc) override {
    const auto [place, is_new] = frames_.try_emplace(pc);
    if (is_new) {
      place->second = symbolize(pc);
      debug_info_.add_columns(pc, place->second);
    }
    return place->second;
  }
  Variable global_at(std::uint64_t address) override {
    seam::GlobalVariable found = seam::global_at(address);
    return {std::move(found.name), found.address, found.size};
  }
  Declaration declaration(const Variable& global, std::uint64_t offset,
                          std::uint32_t size) override {
    return debug_info_.declaration_of_global(global.address, offset, size);
  }
  std::string goroutine_name(std::uint64_t goroutine) override {
    return seam::goroutine_name(goroutine);
  }
  StackOwner stack_owner(std::uint64_t address) override {
    const seam::StackOwner owner = seam::stack_owner(address);
    if (owner.goroutine == 0) return thread_stack_owner(address);
    return {owner.goroutine, owner.high};
  }
  Local local_at(const CallFrame& frame, std::uint64_t address,
                 std::uint32_t size) override {
    return debug_info_.local_at(frame, address, size);
  }

  static Stack symbolize(std::uint64_t pc) {
    Stack stack;
    for (seam::Symbol& symbol : seam::symbolize(pc)) {
      stack.push_back({std::move(symbol.function),
                       {std::move(symbol.file), symbol.line, symbol.column},
                       symbol.inlined,
                       symbol.library});
    }
    return stack;
  }

 private:
  std::unordered_map<std::uint64_t, Stack> frames_;
  DebugInfo debug_info_;
};

// Never destroyed: goroutines and threads may outlive every destructor.
template <typename T>
union Undying {
  constexpr Undying() : nothing() {}
  ~Undying() {}
  char nothing;
  T value;
};
constinit Undying<ProgramNames> names;
constinit Undying<Reporter> reporter;
waits::Past past;

waits::History history_of(std::uint64_t object) {
  return waits::history_of(past, object, &ProgramNames::symbolize);
}

bool is_running_goroutine(const Goroutine* goroutine, GoroutineId id) {
  return goroutine != nullptr && goroutine->life->id == id;
}

// Whether the event is wholly about its own goroutine and one object.
bool is_own(EventKind kind) {
  switch (kind) {
    case EventKind::kGoCreate:
    case EventKind::kGoStart:
    case EventKind::kGoEnd:
    case EventKind::kJoin:
    case EventKind::kChanRendezvous:
    case EventKind::kChanTimerSend:
      return false;
    default:
      return true;
  }
}

// Of a rendezvous the one who came second tells, sender or receiver.
void remember(const seam::Event& event, Goroutine* running, std::uint64_t pc) {
  const bool receives = event.kind == EventKind::kChanRendezvous &&
                        is_running_goroutine(running, event.other);
  if (receives) pc = calling_pc(*running);
  const bool acts = receives || is_running_goroutine(running, event.goroutine);
  // The guards of the standard library lie between.
  constexpr std::size_t kGuards = 5;
  std::array<std::uint64_t, 1 + kGuards> pcs;
  std::size_t count = 0;
  if (acts) {
    pcs[count++] = pc;
    count += running->calls.innermost_calls(std::span(pcs).subspan(count));
  }
  past.note(event, acts ? running->life->id : 0, std::span(pcs).first(count));
}

// What matters to those only who ask what happened to an object.
bool is_story(EventKind kind) {
  return kind == EventKind::kCondWait || kind == EventKind::kCondNotify;
}

void on_event(const seam::Event& event) {
  if (!is_running) return;
  Goroutine* running = os_thread.goroutine;
  const bool own = is_running_goroutine(running, event.goroutine);
  if (own && event.kind == EventKind::kGoEnd) resume(nullptr);
  const Inside inside;
  std::uint64_t pc = event.pc;
  // Where a life ends nobody asks.
  if (own && pc == 0 && event.kind != EventKind::kLockFree) {
    pc = calling_pc(*running);
  }
  if (waits::Past::keeps(event.kind)) remember(event, running, pc);
  if (is_story(event.kind)) return;
  if (own && is_own(event.kind)) {
    consume_as(*running, event, pc);
  } else if (own && event.kind == EventKind::kGoCreate) {
    create(*running, event, pc);
  } else if (own && event.kind == EventKind::kGoStart) {
    return;  // it was looked up when it was resumed
  } else if (event.kind == EventKind::kChanRendezvous) {
    const bool receives = is_running_goroutine(running, event.other);
    rendezvous(own ? *running : detector().goroutine(event.goroutine),
               receives ? *running : detector().goroutine(event.other), event,
               pc);
  } else {
    consume(event, pc);
  }
}

void on_resume(GoroutineId id, void** state) {
  if (state == nullptr || !is_running) return resume(nullptr);
  if (*state == nullptr) {
    const Inside inside;
    *state = &detector().goroutine(id);
  }
  resume(static_cast<Goroutine*>(*state));
}

void on_stack_recycled(std::uintptr_t low, std::uintptr_t high) {
  if (!is_running) return;
  const Inside inside;
  if (watches_locks) lock_order().forget(low, high - low);
  detector().begin_stack(low, high - low);
}

void on_named(const std::string& name) {
  Goroutine* goroutine = acting();
  if (goroutine == nullptr) return;
  const Inside inside;
  goroutine->life->name.set(name);
}

// What there is to say has been said: waits/attach.cpp told the reporter.
void on_fatal(const seam::Fatal&) {
  const Inside inside;
  reporter.value.finish(0);
}

template <typename T>
seam::OwnMemory memory_of(const T& object) {
  const auto low = reinterpret_cast<std::uintptr_t>(&object);
  return {low, low + sizeof(T)};
}

std::span<const seam::OwnMemory> own_memory() {
  constexpr std::size_t kObjects = 6;
  static std::array<seam::OwnMemory, race::kReservedMax + kObjects> all;
  std::size_t count = 0;
  all[count++] = memory_of(detector_storage);
  all[count++] = memory_of(lock_order_storage);
  all[count++] = memory_of(names);
  all[count++] = memory_of(reporter);
  all[count++] = memory_of(past);
  all[count++] = memory_of(__csp_granules);
  const std::size_t reserved =
      std::min(race::reserved_count.load(), race::kReservedMax);
  for (std::size_t i = 0; i < reserved; ++i) {
    const race::ReservedRange& range = race::reserved_ranges[i];
    all[count++] = {range.low, range.high};
  }
  return {all.data(), count};
}

int on_exiting(int status) {
  const Inside inside;
  if (watches_locks) lock_order().finish();
  return reporter.value.finish(status);
}

std::string_view option(const char* name, std::string_view otherwise) {
  const char* value = seam::option(name);
  return value == nullptr ? otherwise : value;
}

// A file that cannot be read or understood is an error: silence would look
// like a program without races.
void read_suppressions(const std::string& path, Suppressions& rules) {
  if (path.empty()) return;
  std::ifstream file(path);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const std::string wrong = rules.read(text);
  if (file.is_open() && wrong.empty()) return;
  const std::string what =
      file.is_open() ? "not understood: " + wrong +
                           "; a line is race:PATTERN, race_top:PATTERN, "
                           "deadlock:PATTERN or thread:PATTERN"
                     : "cannot be read";
  std::fprintf(stderr, "chansan: suppressions %s: %s\n", path.c_str(),
               what.c_str());
  constexpr int kUsageError = 2;
  _exit(kUsageError);
}

ReporterOptions read_options() {
  ReporterOptions options;
  read_suppressions(std::string(option("suppressions", "")),
                    options.suppressions);
  options.gen_suppressions = option("gen_suppressions", "0") == "1";
  options.log_path = option("log_path", "stderr");
  options.format =
      option("format", "text") == "json" ? Format::kJson : Format::kText;
  options.halt_on_error = option("halt_on_error", "0") == "1";
  constexpr std::uint64_t kMibMost = 1 << 24;
  options.memory_limit_mb = seam::number_option("memory_limit_mb", 0, kMibMost);
  options.exitcode = std::atoi(std::string(option("exitcode", "66")).c_str());
  return options;
}

// std::ctype<char> fills a cache of its conversions when they are first asked
// for, in inline functions and without synchronization (GCC bug 77704): done
// here, before there is a second thread, no program does it.
void fill_locale_caches() {
  const auto& ctype = std::use_facet<std::ctype<char>>(std::locale::classic());
  for (int letter = 0; letter <= std::numeric_limits<unsigned char>::max();
       ++letter) {
    ctype.narrow(static_cast<char>(letter), '\0');
  }
  ctype.widen('a');
}

// How many OS threads there are: each may hold a lock of the detector.
int count_threads() {
  DIR* tasks = opendir("/proc/self/task");
  if (tasks == nullptr) return 2;  // not known: take no chances
  int count = 0;
  while (const dirent* entry = readdir(tasks)) {
    if (entry->d_name[0] != '.') ++count;
  }
  closedir(tasks);
  return count;
}

bool forks_alone = true;

void before_fork() {
  const Inside inside;
  forks_alone = count_threads() == 1;
}

// The threads that are not there any more hold what they held: then nothing
// is looked at in the child.
void in_forked_child() {
  if (!forks_alone) {
    resume(nullptr);
    is_running = false;
  }
  race::SoleThread::begin_anew();
  const Inside inside;
  reporter.value.begin_anew();
}

void attach() {
  const Inside inside;
  reserve_spare_memory();
  race::SoleThread::begin();
  fill_locale_caches();
  new (&names.value) ProgramNames;
  const ReporterOptions options = read_options();
  new (&reporter.value) Reporter(options, names.value);
  constexpr int kMibShift = 20;
  start(reporter.value, options.memory_limit_mb << kMibShift);
  if (option("lock_order", "1") != "0") start_lock_order(reporter.value);
  pthread_atfork(&before_fork, nullptr, &in_forked_child);
  waits::use(reporter.value, &history_of);
  adopt_thread(1);
  seam::install({
      .event = &on_event,
      .resume = &on_resume,
      .thread_id = &foreign_thread_id,
      .named = &on_named,
      .ignore_begin = [] { ignore(1); },
      .ignore_end = [] { ignore(-1); },
      .reports = [] { return reporter.value.reports(); },
      .stack_recycled = &on_stack_recycled,
      .fatal = &on_fatal,
      .own_memory = &own_memory,
      .exiting = &on_exiting,
      .instrumented = true,
  });
}

}  // namespace

GoroutineId new_thread_id() { return seam::next_goroutine_id(); }

}  // namespace chansan::live

// Called by the first instruction of every instrumented file's constructors,
// before any of the program's own.
extern "C" void __tsan_init() {
  static bool attached = false;
  if (attached) return;
  attached = true;
  chansan::live::attach();
}
