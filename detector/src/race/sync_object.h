// The clocks that synchronization objects carry, found by address.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <unordered_map>
#include <utility>
#include <vector>

#include "detector/src/race/cell.h"
#include "detector/src/race/clock.h"
#include "detector/src/race/history.h"
#include "detector/src/race/pool.h"
#include "runtime/snapshot.h"

namespace chansan::race {

/// What only a channel or a wait_group has.
struct ChannelClocks : public Pooled<ChannelClocks> {
  std::vector<Clock> slots;  // who last passed through each
  Clock closed;              // what the close released
  History uses;  // sends against the close; first adds against the first wait
};

/// What releases of a semaphore gave and nobody has taken yet.
struct Permits {
  struct Given {
    std::uint64_t count;
    Clock released;
  };
  std::deque<Given> given;  // oldest first
  std::uint64_t count = 0;  // of all
};

struct SyncObject {
  Clock released;  // by unlock, release, a release store, done, f's end
  Clock readers;   // by unlock_shared, merged
  std::unique_ptr<ChannelClocks> channel;
  std::unique_ptr<Permits> permits;  // only a semaphore's

  ChannelClocks& as_channel() {
    if (channel == nullptr) channel = std::make_unique<ChannelClocks>();
    return *channel;
  }
};

/// The objects of one page, by address.
class SyncObjects {
 public:
  /// *Returns* null if there is none.
  SyncObject* find(std::uint64_t address) {
    const Name name = csp::seam::object_name(address);
    Recent& recent = recent_of(address);
    if (recent.name == name) [[likely]] {
      return recent.object;
    }
    const auto known = all_.find(name);
    if (known == all_.end()) return nullptr;
    recent = {name, &known->second};
    return recent.object;
  }
  SyncObject& operator[](std::uint64_t address) {
    if (SyncObject* known = find(address)) return *known;
    return all_[csp::seam::object_name(address)];
  }
  /// Forgets the one at `address`.
  void erase(std::uint64_t address) {
    const Name name = csp::seam::object_name(address);
    Recent& recent = recent_of(address);
    if (recent.name == name) recent = {};
    all_.erase(name);
  }
  /// Forgets those in [address, end).
  void erase(std::uint64_t address, std::uint64_t end) {
    if (all_.empty()) return;
    recent_ = {};
    std::erase_if(all_, [&](const auto& entry) {
      const std::uint64_t object = csp::seam::address_of(entry.first);
      return object >= address && object < end;
    });
  }
  template <typename Visit>
  void for_each(Visit visit) {
    for (auto& [name, object] : all_) visit(object);
  }

 private:
  // No address: whoever looks for leaks may come upon this memory, and it must
  // not seem to lead to the object.
  using Name = std::uint64_t;
  struct Recent {
    Name name = csp::seam::object_name(~0ull);  // no object's
    SyncObject* object = nullptr;
  };
  static constexpr std::size_t kRecent = 4;
  static constexpr int kObjectBits = 5;
  Recent& recent_of(std::uint64_t address) {
    return recent_[(address >> kObjectBits) % kRecent];
  }

  std::unordered_map<Name, SyncObject, std::hash<Name>, std::equal_to<Name>,
                     PooledAllocator<std::pair<const Name, SyncObject>>>
      all_;
  std::array<Recent, kRecent> recent_{};  // where they are found at a glance
};

}  // namespace chansan::race
