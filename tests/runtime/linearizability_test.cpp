// Small random programs on one channel, each checked against the plain one: a
// run is right if its operations can be put into an order that agrees with
// their times and that a channel made of a queue could have had. All orders
// are tried (Wing and Gong, "Testing and verifying concurrent objects", 1993).
//
// CSP_STRESS_ROUNDS sets the number of programs, CSP_STRESS_SEED the first.
#include <algorithm>
#include <cstdlib>
#include <deque>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "tests/runtime/runtime_test.h"

namespace csp_test {
namespace {

enum class Kind { kSend, kRecv, kTrySend, kTryRecv, kClose };
enum class Result { kDone, kClosed, kNothing };

struct Operation {
  Kind kind = Kind::kRecv;
  int value = 0;  // sent, or received
  Result result = Result::kNothing;
  int begin = 0;  // times of one clock that all share
  int end = 0;
};

/// Whether some order of `history` is one of a queue of `capacity` elements.
class Checker {
 public:
  Checker(const std::vector<Operation>& history, std::size_t capacity)
      : history_(history), capacity_(capacity) {}

  bool explainable() { return extend(0, {}, false); }

 private:
  using Set = unsigned;  // of operations that have been ordered

  bool extend(Set done, const std::deque<int>& queue, bool closed) {
    if (done == (Set{1} << history_.size()) - 1) return true;
    if (!tried_.insert({done, queue, closed}).second) return false;
    for (std::size_t i = 0; i < history_.size(); ++i) {
      if (!may_be_next(done, i)) continue;
      if (alone(done | Set{1} << i, history_[i], queue, closed)) return true;
      if (capacity_ == 0 && met(done, i, queue, closed)) return true;
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

  static bool sends(const Operation& op) {
    return op.kind == Kind::kSend || op.kind == Kind::kTrySend;
  }

  bool alone(Set done, const Operation& op, std::deque<int> queue,
             bool closed) {
    if (op.kind == Kind::kClose) {
      return closed == (op.result == Result::kClosed) &&
             extend(done, queue, true);
    }
    if (op.result == Result::kClosed) {
      return closed && (sends(op) || queue.empty()) &&
             extend(done, queue, closed);
    }
    if (op.result == Result::kNothing) {
      // Nothing to receive, or no room. That nobody else waits is not asked:
      // one that is about to wait does not wait yet.
      const bool unready =
          sends(op) ? queue.size() == capacity_ : queue.empty();
      return !closed && unready && extend(done, queue, closed);
    }
    if (sends(op)) {
      if (closed || queue.size() == capacity_) return false;
      queue.push_back(op.value);
      return extend(done, queue, closed);
    }
    if (queue.empty() || queue.front() != op.value) return false;
    queue.pop_front();
    return extend(done, queue, closed);
  }

  // Unbuffered: a send and a receive of its value are one step.
  bool met(Set done, std::size_t i, const std::deque<int>& queue, bool closed) {
    const Operation& send = history_[i];
    if (!sends(send) || send.result != Result::kDone || closed) return false;
    for (std::size_t k = 0; k < history_.size(); ++k) {
      const Operation& recv = history_[k];
      if (sends(recv) || recv.kind == Kind::kClose) continue;
      if (recv.result != Result::kDone || recv.value != send.value) continue;
      if (!may_be_next(done, k)) continue;
      if (extend(done | Set{1} << i | Set{1} << k, queue, closed)) return true;
    }
    return false;
  }

  const std::vector<Operation>& history_;
  const std::size_t capacity_;
  std::set<std::tuple<Set, std::deque<int>, bool>> tried_;
};

void perform(Operation& op, const chan<int>& c, std::atomic<int>& clock) {
  op.begin = ++clock;
  try {
    std::optional<int> received;
    int ran = 0;
    switch (op.kind) {
      case Kind::kSend:
        c.send(op.value);
        op.result = Result::kDone;
        break;
      case Kind::kRecv:
        received = c.recv();
        op.result = received ? Result::kDone : Result::kClosed;
        break;
      case Kind::kTrySend:
        ran = select(send_case(c, op.value), default_case());
        op.result = ran == 0 ? Result::kDone : Result::kNothing;
        break;
      case Kind::kTryRecv:
        ran = select(recv_case(c, received), default_case());
        op.result = ran != 0   ? Result::kNothing
                    : received ? Result::kDone
                               : Result::kClosed;
        break;
      case Kind::kClose:
        c.close();
        op.result = Result::kDone;
        break;
    }
    if (received) op.value = *received;
  } catch (const channel_error&) {
    op.result = Result::kClosed;
  }
  op.end = ++clock;
}

std::string describe(const std::vector<Operation>& history) {
  static constexpr const char* kKinds[] = {"send", "recv", "try send",
                                           "try recv", "close"};
  static constexpr const char* kResults[] = {"done", "closed", "nothing"};
  std::string text;
  for (const Operation& op : history) {
    text += std::to_string(op.begin) + ".." + std::to_string(op.end) + " " +
            kKinds[static_cast<int>(op.kind)] + " " + std::to_string(op.value) +
            ": " + kResults[static_cast<int>(op.result)] + "\n";
  }
  return text;
}

std::vector<Operation> run_program(std::mt19937& random, std::size_t capacity) {
  const auto pick = [&](int n) {
    return static_cast<int>(random() % static_cast<unsigned>(n));
  };
  std::vector<std::vector<Operation>> goroutines(
      static_cast<std::size_t>(2 + pick(3)));
  int value = 0;
  for (auto& operations : goroutines) {
    for (int n = 1 + pick(3); n > 0; --n) {
      operations.push_back({static_cast<Kind>(pick(4)), ++value});
    }
  }
  std::vector<Operation> closing{{Kind::kClose, 0}};
  auto c = make_chan<int>(capacity);
  std::atomic<int> clock{0};
  std::atomic<std::size_t> ready{0};
  wait_group all;
  for (auto& operations : goroutines) {
    all.go([&] {
      ++ready;
      while (ready < goroutines.size()) yield();
      for (Operation& op : operations) perform(op, c, clock);
    });
  }
  run_until([&] { return ready == goroutines.size(); });
  for (int n = pick(40); n > 0; --n) yield();
  perform(closing[0], c, clock);  // whoever is blocked goes on
  all.wait();
  goroutines.push_back(closing);
  std::vector<Operation> history;
  for (const auto& operations : goroutines) {
    history.insert(history.end(), operations.begin(), operations.end());
  }
  return history;
}

unsigned from_environment(const char* name, unsigned otherwise) {
  const char* text = std::getenv(name);
  return text ? static_cast<unsigned>(std::strtoul(text, nullptr, 10))
              : otherwise;
}

class LinearizabilityTest : public RuntimeTest {};

TEST_F(LinearizabilityTest, EveryRunIsOneOfAQueue) {
  const unsigned rounds = from_environment("CSP_STRESS_ROUNDS", 3000);
  const unsigned first = from_environment("CSP_STRESS_SEED", 1);
  for (unsigned seed = first; seed < first + rounds; ++seed) {
    std::mt19937 random(seed);
    const std::size_t capacity = random() % 3;
    const auto history = run_program(random, capacity);
    ASSERT_TRUE(Checker(history, capacity).explainable())
        << "CSP_STRESS_SEED=" << seed << ", capacity " << capacity << "\n"
        << describe(history);
  }
}

// The checker can say no.
TEST_F(LinearizabilityTest, ImpossibleRunsAreFound) {
  const Operation sent{Kind::kSend, 1, Result::kDone, 1, 2};
  const Operation twice{Kind::kSend, 2, Result::kDone, 3, 4};
  const Operation received{Kind::kRecv, 2, Result::kDone, 5, 6};
  // First in, first out.
  EXPECT_FALSE(Checker({sent, twice, received}, 2).explainable());
  // More than there is room for.
  EXPECT_FALSE(Checker({sent, twice}, 1).explainable());
  // An unbuffered send that met nobody.
  EXPECT_FALSE(Checker({sent, received}, 0).explainable());
  const Operation late{Kind::kRecv, 1, Result::kDone, 3, 4};
  EXPECT_FALSE(Checker({sent, late}, 0).explainable());
  EXPECT_TRUE(Checker({sent, late}, 1).explainable());
}

}  // namespace
}  // namespace csp_test
