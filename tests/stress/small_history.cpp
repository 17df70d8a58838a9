// After Wing and Gong, "Testing and verifying concurrent objects" (1993).
#include <algorithm>
#include <array>
#include <atomic>
#include <deque>
#include <optional>
#include <random>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include "csp/csp.h"
#include "tests/stress/stress.h"

namespace stress {

namespace {

constexpr std::size_t kChannels = 3;

struct Case {
  bool sends = false;
  std::size_t channel = 0;
  int value = 0;  // to be sent
};

enum class Result { kRan, kClosed, kNothing };

/// One select, or a plain operation, which is a select of one case; or a
/// close.
struct Operation {
  std::vector<Case> cases;
  bool has_default = false;
  bool closes = false;
  std::size_t ran = 0;  // index of the case; closes: the channel
  int received = 0;
  Result result = Result::kNothing;
  int begin = 0;  // of one clock that all share
  int end = 0;

  const Case& chosen() const { return cases[ran]; }
};

struct Queues {
  std::array<std::deque<int>, kChannels> waiting;
  std::array<bool, kChannels> closed{};
  auto operator<=>(const Queues&) const = default;
};

class Checker {
 public:
  Checker(const std::vector<Operation>& history,
          const std::array<std::size_t, kChannels>& capacities)
      : history_(history), capacities_(capacities) {}

  bool explainable() { return extend(0, Queues()); }

 private:
  using Set = std::uint32_t;  // of operations that have been ordered

  bool extend(Set done, const Queues& queues) {
    if (done == (Set{1} << history_.size()) - 1) return true;
    if (!tried_.insert({done, queues}).second) return false;
    for (std::size_t i = 0; i < history_.size(); ++i) {
      if (!may_be_next(done, i)) continue;
      if (alone(done, i, queues) || met(done, i, queues)) return true;
    }
    return false;
  }

  // Nothing that ended before it began is still to come.
  bool may_be_next(Set done, std::size_t i) const {
    if (done >> i & 1) return false;
    for (std::size_t k = 0; k < history_.size(); ++k) {
      if (!(done >> k & 1) && history_[k].end < history_[i].begin) return false;
    }
    return true;
  }

  bool unready(const Case& one, const Queues& queues) const {
    const auto& waiting = queues.waiting[one.channel];
    if (queues.closed[one.channel]) return false;
    // That nobody else waits is not asked: one that is about to wait does not
    // wait yet.
    return one.sends ? waiting.size() == capacities_[one.channel]
                     : waiting.empty();
  }

  bool alone(Set done, std::size_t i, Queues queues) {
    const Operation& op = history_[i];
    done |= Set{1} << i;
    if (op.closes) {
      const bool was = std::exchange(queues.closed[op.ran], true);
      return was == (op.result == Result::kClosed) && extend(done, queues);
    }
    if (op.result == Result::kNothing) {
      return std::all_of(
                 op.cases.begin(), op.cases.end(),
                 [&](const Case& one) { return unready(one, queues); }) &&
             extend(done, queues);
    }
    const Case& one = op.chosen();
    auto& waiting = queues.waiting[one.channel];
    if (op.result == Result::kClosed) {
      return queues.closed[one.channel] && (one.sends || waiting.empty()) &&
             extend(done, queues);
    }
    if (one.sends) {
      if (queues.closed[one.channel]) return false;
      if (waiting.size() == capacities_[one.channel]) return false;
      waiting.push_back(one.value);
      return extend(done, queues);
    }
    if (waiting.empty() || waiting.front() != op.received) return false;
    waiting.pop_front();
    return extend(done, queues);
  }

  // Unbuffered: a send and a receive of its value are one step.
  bool met(Set done, std::size_t i, const Queues& queues) {
    const Operation& send = history_[i];
    if (send.closes || send.result != Result::kRan || !send.chosen().sends) {
      return false;
    }
    const std::size_t channel = send.chosen().channel;
    if (capacities_[channel] != 0 || queues.closed[channel]) return false;
    for (std::size_t k = 0; k < history_.size(); ++k) {
      const Operation& recv = history_[k];
      if (recv.closes || recv.result != Result::kRan || recv.chosen().sends ||
          recv.chosen().channel != channel ||
          recv.received != send.chosen().value || !may_be_next(done, k)) {
        continue;
      }
      if (extend(done | Set{1} << i | Set{1} << k, queues)) return true;
    }
    return false;
  }

  const std::vector<Operation>& history_;
  const std::array<std::size_t, kChannels> capacities_;
  std::set<std::tuple<Set, Queues>> tried_;
};

using Channels = std::array<csp::chan<int>, kChannels>;

void perform(Operation& op, const Channels& channels, std::atomic<int>& clock) {
  std::vector<csp::select_case> cases;
  std::optional<int> received;
  for (const Case& one : op.cases) {
    const auto& channel = channels[one.channel];
    if (one.sends) {
      cases.emplace_back(csp::send_case(channel, one.value));
    } else {
      cases.emplace_back(csp::recv_case(channel, received));
    }
  }
  if (op.has_default) cases.emplace_back(csp::default_case());
  op.begin = ++clock;
  try {
    if (op.closes) {
      channels[op.ran].close();
      op.result = Result::kRan;
    } else if (const int ran = csp::select(std::span(cases)); ran >= 0) {
      op.ran = static_cast<std::size_t>(ran);
      const bool done = op.chosen().sends || received.has_value();
      op.result = done ? Result::kRan : Result::kClosed;
      op.received = received.value_or(0);
    }
  } catch (const csp::channel_error&) {
    op.result = Result::kClosed;
    // Which case of several threw is not told; the plan has only one send
    // then.
    if (!op.closes) {
      op.ran = static_cast<std::size_t>(
          std::find_if(op.cases.begin(), op.cases.end(),
                       [](const Case& one) { return one.sends; }) -
          op.cases.begin());
    }
  }
  op.end = ++clock;
}

class Plan {
 public:
  explicit Plan(std::uint32_t seed) : random_(seed) {
    for (auto& capacity : capacities) capacity = pick(3);
    goroutines.resize(2 + pick(3));
    for (auto& operations : goroutines) {
      for (std::size_t n = 1 + pick(3); n > 0; --n) {
        operations.push_back(operation());
      }
    }
  }

  std::array<std::size_t, kChannels> capacities{};
  std::vector<std::vector<Operation>> goroutines;

 private:
  std::size_t pick(std::size_t n) { return random_() % n; }

  Operation operation() {
    Operation op;
    op.has_default = pick(3) == 0;
    bool sends = false;
    for (std::size_t n = 1 + pick(3); n > 0; --n) {
      Case one{pick(2) == 0 && !sends, pick(kChannels), ++value_};
      sends = sends || one.sends;
      op.cases.push_back(one);
    }
    return op;
  }

  std::mt19937 random_;
  int value_ = 0;
};

std::vector<Operation> run(Plan& plan) {
  Channels channels;
  for (std::size_t i = 0; i < kChannels; ++i) {
    channels[i] = csp::make_chan<int>(plan.capacities[i]);
  }
  std::atomic<int> clock{0};
  std::atomic<std::size_t> ready{0};
  csp::wait_group all;
  for (auto& operations : plan.goroutines) {
    all.go([&] {
      ++ready;
      while (ready < plan.goroutines.size()) csp::yield();
      for (Operation& op : operations) perform(op, channels, clock);
    });
  }
  while (ready < plan.goroutines.size()) csp::yield();
  for (int i = 0; i < 20; ++i) csp::yield();
  // Whoever is blocked goes on.
  std::vector<Operation> history;
  for (std::size_t i = 0; i < kChannels; ++i) {
    Operation op;
    op.closes = true;
    op.ran = i;
    perform(op, channels, clock);
    history.push_back(op);
  }
  all.wait();
  for (const auto& operations : plan.goroutines) {
    history.insert(history.end(), operations.begin(), operations.end());
  }
  return history;
}

std::string describe(const Operation& op) {
  std::string text =
      std::to_string(op.begin) + ".." + std::to_string(op.end) + " ";
  if (op.closes) return text + "close " + std::to_string(op.ran) + "\n";
  for (std::size_t i = 0; i < op.cases.size(); ++i) {
    const Case& one = op.cases[i];
    const bool ran = op.result != Result::kNothing && i == op.ran;
    text += std::string(ran ? "*" : "") + (one.sends ? "send " : "recv ") +
            std::to_string(one.channel) +
            (one.sends ? "<-" + std::to_string(one.value) : "") + " ";
  }
  if (op.has_default) text += "default ";
  switch (op.result) {
    case Result::kRan:
      return text + "ran, received " + std::to_string(op.received) + "\n";
    case Result::kClosed:
      return text + "closed\n";
    case Result::kNothing:
      break;
  }
  return text + "nothing\n";
}

}  // namespace

std::string check_small_history(std::uint32_t seed) {
  Plan plan(seed);
  const auto history = run(plan);
  if (Checker(history, plan.capacities).explainable()) return {};
  std::string text = "no order of queues explains this, capacities";
  for (const std::size_t capacity : plan.capacities) {
    text += " " + std::to_string(capacity);
  }
  text += "\n";
  for (const Operation& op : history) text += describe(op);
  return text;
}

}  // namespace stress
