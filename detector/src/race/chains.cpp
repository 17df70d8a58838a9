#include "detector/src/race/chains.h"

#include <algorithm>
#include <mutex>

namespace chansan::race {

std::optional<Epoch> Chains::take(const LifeRef& life, const Clock& inherited) {
  const std::scoped_lock guard(lock_);
  Epoch epoch;
  for (int probe = 0; probe < kProbes && !free_.empty(); ++probe) {
    const Epoch last = free_.back();
    free_.pop_back();
    if (inherited.covers(last)) {
      epoch = {last.chain, last.tick + 1};
      break;
    }
    // Out of the way of the next goroutine's probes.
    free_.push_front(last);
  }
  if (epoch.chain == kNoChain && !blank_.empty()) {
    epoch = {blank_.back().chain, blank_.back().tick + 1};
    blank_.pop_back();
  }
  if (epoch.chain == kNoChain) {
    if (chains_.size() >= chains_max_) return std::nullopt;
    epoch = {static_cast<ChainId>(chains_.size()), 1};
    chains_.emplace_back();
  }
  chains_[epoch.chain].incarnations.push_back({epoch.tick, false, life});
  ++lives_;
  return epoch;
}

void Chains::give_back(Epoch last) {
  if (last.tick >= kTickMax) return;
  const std::scoped_lock guard(lock_);
  free_.push_back(last);
}

LifeRef Chains::who(Epoch epoch) const {
  const std::scoped_lock guard(lock_);
  if (epoch.chain >= chains_.size()) return LifeRef();
  const auto& lives = chains_[epoch.chain].incarnations;
  const auto after = std::upper_bound(
      lives.begin(), lives.end(), epoch.tick,
      [](Tick tick, const Incarnation& life) { return tick < life.first; });
  return after == lives.begin() ? LifeRef() : std::prev(after)->life;
}

std::size_t Chains::size() const {
  const std::scoped_lock guard(lock_);
  return chains_.size();
}

std::size_t Chains::lives() const {
  const std::scoped_lock guard(lock_);
  return lives_;
}

void Chains::Sweep::mark(Epoch epoch) {
  auto& lives = chains_.chains_[epoch.chain].incarnations;
  const auto after = std::upper_bound(
      lives.begin(), lives.end(), epoch.tick,
      [](Tick tick, const Incarnation& life) { return tick < life.first; });
  if (after != lives.begin()) std::prev(after)->marked = true;
}

void Chains::Sweep::forget_unmarked() {
  const std::size_t blanks = chains_.blank_.size();
  std::erase_if(chains_.free_, [&](Epoch last) {
    auto& lives = chains_.chains_[last.chain].incarnations;
    const bool blank = std::none_of(
        lives.begin(), lives.end(),
        [](const Incarnation& incarnation) { return incarnation.marked; });
    if (!blank) return false;
    chains_.lives_ -= lives.size();
    lives.clear();
    chains_.blank_.push_back(last);
    return true;
  });
  // Before anybody can take one: their lock is held.
  if (chains_.blank_.size() != blanks) ++chains_.generation_;
  for (Chain& chain : chains_.chains_) {
    if (chain.incarnations.empty()) continue;
    chain.incarnations.back().marked = true;
    chains_.lives_ -= std::erase_if(
        chain.incarnations,
        [](const Incarnation& incarnation) { return !incarnation.marked; });
  }
  abandon();
}

void Chains::Sweep::abandon() {
  for (Chain& chain : chains_.chains_) {
    for (Incarnation& incarnation : chain.incarnations) {
      incarnation.marked = false;
    }
  }
}

}  // namespace chansan::race
