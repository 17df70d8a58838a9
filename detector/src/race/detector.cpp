// The detector's dispatch, and the lives of goroutines.
#include "detector/src/race/detector.h"

#include <algorithm>
#include <utility>

namespace chansan::race {

using csp::seam::Event;
using csp::seam::EventKind;
using csp::seam::GoroutineId;

RaceDetector::~RaceDetector() = default;

void RaceDetector::limit_memory(std::uint64_t bytes,
                                const std::atomic<std::int64_t>* beside) {
  constexpr std::uint64_t kContextsPart = 8;
  is_limited_ = true;
  shadow_.limit(bytes - bytes / kContextsPart, beside);
  contexts_.limit(bytes / kContextsPart);
}

void RaceDetector::consume(const Event& event, std::uint64_t pc) {
  switch (event.kind) {
    case EventKind::kGoCreate:
      return create(
          event.goroutine == 0 ? nullptr : &goroutine(event.goroutine), event,
          pc);
    case EventKind::kGoStart:
      goroutine(event.goroutine);
      return;
    case EventKind::kGoEnd:
      return end(event.goroutine);
    case EventKind::kJoin:
      return join(event);
    case EventKind::kAlloc:
    case EventKind::kFree:
    case EventKind::kRead:
    case EventKind::kWrite:
      return consume_memory(event);
    case EventKind::kAtomicLoad:
    case EventKind::kAtomicStore:
    case EventKind::kAtomicRmw:
    case EventKind::kAtomicFailed:
    case EventKind::kFence:
      return consume_atomic(event);
    case EventKind::kChanTimerSend:
      return consume_timer_send(event);
    case EventKind::kChanRendezvous:
      return rendezvous(goroutine(event.goroutine), goroutine(event.other),
                        event, pc);
    default:
      return consume_as(goroutine(event.goroutine), event, pc);
  }
}

Goroutine& RaceDetector::goroutine(GoroutineId id) {
  GoroutineShard& home = shard(id);
  const std::scoped_lock guard(home.lock);
  if (Goroutine* known = home.alive.find(id)) return *known;
  auto made = std::make_unique<Goroutine>();
  made->life = LifeRef(new Life);
  made->life->id = id;
  Goroutine& goroutine = *made;
  home.alive.add(std::move(made));
  return goroutine;
}

namespace {

const Shared<Creators>& creators_of_children(Life& life) {
  if (!life.for_children) {
    life.for_children = Shared<Creators>(new Creators);
    auto& line = life.for_children->nearest_first;
    line[0] = {life.id, life.created_at};
    if (life.creators) {
      std::copy_n(life.creators->nearest_first.begin(), line.size() - 1,
                  line.begin() + 1);
    }
  }
  return life.for_children;
}

}  // namespace

void RaceDetector::create(Goroutine* creator, const Event& event,
                          std::uint64_t pc) {
  Goroutine& child = goroutine(event.other);
  child.joinable = (event.flags & csp::seam::kJoinable) != 0;
  if (creator == nullptr) return;  // no stack, no order yet
  Life& life = *child.life.get();
  life.created_at = context(*creator, {.pc = pc});
  life.creators = creators_of_children(*creator->life.get());
  ensure_chain(*creator);
  child.clock = release(*creator).copy();
  note_release(*creator, event.kind, event.other, life.created_at);
}

void RaceDetector::end(GoroutineId id) {
  GoroutineShard& home = shard(id);
  std::unique_ptr<Goroutine> ended;
  {
    const std::scoped_lock guard(home.lock);
    ended = home.alive.remove(id);
  }
  if (ended == nullptr) return;
  ended->life->ended.store(true, std::memory_order_relaxed);
  if (ended->joinable) {
    ensure_chain(*ended);
    Clock last = release(*ended).copy();
    const std::scoped_lock guard(home.lock);
    home.ended[id] = std::move(last);
  }
  if (ended->now.chain == kNoChain) return;
  // What it released last covers it all if it did nothing afterwards.
  Epoch last = ended->now;
  if (!ended->touched) --last.tick;
  chains_.give_back(last);
  sweep_if_due();
}

void RaceDetector::join(const Event& event) {
  GoroutineShard& home = shard(event.other);
  Clock last;
  {
    const std::scoped_lock guard(home.lock);
    const auto place = home.ended.find(event.other);
    if (place == home.ended.end()) {
      // Detached before its end: nobody will ask.
      Goroutine* const alive = home.alive.find(event.other);
      if (alive != nullptr) alive->joinable = false;
      return;
    }
    last = std::move(place->second);
    home.ended.erase(place);
  }
  if ((event.flags & csp::seam::kDetached) != 0) return;
  learn(goroutine(event.goroutine), last);
}

// Gives the goroutine a chain if it has none. *Returns* false if none is left.
bool RaceDetector::ensure_chain(Goroutine& goroutine) {
  if (goroutine.now.chain != kNoChain) [[likely]] {
    return true;
  }
  const auto now = chains_.take(goroutine.life, goroutine.clock);
  if (!now.has_value()) {
    count_dropped();
    return false;
  }
  set_now(goroutine, *now);
  return true;
}

void RaceDetector::set_now(Goroutine& goroutine, Epoch now) {
  goroutine.now = now;
  goroutine.read_key = CellWord(now, Manner::kRead, 0).bits();
}

// Forgets finished goroutines none of whose accesses is remembered any more, so
// that what is kept is bounded by the memory that the program uses. Exact: a
// finished goroutine's cells only vanish or move within their granule, whose
// lock is held while it is read; and while a race is being told, whose cell may
// have vanished already, nothing is forgotten.
void RaceDetector::sweep_if_due() {
  if (chains_.lives() < sweep_at_.load(std::memory_order_relaxed)) return;
  Chains::Sweep sweep(chains_);
  const std::uint64_t races = races_found_.load();
  const std::size_t pages =
      shadow_.for_each_epoch([&](Epoch epoch) { sweep.mark(epoch); });
  for (PageNotes* notes : shadow_.all_notes()) {
    const std::scoped_lock guard(notes->lock);
    notes->sync.for_each([&](const SyncObject& object) {
      if (object.channel == nullptr) return;
      object.channel->uses.for_each(
          [&](const Cell& cell) { sweep.mark(cell.word.epoch()); });
    });
  }
  if (races_found_.load() == races && races_told_.load() == races) {
    sweep.forget_unmarked();
  } else {
    sweep.abandon();
  }
  // A page costs about as much as a goroutine's creation: so sweeping stays a
  // fixed part of what creating them costs.
  sweep_at_.store(std::max({kSweepAt, 2 * sweep.lives(), pages}),
                  std::memory_order_relaxed);
}

}  // namespace chansan::race
