#include <array>
#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <shared_mutex>
#include <vector>

#include "csp/csp.h"
#include "tests/stress/stress.h"

namespace stress {

namespace {

/// What travels: who sent it through which channel, and its number there.
struct Message {
  std::size_t sender = 0;
  std::size_t channel = 0;
  int number = 0;
  auto operator<=>(const Message&) const = default;
};
// Move-only, so that a copy or a loss shows as a leak or a double free.
using Parcel = std::unique_ptr<Message>;

class LargeProgram {
 public:
  explicit LargeProgram(std::uint32_t seed) : seed_(seed), random_(seed) {
    channels_.resize(1 + pick(4));
    for (auto& channel : channels_) {
      channel = csp::make_chan<Parcel>(pick(4));
    }
    logs_.resize(3 + pick(7));  // the last is run()'s own
  }

  std::string run() {
    csp::wait_group all;
    std::atomic<bool> ended{false};
    for (std::size_t i = 0; i + 1 < logs_.size(); ++i) {
      all.go([this, i] { live(i); });
    }
    csp::go([&] {
      all.wait();
      ended = true;
    });
    for (std::size_t n = pick(100); n > 0; --n) csp::yield();
    stop_.close();
    // Whoever waits without looking at stop_ is given a partner.
    Log& own = logs_.back();
    while (!ended) {
      for (std::size_t i = 0; i < channels_.size(); ++i) {
        take_one(own, i);
        give_one(own, logs_.size() - 1, i);
      }
      csp::yield();
    }
    for (std::size_t i = 0; i < channels_.size(); ++i) {
      while (take_one(own, i)) {
      }
    }
    notifiers_.wait();
    return verdict();
  }

 private:
  struct Log {
    std::vector<Message> sent;
    std::vector<Message> received;
    std::map<std::size_t, int> numbers;  // by channel: of the last one made
  };

  std::size_t pick(std::size_t n) { return random_() % n; }

  Parcel make_parcel(Log& log, std::size_t sender, std::size_t channel) {
    return std::make_unique<Message>(
        Message{sender, channel, ++log.numbers[channel]});
  }

  bool take_one(Log& log, std::size_t channel) {
    std::optional<Parcel> got;
    if (csp::select(csp::recv_case(channels_[channel], got),
                    csp::default_case()) != 0) {
      return false;
    }
    log.received.push_back(**got);
    return true;
  }

  void give_one(Log& log, std::size_t sender, std::size_t channel) {
    const Message message{sender, channel, log.numbers[channel] + 1};
    if (csp::select(csp::send_case(channels_[channel],
                                   make_parcel(log, sender, channel)),
                    csp::default_case()) == 0) {
      log.sent.push_back(message);
    }
  }

  /// A select of random cases; one of them is stop_.
  void select_some(Log& log, std::size_t self, std::mt19937& random) {
    std::vector<csp::select_case> cases;
    std::vector<std::optional<Message>> sends;
    std::optional<Parcel> got;
    for (std::size_t n = 1 + random() % 4; n > 0; --n) {
      const std::size_t channel = random() % channels_.size();
      if (random() % 2) {
        Parcel parcel = make_parcel(log, self, channel);
        sends.emplace_back(*parcel);
        cases.emplace_back(
            csp::send_case(channels_[channel], std::move(parcel)));
      } else {
        sends.emplace_back();
        cases.emplace_back(csp::recv_case(channels_[channel], got));
      }
    }
    cases.emplace_back(csp::recv_case(stop_));
    const auto kind = random() % 8;
    if (kind == 0) cases.emplace_back(csp::default_case());
    if (kind == 1) {
      cases.emplace_back(csp::recv_case(
          csp::after(std::chrono::microseconds(random() % 100))));
    }
    const int ran = csp::select(std::span(cases));
    if (ran < 0 || static_cast<std::size_t>(ran) >= sends.size()) return;
    if (const auto& sent = sends[static_cast<std::size_t>(ran)]) {
      log.sent.push_back(*sent);
    } else {
      log.received.push_back(**got);
    }
  }

  void send_plainly(Log& log, std::size_t self, std::size_t channel) {
    Parcel parcel = make_parcel(log, self, channel);
    const Message message = *parcel;
    channels_[channel] << std::move(parcel);
    log.sent.push_back(message);
  }

  void use_locks(std::mt19937& random) {
    switch (random() % 5) {
      case 0: {
        const std::lock_guard hold(mutex_);
        if (random() % 8 == 0) csp::yield();
        ++guarded_;
        ++expected_;
        break;
      }
      case 1: {
        const std::lock_guard hold(shared_mutex_);
        ++shared_guarded_;
        ++shared_expected_;
        break;
      }
      case 2: {
        const std::shared_lock hold(shared_mutex_);
        seen_ = seen_ + (shared_guarded_ >= 0 ? 0 : 1);
        break;
      }
      case 3:
        semaphore_.acquire(1);
        if (inside_.fetch_add(1) >= 2) ++seen_;
        csp::yield();
        --inside_;
        semaphore_.release(1);
        break;
      case 4: {
        std::unique_lock lock(mutex_);
        ++generation_;
        condition_.notify_all();
        const int mine = generation_;
        notifiers_.go([this] {
          const std::lock_guard hold(mutex_);
          ++generation_;
          condition_.notify_all();
        });
        condition_.wait(lock, [&] { return generation_ > mine; });
        break;
      }
    }
  }

  void live(std::size_t self) {
    std::mt19937 random(seed_ * 31 + static_cast<std::uint32_t>(self));
    Log& log = logs_[self];
    for (auto n = 10 + random() % 40; n > 0; --n) {
      const std::size_t channel = random() % channels_.size();
      switch (random() % 8) {
        case 0:
          send_plainly(log, self, channel);
          break;
        case 1:
          if (auto got = channels_[channel].recv()) {
            log.received.push_back(**got);
          }
          break;
        case 2:
          csp::sleep_for(std::chrono::microseconds(random() % 50));
          break;
        case 3:
        case 4:
          use_locks(random);
          break;
        default:
          select_some(log, self, random);
      }
    }
  }

  std::string verdict() {
    std::map<Message, int> count;
    for (const Log& log : logs_) {
      for (const Message& message : log.sent) ++count[message];
      std::map<std::pair<std::size_t, std::size_t>, int> last;
      for (const Message& message : log.received) {
        --count[message];
        int& before = last[{message.sender, message.channel}];
        if (message.number <= before) return "a sender was overtaken by itself";
        before = message.number;
      }
    }
    for (const auto& [message, left] : count) {
      if (left != 0) return "a message was not received once";
    }
    if (guarded_ != expected_ || shared_guarded_ != shared_expected_) {
      return "a lock did not exclude";
    }
    if (seen_ != 0) return "a semaphore or a shared lock let too many in";
    return {};
  }

  const std::uint32_t seed_;
  std::mt19937 random_;
  std::vector<csp::chan<Parcel>> channels_;
  std::vector<Log> logs_;
  csp::chan<csp::unit> stop_ = csp::make_chan<csp::unit>();
  csp::mutex mutex_;
  int guarded_ = 0;     // by mutex_
  int generation_ = 0;  // by mutex_
  csp::wait_group notifiers_;
  csp::condition_variable condition_;
  csp::shared_mutex shared_mutex_;
  int shared_guarded_ = 0;  // by shared_mutex_
  csp::semaphore semaphore_{2};
  std::atomic<int> expected_{0};
  std::atomic<int> shared_expected_{0};
  std::atomic<int> inside_{0};
  std::atomic<int> seen_{0};  // what should never be
};

}  // namespace

std::string check_large_program(std::uint32_t seed) {
  return LargeProgram(seed).run();
}

}  // namespace stress
