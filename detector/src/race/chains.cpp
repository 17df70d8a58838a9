#include "detector/src/race/chains.h"

#include <algorithm>
#include <mutex>
#include <utility>

namespace chansan::race {

void Chains::Chain::add(Incarnation incarnation) {
  if (!empty()) {
    if (before_ == nullptr) {
      before_ = std::make_unique<std::vector<Incarnation>>();
    }
    before_->push_back(std::move(newest_));
  }
  newest_ = std::move(incarnation);
}

const Chains::Incarnation* Chains::Chain::at(Tick tick) const {
  if (!empty() && newest_.first <= tick) return &newest_;
  if (before_ == nullptr) return nullptr;
  const auto after = std::upper_bound(
      before_->begin(), before_->end(), tick,
      [](Tick wanted, const Incarnation& life) { return wanted < life.first; });
  return after == before_->begin() ? nullptr : &*std::prev(after);
}

bool Chains::Chain::has_marked() const {
  return newest_.marked ||
         (before_ != nullptr &&
          std::any_of(before_->begin(), before_->end(),
                      [](const Incarnation& each) { return each.marked; }));
}

void Chains::Chain::unmark() {
  newest_.marked = false;
  if (before_ == nullptr) return;
  for (Incarnation& each : *before_) each.marked = false;
}

std::size_t Chains::Chain::forget_unmarked() {
  if (before_ == nullptr) return 0;
  const std::size_t forgotten = std::erase_if(
      *before_, [](const Incarnation& each) { return !each.marked; });
  if (before_->empty()) before_.reset();
  return forgotten;
}

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
  chains_[epoch.chain].add({epoch.tick, false, life});
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
  const Incarnation* const carrier = chains_[epoch.chain].at(epoch.tick);
  return carrier == nullptr ? LifeRef() : carrier->life;
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
  Incarnation* const carrier = chains_.chains_[epoch.chain].at(epoch.tick);
  if (carrier != nullptr) carrier->marked = true;
}

void Chains::Sweep::forget_unmarked() {
  const std::size_t blanks = chains_.blank_.size();
  std::erase_if(chains_.free_, [&](Epoch last) {
    Chain& chain = chains_.chains_[last.chain];
    if (chain.has_marked()) return false;
    chains_.lives_ -= chain.size();
    chain.clear();
    chains_.blank_.push_back(last);
    return true;
  });
  // Before anybody can take one: their lock is held.
  if (chains_.blank_.size() != blanks) ++chains_.generation_;
  for (Chain& chain : chains_.chains_) {
    chains_.lives_ -= chain.forget_unmarked();
  }
  abandon();
}

void Chains::Sweep::abandon() {
  for (Chain& chain : chains_.chains_) chain.unmark();
}

}  // namespace chansan::race
