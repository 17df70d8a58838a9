// Each pair of executions differs in one line, which makes the difference.
#include "detector/src/locks/lock_order.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "detector/src/instrument/lock_finding.h"
#include "tests/support/event_script.h"

namespace chansan::locks {
namespace {

class NoRaces final : public race::RaceListener {
 public:
  void on_race(const race::Race&) override {}
};

// The rules as a live program has them.
class Watched final : public CycleListener {
 public:
  void consume(const csp::seam::Event& event) {
    order.consume(event);
    detector.consume(event);
  }
  void run(const std::string& script) {
    for (const auto& event : tests::parse_script(script)) consume(event);
  }
  void on_cycle(const Cycle& cycle) override { cycles.push_back(cycle); }

  NoRaces races;
  race::RaceDetector detector{races};
  LockOrder order{detector, *this};
  std::vector<Cycle> cycles;
};

std::size_t cycles(const std::string& script) {
  Watched watched;
  watched.run(script);
  return watched.cycles.size();
}

// The same with channels of capacity one, and to the end of the program.
std::size_t cycles_through_channels(const std::string& script,
                                    std::uint8_t flags = 0) {
  Watched watched;
  for (auto event : tests::parse_script("1 make c 1\n" + script)) {
    if (event.kind == csp::seam::EventKind::kChanSend ||
        event.kind == csp::seam::EventKind::kChanRecv) {
      event.flags |= csp::seam::kOneSlot | flags;
    }
    watched.consume(event);
  }
  EXPECT_EQ(watched.cycles.size(), 0u) << "told before it is sure";
  watched.order.finish();
  return watched.cycles.size();
}

// Takes the locks of `names` one after the other, and gives them back.
std::string takes(int goroutine, const std::string& names) {
  const std::string who = std::to_string(goroutine) + " ";
  std::string text;
  for (const char name : names) text += who + "lock " + name + "\n";
  for (auto name = names.rbegin(); name != names.rend(); ++name) {
    text += who + "unlock " + *name + "\n";
  }
  return text;
}

const std::string kTwo = "1 go 2\n1 go 3\n";

TEST(LockOrderTest, OppositeOrdersAreACycle) {
  EXPECT_EQ(cycles(kTwo + takes(2, "ab") + takes(3, "ba")), 1u);
  EXPECT_EQ(cycles(kTwo + takes(2, "ab") + takes(3, "ab")), 0u);
}

TEST(LockOrderTest, AChannelThatItsSenderReceivesFromIsALock) {
  const std::string two =
      "2 lock a\n2 send c\n2 recv c\n2 unlock a\n"
      "3 send c\n3 lock a\n3 unlock a\n3 recv c\n";
  EXPECT_EQ(cycles_through_channels(kTwo + two), 1u);
  EXPECT_EQ(cycles_through_channels(kTwo + two, csp::seam::kTried), 0u)
      << "a select need not wait";
  const std::string same_order =
      "2 lock a\n2 send c\n2 recv c\n2 unlock a\n"
      "3 lock a\n3 send c\n3 recv c\n3 unlock a\n";
  EXPECT_EQ(cycles_through_channels(kTwo + same_order), 0u);
}

TEST(LockOrderTest, AChannelWithATokenInItIsALock) {
  const std::string two =
      "2 lock a\n2 recv c\n2 send c\n2 unlock a\n"
      "3 recv c\n3 lock a\n3 unlock a\n3 send c\n";
  EXPECT_EQ(cycles_through_channels("1 send c\n" + kTwo + two), 1u);
}

TEST(LockOrderTest, AChannelThatHandsValuesOverIsNone) {
  const std::string two =
      "2 lock a\n2 send c\n2 recv c\n2 unlock a\n"
      "3 send c\n3 lock a\n3 unlock a\n";
  EXPECT_EQ(cycles_through_channels(kTwo + two + "3 recv c\n"), 1u);
  EXPECT_EQ(cycles_through_channels(kTwo + two + "1 recv c\n"), 0u);
}

TEST(LockOrderTest, WhatAChannelHandsOverIsOrdered) {
  EXPECT_EQ(cycles_through_channels(kTwo + takes(2, "ab") +
                                    "2 send c\n3 recv c\n" + takes(3, "ba")),
            0u);
}

TEST(LockOrderTest, OneGoroutineDoesNotWaitForItself) {
  EXPECT_EQ(cycles(kTwo + takes(2, "ab") + takes(2, "ba")), 0u);
}

TEST(LockOrderTest, GivenBackBeforeTheOtherIsNoOrder) {
  EXPECT_EQ(cycles(kTwo + takes(2, "ab") + takes(3, "b") + takes(3, "a")), 0u);
}

TEST(LockOrderTest, CyclesOfAnyLengthAreFound) {
  for (int length = 2; length <= 12; ++length) {
    std::string script;
    std::string broken;
    for (int i = 0; i < length; ++i) {
      script += "1 go " + std::to_string(i + 2) + "\n";
    }
    broken = script;
    for (int i = 0; i < length; ++i) {
      const char from = static_cast<char>('a' + i);
      const char to = static_cast<char>('a' + (i + 1) % length);
      const bool last = i + 1 == length;
      script += takes(i + 2, {from, to});
      broken += last ? takes(i + 2, {to, from}) : takes(i + 2, {from, to});
    }
    EXPECT_EQ(cycles(script), 1u) << length;
    EXPECT_EQ(cycles(broken), 0u) << length;
  }
}

TEST(LockOrderTest, ACommonLockIsAGate) {
  EXPECT_EQ(cycles(kTwo + takes(2, "gab") + takes(3, "gba")), 0u);
  EXPECT_EQ(cycles(kTwo + takes(2, "gab") + takes(3, "hba")), 1u);
}

TEST(LockOrderTest, AGateThatBothOnlyReadIsNone) {
  const std::string second = takes(3, "ba") + "3 runlock g\n";
  const std::string first = takes(2, "ab") + "2 runlock g\n";
  EXPECT_EQ(cycles(kTwo + "2 rlock g\n" + first + "3 rlock g\n" + second), 1u);
  EXPECT_EQ(cycles(kTwo + "2 lock g\n" + first + "3 rlock g\n" + second), 0u);
}

TEST(LockOrderTest, ATryDoesNotWait) {
  const std::string first = takes(2, "ab");
  const std::string end = "3 unlock a\n3 unlock b\n";
  EXPECT_EQ(cycles(kTwo + first + "3 lock b\n3 lock a\n" + end), 1u);
  EXPECT_EQ(cycles(kTwo + first + "3 lock b\n3 try-lock a\n" + end), 0u);
  // What was got by a try is held like any other.
  EXPECT_EQ(cycles(kTwo + first + "3 try-lock b\n3 lock a\n" + end), 1u);
}

TEST(LockOrderTest, ARecursiveLockIsTakenOnce) {
  EXPECT_EQ(cycles(kTwo + takes(2, "ab") +
                   "3 lock a\n3 lock b\n3 lock a\n"
                   "3 unlock a\n3 unlock b\n"
                   "3 unlock a\n"),
            0u);
  EXPECT_EQ(cycles(kTwo + takes(2, "ab") + "3 lock b\n3 lock b\n3 unlock b\n" +
                   takes(3, "a")),
            1u);
}

TEST(LockOrderTest, ReadersWaitBehindAWriterUnlessTheyPassIt) {
  const auto readers = [](const std::string& verb) {
    std::string text = kTwo;
    for (const std::string one : {"2", "3"}) {
      const bool second = one == "3";
      text += one + " " + verb + (second ? " b\n" : " a\n");
      text += one + " " + verb + (second ? " a\n" : " b\n");
      text += one + " runlock a\n" + one + " runlock b\n";
    }
    return text;
  };
  EXPECT_EQ(cycles(readers("rlock")), 1u);
  EXPECT_EQ(cycles(readers("rlock-passing")), 0u);
}

TEST(LockOrderTest, ReaderAndWriterExcludeEachOther) {
  const std::string reader = "3 runlock a\n3 unlock b\n";
  EXPECT_EQ(
      cycles(kTwo + takes(2, "ab") + "3 lock b\n3 rlock-passing a\n" + reader),
      1u);
}

TEST(LockOrderTest, WhatIsOverBeforeTheOtherBeginsCannotMeetIt) {
  const std::string start = "1 thread 2\n" + takes(2, "ab") + "2 end\n";
  const std::string second = "1 go 3\n" + takes(3, "ba");
  EXPECT_EQ(cycles(start + "1 join 2\n" + second), 0u);
  EXPECT_EQ(cycles(start + "1 detach 2\n" + second), 1u);
}

TEST(LockOrderTest, CreationOrders) {
  EXPECT_EQ(cycles(takes(1, "ab") + "1 go 2\n" + takes(2, "ba")), 0u);
  EXPECT_EQ(cycles("1 go 2\n" + takes(1, "ab") + takes(2, "ba")), 1u);
}

// Each message comes between the two.
TEST(LockOrderTest, MessagesOrder) {
  const struct {
    const char* message;
    const char* none;
  } kinds[] = {
      {"1 make c 1\n2 send c\n3 recv c\n", "1 make c 1\n2 send c\n"},
      {"2 rendezvous 3 c\n", "2 rendezvous 1 c\n"},
      {"3 rendezvous 2 c\n", "3 rendezvous 1 c\n"},
      {"2 close c\n3 recv-closed c\n", "2 close c\n3 recv-closed d\n"},
      {"2 done w\n3 wait w\n", "2 add w\n3 wait w\n"},
      {"2 once-done o\n3 once-return o\n", "2 once-done o\n"},
      {"2 release s\n3 acquire s\n", "2 release s\n3 acquire t\n"},
      {"2 merge s\n3 acquire s\n", "3 merge s\n2 acquire s\n"},
      {"2 rendezvous 1 c\n1 rendezvous 3 d\n",
       "1 rendezvous 3 d\n2 rendezvous 1 c\n"},
      {"2 release t\n1 make c 1\n0 timer-send c t\n3 recv c\n",
       "2 release t\n1 make c 1\n0 timer-send c u\n3 recv c\n"},
  };
  for (const auto& [message, none] : kinds) {
    EXPECT_EQ(cycles(kTwo + takes(2, "ab") + message + takes(3, "ba")), 0u)
        << message;
    EXPECT_EQ(cycles(kTwo + takes(2, "ab") + none + takes(3, "ba")), 1u)
        << none;
  }
}

TEST(LockOrderTest, LocksThemselvesDoNotOrder) {
  EXPECT_EQ(cycles(kTwo + takes(2, "ab") + takes(2, "c") + takes(3, "c") +
                   takes(3, "ba")),
            1u);
}

TEST(LockOrderTest, OnlyWhatCameBeforeTheMessageIsOrdered) {
  const std::string message = "2 rendezvous 3 c\n";
  EXPECT_EQ(
      cycles(kTwo + takes(2, "ab") + message + takes(2, "ab") + takes(3, "ba")),
      1u);
  EXPECT_EQ(
      cycles(kTwo + takes(2, "ab") + takes(2, "ab") + message + takes(3, "ba")),
      0u);
}

TEST(LockOrderTest, ALockMadeAnewHasNoPast) {
  const std::string first = kTwo + takes(2, "ab");
  EXPECT_EQ(cycles(first + "1 lock-free a\n" + takes(3, "ba")), 0u);
  EXPECT_EQ(cycles(first + "1 lock-free d\n" + takes(3, "ba")), 1u);
  EXPECT_EQ(cycles(first + "1 free a:64\n" + takes(3, "ba")), 0u);
  EXPECT_EQ(cycles(first + "1 free d:64\n" + takes(3, "ba")), 1u);
}

TEST(LockOrderTest, ANewCycleAtAnOldAddressIsToldToo) {
  const std::string both = takes(2, "ab") + takes(3, "ba");
  EXPECT_EQ(cycles(kTwo + both + both), 1u);
  EXPECT_EQ(cycles(kTwo + both + "1 lock-free a\n" + both), 2u);
}

TEST(LockOrderTest, WhatAnotherReleasesIsASignal) {
  const std::string second = takes(3, "ba");
  EXPECT_EQ(
      cycles(kTwo + "2 lock a\n2 lock b\n2 unlock b\n2 unlock a\n" + second),
      1u);
  EXPECT_EQ(
      cycles(kTwo + "2 lock a\n2 lock b\n2 unlock b\n1 unlock a\n" + second),
      0u);
}

TEST(LockOrderTest, ManyThreadsOneAfterAnotherCannotMeet) {
  Watched watched;
  constexpr int kGoroutines = 1000;
  std::string script;
  for (int i = 2; i < kGoroutines; ++i) {
    const std::string id = std::to_string(i);
    script += "1 thread " + id + "\n" + takes(i, i % 2 == 0 ? "ab" : "ba") +
              id + " end\n1 join " + id + "\n";
  }
  watched.run(script);
  EXPECT_EQ(watched.cycles.size(), 0u);
  EXPECT_EQ(watched.order.lost(), 0u);
}

TEST(LockOrderTest, WhatIsNotKeptIsCounted) {
  Watched watched;
  // All side by side, at one place.
  constexpr int kGoroutines = 100;
  std::string script;
  for (int i = 2; i < kGoroutines; ++i) {
    script += "1 go " + std::to_string(i) + "\n";
  }
  watched.run(script);
  for (int i = 2; i < kGoroutines; ++i) watched.run(takes(i, "ab"));
  EXPECT_GT(watched.order.lost(), 0u);
  // The addresses of b and a.
  watched.run("1 lock 0x10100\n1 lock 0x10000\n");
  EXPECT_EQ(watched.cycles.size(), 1u);
}

// The definition, without any of the graph's shortcuts, for two goroutines:
// opposite orders anywhere.
TEST(LockOrderTest, AgreesWithTheDefinitionOnRandomPairs) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  constexpr int kRounds = 300;
  constexpr int kSections = 6;
  for (int round = 0; round < kRounds; ++round) {
    std::string script = kTwo;
    std::vector<std::string> taken[2];
    for (int i = 0; i < kSections; ++i) {
      std::string names = "abcd";
      std::shuffle(names.begin(), names.end(), random);
      names.resize(2);
      const auto who = random() % 2;
      taken[who].push_back(names);
      script += takes(static_cast<int>(who) + 2, names);
    }
    bool expected = false;
    for (const std::string& one : taken[0]) {
      for (const std::string& other : taken[1]) {
        expected |= one == std::string(other.rbegin(), other.rend());
      }
    }
    EXPECT_EQ(cycles(script) > 0, expected) << script;
  }
}

class LineNames final : public live::Names {
 public:
  Stack frames(std::uint64_t pc) override {
    return {{"step",
             {"script.evt", static_cast<std::uint32_t>(pc), 0},
             false,
             false}};
  }
  live::Declaration declaration(const live::Variable&, std::uint64_t,
                                std::uint32_t) override {
    return {};
  }
  live::Variable global_at(std::uint64_t address) override {
    constexpr std::uint64_t kFirstName = 0x10000;
    if (address != kFirstName) return {};
    return {"accounts", kFirstName, 8};
  }
  std::string goroutine_name(std::uint64_t goroutine) override {
    return goroutine == 3 ? "auditor" : "";
  }
  live::StackOwner stack_owner(std::uint64_t) override { return {}; }
  live::Local local_at(const live::CallFrame&, std::uint64_t,
                       std::uint32_t) override {
    return {};
  }
};

TEST(LockFindingTest, TellsEveryLockWhereItWasTaken) {
  Watched watched;
  watched.run("1 go 2\n1 go 3\n" + takes(2, "ab") + takes(3, "ba"));
  ASSERT_EQ(watched.cycles.size(), 1u);
  LineNames names;
  const Finding finding =
      live::lock_finding(watched.cycles[0], watched.detector, names);
  EXPECT_EQ(finding.id, "lock-order");
  ASSERT_EQ(finding.goroutines.size(), 2u);
  const Goroutine& later = finding.goroutines[0];
  EXPECT_EQ(later.id, 3u);
  EXPECT_EQ(later.name, "auditor");
  EXPECT_EQ(later.waits_for, "mutex 'accounts'");
  EXPECT_EQ(later.stack.at(0).location.line, 8u);
  ASSERT_EQ(later.holds.size(), 1u);
  EXPECT_EQ(later.holds[0].object, "mutex 1");
  EXPECT_EQ(later.holds[0].taken_at.at(0).location.line, 7u);
  EXPECT_EQ(later.created_at.at(0).location.line, 2u);
  const Goroutine& earlier = finding.goroutines[1];
  EXPECT_EQ(earlier.waits_for, "mutex 1");
  EXPECT_EQ(earlier.stack.at(0).location.line, 4u);
  EXPECT_EQ(earlier.holds.at(0).taken_at.at(0).location.line, 3u);
  EXPECT_EQ(finding.message,
            "locks are taken in a cycle: goroutine 3 (\"auditor\") takes "
            "mutex 'accounts' while it has mutex 1, goroutine 2 takes mutex 1 "
            "while it has mutex 'accounts'");
}

}  // namespace
}  // namespace chansan::locks
