#include "detector/src/locks/acquisitions.h"

#include <algorithm>
#include <utility>

namespace chansan::locks {

namespace {

// Whether who asks for a lock as `asks` does waits for who has it as `holds`.
// A reader waits for another one behind a writer that came between them,
// unless readers pass waiting writers.
bool waits_for(const Acquisition& asks, const HeldLock& holds) {
  return !(asks.shared && holds.shared && asks.passes);
}

// Whether they cannot both be under way: a lock that both have.
bool gated(const Acquisition& a, const Acquisition& b) {
  return std::any_of(a.held.begin(), a.held.end(), [&](const HeldLock& one) {
    const HeldLock* other = b.find_held(one.lock);
    return other != nullptr && !(one.shared && other->shared);
  });
}

bool can_overlap(const Acquisition& a, const Acquisition& b) {
  return a.life->id != b.life->id && !a.knows(b) && !b.knows(a) && !gated(a, b);
}

}  // namespace

const HeldLock* Acquisition::find_held(std::uint64_t wanted) const {
  for (const HeldLock& each : held) {
    if (each.lock == wanted) return &each;
  }
  return nullptr;
}

std::vector<Cycle> Acquisitions::add(Acquisition fresh, std::uint64_t key) {
  return search(*keep(std::move(fresh), key));
}

const Acquisition* Acquisitions::keep(Acquisition&& fresh, std::uint64_t key) {
  auto& alike = alike_[key];
  const auto older =
      std::find_if(alike.begin(), alike.end(),
                   [&](const auto& each) { return fresh.knows(*each); });
  const bool full = alike.size() >= kAlikeMax || keys_.size() >= kAllMax;
  if (older == alike.end() && full) ++lost_;
  if (older != alike.end() || (full && !alike.empty())) {
    auto replaced = older != alike.end() ? older : alike.begin();
    **replaced = std::move(fresh);
    // The front is the one that was renewed the longest ago.
    std::rotate(replaced, replaced + 1, alike.end());
    return alike.back().get();
  }
  if (full) {
    alike_.erase(key);
    unkept_ = std::move(fresh);
    return &unkept_;
  }
  alike.push_back(std::make_unique<Acquisition>(std::move(fresh)));
  const Acquisition* kept = alike.back().get();
  keys_[kept] = key;
  by_lock_[kept->lock].push_back(kept);
  for (const HeldLock& each : kept->held) by_lock_[each.lock].push_back(kept);
  return kept;
}

// Breadth first, so that the shortest cycles come first.
std::vector<Cycle> Acquisitions::search(const Acquisition& first) {
  std::vector<Cycle> cycles;
  Path steps{{&first, 0}};
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const Acquisition& asks = *steps[i].acquisition;
    const auto near = by_lock_.find(asks.lock);
    if (near == by_lock_.end()) continue;
    for (const Acquisition* next : near->second) {
      const HeldLock* holds = next->find_held(asks.lock);
      if (holds == nullptr || !waits_for(asks, *holds)) continue;
      std::vector<const Acquisition*> path;
      for (std::size_t at = i;; at = steps[at].before) {
        path.push_back(steps[at].acquisition);
        if (at == 0) break;
      }
      if (!std::all_of(path.begin(), path.end(), [&](const Acquisition* each) {
            return can_overlap(*next, *each);
          })) {
        continue;
      }
      const HeldLock* closes = first.find_held(next->lock);
      if (closes == nullptr || !waits_for(*next, *closes)) {
        if (steps.size() == kStepsMax) ++lost_;
        if (steps.size() <= kStepsMax) steps.push_back({next, i});
        continue;
      }
      std::reverse(path.begin(), path.end());
      path.push_back(next);
      std::vector<std::uint64_t> locks;
      for (const Acquisition* each : path) locks.push_back(each->lock);
      std::sort(locks.begin(), locks.end());
      if (!told_.insert(std::move(locks)).second) continue;
      Cycle& cycle = cycles.emplace_back();
      for (const Acquisition* each : path) cycle.push_back(*each);
    }
  }
  return cycles;
}

bool Acquisitions::forget(std::uint64_t address, std::uint64_t size) {
  bool any = false;
  for (auto place = by_lock_.lower_bound(address);
       place != by_lock_.end() && place->first - address < size;
       place = by_lock_.lower_bound(address)) {
    any = true;
    const std::uint64_t lock = place->first;
    std::erase_if(told_, [lock](const auto& locks) {
      return std::binary_search(locks.begin(), locks.end(), lock);
    });
    const std::vector<const Acquisition*> all = place->second;
    for (const Acquisition* each : all) drop(each);
    by_lock_.erase(lock);
  }
  return any;
}

void Acquisitions::refute(std::uint64_t lock) {
  const auto place = by_lock_.find(lock);
  if (place == by_lock_.end()) return;
  const std::vector<const Acquisition*> all = place->second;
  for (const Acquisition* each : all) {
    const bool alone = each->held.size() == 1;
    if (each->lock == lock || alone) {
      drop(each);
      continue;
    }
    // Only the index has it as constant.
    auto& held = const_cast<Acquisition*>(each)->held;
    std::erase_if(held, [&](const HeldLock& one) { return one.lock == lock; });
  }
  by_lock_.erase(lock);
}

void Acquisitions::drop(const Acquisition* dropped) {
  const auto unlist = [&](std::uint64_t lock) {
    const auto place = by_lock_.find(lock);
    if (place == by_lock_.end()) return;
    std::erase(place->second, dropped);
    if (place->second.empty()) by_lock_.erase(place);
  };
  unlist(dropped->lock);
  for (const HeldLock& each : dropped->held) unlist(each.lock);
  const auto key = keys_.find(dropped);
  const auto alike = alike_.find(key->second);
  std::erase_if(alike->second,
                [&](const auto& each) { return each.get() == dropped; });
  if (alike->second.empty()) alike_.erase(alike);
  keys_.erase(key);
}

}  // namespace chansan::locks
