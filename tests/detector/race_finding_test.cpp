// From the rules' facts to the words of a report.
#include "detector/src/instrument/race_finding.h"

#include <gtest/gtest.h>

#include "tests/support/event_script.h"
#include "tests/support/scripted_detector.h"

namespace chansan::live {
namespace {

// Line numbers for program counters; the library's are above 1000.
class ScriptNames final : public Names {
 public:
  Stack frames(std::uint64_t pc) override {
    Frame frame;
    frame.function = "step";
    frame.location = {"script.evt", static_cast<std::uint32_t>(pc), 0};
    return {frame};
  }
  Declaration declaration(const Variable&, std::uint64_t,
                          std::uint32_t) override {
    return {};
  }
  Variable global_at(std::uint64_t address) override {
    constexpr std::uint64_t kFirstName = 0x10000;
    if (address < kFirstName || address >= kFirstName + 8) return {};
    return {"counter", kFirstName, 8};
  }
  std::string goroutine_name(std::uint64_t goroutine) override {
    return goroutine == 2 ? "worker" : "";
  }
  StackOwner stack_owner(std::uint64_t) override { return {}; }
  Local local_at(const CallFrame&, std::uint64_t, std::uint32_t) override {
    return {};
  }
};

std::vector<Finding> findings(const char* script) {
  tests::ScriptedDetector fast;
  for (const auto& event : tests::parse_script(script)) fast.consume(event);
  ScriptNames names;
  std::vector<Finding> all;
  for (const race::Race& race : fast.races()) {
    all.push_back(race_finding(race, fast.detector(), names));
  }
  return all;
}

TEST(RaceFindingTest, TellsBothSidesTheVariableAndTheCreation) {
  const auto all = findings("1 go 2\n2 write x+4:4\n1 read x+4:4\n");
  ASSERT_EQ(all.size(), 1u);
  const Finding& finding = all[0];
  EXPECT_EQ(finding.id, "race");
  ASSERT_EQ(finding.accesses.size(), 2u);
  EXPECT_EQ(finding.accesses[0].operation, "read");
  EXPECT_EQ(finding.accesses[0].goroutine, 1u);
  EXPECT_EQ(finding.accesses[0].size, 4u);
  EXPECT_EQ(finding.accesses[0].address, 0x10004u);
  EXPECT_EQ(finding.accesses[0].stack.at(0).location.line, 3u);
  EXPECT_EQ(finding.accesses[1].operation, "write");
  EXPECT_EQ(finding.accesses[1].goroutine, 2u);
  EXPECT_EQ(finding.accesses[1].stack.at(0).location.line, 2u);
  EXPECT_EQ(finding.memory.kind, Memory::Kind::kGlobal);
  EXPECT_EQ(finding.memory.name, "counter");
  EXPECT_EQ(finding.memory.offset, 4u);
  ASSERT_EQ(finding.goroutines.size(), 2u);
  EXPECT_EQ(finding.goroutines[1].name, "worker");
  EXPECT_EQ(finding.goroutines[1].status, "running");
  EXPECT_EQ(finding.goroutines[1].creator, 1u);
  EXPECT_EQ(finding.goroutines[1].created_at.at(0).location.line, 1u);
  EXPECT_EQ(finding.location.line, 3u);
}

TEST(RaceFindingTest, AncestorsAreTold) {
  const auto all =
      findings("1 go 2\n2 go 3\n2 end\n3 write x\n3 end\n1 write x\n");
  ASSERT_EQ(all.size(), 1u);
  ASSERT_EQ(all[0].goroutines.size(), 3u);
  EXPECT_EQ(all[0].goroutines[1].id, 3u);
  EXPECT_EQ(all[0].goroutines[1].status, "finished");
  EXPECT_EQ(all[0].goroutines[2].id, 2u);
  EXPECT_EQ(all[0].goroutines[2].created_at.at(0).location.line, 1u);
}

TEST(RaceFindingTest, NameOfAFinishedGoroutineIsTold) {
  tests::ScriptedDetector fast;
  const auto events = tests::parse_script(
      "1 go 3\n3 write x\n3 end\n"
      "1 write x\n");
  fast.consume(events[0]);
  fast.detector().goroutine(3).life->name.set("reader");
  fast.detector().goroutine(3).life->name.set("writer");
  for (std::size_t i = 1; i < events.size(); ++i) fast.consume(events[i]);
  ASSERT_EQ(fast.races().size(), 1u);
  ScriptNames names;
  const Finding finding = race_finding(fast.races()[0], fast.detector(), names);
  ASSERT_EQ(finding.goroutines.size(), 2u);
  EXPECT_EQ(finding.goroutines[1].name, "writer");
  EXPECT_EQ(finding.goroutines[1].status, "finished");
}

// That a handle was given up says nothing to a reader.
TEST(RaceFindingTest, WhyDoesNotTellOfHandles) {
  tests::ScriptedDetector fast;
  auto events = tests::parse_script("1 go 2\n2 write x\n2 merge c\n1 read x\n");
  events[2].flags = csp::seam::kOwnerCount;
  for (const auto& event : events) fast.consume(event);
  ASSERT_EQ(fast.races().size(), 1u);
  ScriptNames names;
  const Finding finding = race_finding(fast.races()[0], fast.detector(), names);
  EXPECT_NE(finding.why.find("has released nothing"), finding.why.npos);
}

TEST(RaceFindingTest, WhySaysThatNothingWasReleased) {
  const auto all = findings("1 go 2\n2 write x\n2 end\n1 read x\n");
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].why,
            "Goroutine 2 has released nothing since its write, and its end "
            "orders nothing: so nothing orders it before what the main "
            "goroutine does.");
}

TEST(RaceFindingTest, WhyNamesTheReleaseThatNobodyAcquired) {
  const auto all =
      findings("1 go 2\n2 lock m\n2 write x\n2 unlock m\n1 read x\n");
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].why,
            "What goroutine 2 released last since its write, by an unlock at "
            "script.evt:4, has not been acquired by the main goroutine, "
            "directly or through others.");
}

TEST(RaceFindingTest, HeapBlockTellsWhereItCameFrom) {
  const auto all = findings(
      "1 write pad\n1 alloc p:32\n1 go 2\n2 write p+8:4\n1 free p:32\n");
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].accesses[0].operation, "free");
  EXPECT_EQ(all[0].memory.kind, Memory::Kind::kHeap);
  EXPECT_EQ(all[0].memory.size, 32u);
  EXPECT_EQ(all[0].memory.offset, 8u);
  EXPECT_EQ(all[0].memory.allocated_at.at(0).location.line, 2u);
  EXPECT_NE(all[0].message.find("goroutine 2 uses a block that the main"),
            std::string::npos)
      << all[0].message;
  EXPECT_NE(all[0].hint.find("free a block when"), std::string::npos);
}

TEST(RaceFindingTest, SendAgainstCloseHasItsOwnWords) {
  const auto all =
      findings("1 make c 1\n1 go 2\n2 begin-send c\n2 send c\n1 close c\n");
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].memory.kind, Memory::Kind::kChannel);
  EXPECT_EQ(all[0].accesses[0].operation, "close");
  EXPECT_EQ(all[0].accesses[1].operation, "send");
  EXPECT_NE(all[0].hint.find("close a channel when"), std::string::npos);
}

TEST(RaceFindingTest, EqualRacesHaveOneIdentity) {
  const auto all =
      findings("1 go 2\n1 go 3\n2 write x\n3 write x\n2 write x\n");
  ASSERT_EQ(all.size(), 2u);
  EXPECT_NE(race_identity(all[0]), race_identity(all[1]));
  EXPECT_EQ(race_identity(all[0]), race_identity(all[0]));
  Finding swapped = all[0];
  std::swap(swapped.accesses[0], swapped.accesses[1]);
  EXPECT_EQ(race_identity(all[0]), race_identity(swapped));
}

TEST(UserStackTest, LibraryFramesGoUnlessNothingElseIsThere) {
  const Frame user{"work", {"a.cpp", 1, 0}, false, false};
  const Frame library{"std::sort", {"algo.h", 2, 0}, false, true};
  EXPECT_EQ(user_stack({library, user}), (Stack{user}));
  EXPECT_EQ(user_stack({library}), (Stack{library}));
}

}  // namespace
}  // namespace chansan::live
