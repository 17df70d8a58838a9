#include "detector/src/race/shadow.h"

#include <gtest/gtest.h>

#include "tests/support/event_script.h"
#include "tests/support/scripted_detector.h"

namespace chansan::race {
namespace {

using tests::parse_script;
using tests::ScriptedDetector;

bool races(const char* script) {
  ScriptedDetector fast;
  for (const auto& event : parse_script(script)) fast.consume(event);
  return !fast.verdict().empty();
}

TEST(ShadowTest, NeighbouringBytesAreApart) {
  EXPECT_FALSE(races("1 go 2\n1 write x+0:1\n2 write x+1:1\n"));
  EXPECT_FALSE(races("1 go 2\n1 write x+0:4\n2 write x+4:4\n"));
  EXPECT_FALSE(races("1 go 2\n1 write x+1:2\n2 write x+3:2\n2 write x+0:1\n"));
}

TEST(ShadowTest, OneCommonByteIsEnough) {
  EXPECT_TRUE(races("1 go 2\n1 write x+0:4\n2 read x+3:1\n"));
  EXPECT_TRUE(races("1 go 2\n1 write x+6:4\n2 read x+9:4\n"));
  EXPECT_TRUE(races("1 go 2\n1 write x+0:16\n2 write x+15:1\n"));
}

TEST(ShadowTest, EightSeparateBytesOfOneGranuleAreAllKept) {
  EXPECT_TRUE(
      races("1 go 2\n1 write x+0:1\n1 write x+1:1\n1 write x+2:1\n"
            "1 write x+3:1\n1 write x+4:1\n1 write x+5:1\n1 write x+6:1\n"
            "1 write x+7:1\n2 read x+0:1\n"));
}

TEST(ShadowTest, EveryByteOfALongFirstAccessIsKept) {
  for (int i = 0; i < 256; ++i) {
    EXPECT_EQ(races(("1 go 2\n1 write x+32:192\n2 read x+" + std::to_string(i) +
                     ":1\n")
                        .c_str()),
              i >= 32 && i < 224)
        << i;
  }
}

TEST(ShadowTest, ReadOfBytesWrittenInPiecesHidesNothing) {
  const std::string pieces = "1 go 2\n1 write x+0:2\n1 write x+2:3\n";
  EXPECT_TRUE(races((pieces + "1 read x+0:5\n2 write x+4:1\n").c_str()));
  EXPECT_TRUE(races((pieces + "1 read x+0:6\n2 write x+5:1\n").c_str()));
  EXPECT_FALSE(races((pieces + "1 read x+0:5\n2 write x+5:1\n").c_str()));
  const std::string many = pieces + "1 write x+5:1\n1 write x+6:1\n";
  EXPECT_TRUE(races((many + "1 read x+0:8\n2 write x+7:1\n").c_str()));
  EXPECT_TRUE(races((many + "1 read x+0:7\n2 write x+6:1\n").c_str()));
  EXPECT_FALSE(races((many + "1 read x+0:7\n2 write x+7:1\n").c_str()));
}

TEST(ShadowTest, OldAccessSurvivesManyOfOthers) {
  std::string script = "1 go 2\n2 write x\n";
  for (int i = 0; i < 1000; ++i) {
    script += "1 go 3\n3 read y\n3 write y\n3 end\n";
    script += "1 write z+" + std::to_string(4 * i) + "\n";
  }
  script += "1 read x\n";
  ScriptedDetector fast;
  for (const auto& event : parse_script(script)) fast.consume(event);
  bool on_x = false;
  for (const Race& race : fast.races()) {
    on_x |= race.earlier.goroutine == 2 && race.later.goroutine == 1;
  }
  EXPECT_TRUE(on_x);
}

TEST(ShadowTest, ClearForgetsExactlyItsBytes) {
  EXPECT_TRUE(races("1 go 2\n1 write x:8\n1 alloc x+2:4\n2 write x+1:1\n"));
  EXPECT_TRUE(races("1 go 2\n1 write x:8\n1 alloc x+2:4\n2 write x+6:1\n"));
  EXPECT_FALSE(races("1 go 2\n1 write x:8\n1 alloc x+2:4\n2 write x+2:4\n"));
}

TEST(ShadowTest, ClearForgetsALargeBlock) {
  EXPECT_FALSE(
      races("1 go 2\n1 write x:1000000\n1 alloc x:1000000\n"
            "2 write x+0:1\n2 write x+524288:8\n2 write x+999999:1\n"));
  EXPECT_TRUE(
      races("1 go 2\n1 write x:1000008\n1 alloc x:1000000\n2 write "
            "x+1000000:1\n"));
}

// Across lines and pages, from and to any place within them.
TEST(ShadowTest, ClearForgetsNoByteBeside) {
  constexpr std::uint64_t kBase = std::uint64_t{1} << 30;
  constexpr std::uint64_t kBytes = 3 * 4096;
  constexpr std::uint64_t kRanges[][2] = {
      {0, 4096},    {8, 4088},    {60, 68},      {64, 128},
      {4032, 4160}, {4096, 8192}, {4095, 4097},  {100, 12200},
      {0, kBytes},  {1, kBytes},  {4100, 11000}, {8191, 12287},
  };
  for (const auto& [from, to] : kRanges) {
    ScriptedDetector fast;
    fast.consume(
        {.kind = csp::seam::EventKind::kGoCreate, .goroutine = 1, .other = 2});
    fast.consume({.kind = csp::seam::EventKind::kWrite,
                  .goroutine = 1,
                  .object = kBase,
                  .size = kBytes});
    fast.detector().forget(kBase + from, to - from);
    fast.consume({.kind = csp::seam::EventKind::kWrite,
                  .goroutine = 2,
                  .object = kBase,
                  .size = kBytes});
    for (std::uint64_t at = 0; at < kBytes; ++at) {
      ASSERT_EQ(fast.verdict().contains({false, kBase + at}),
                at < from || at >= to)
          << "byte " << at << ", forgotten from " << from << " to " << to;
    }
  }
}

// A granule with more than two cells keeps them elsewhere; clearing finds them.
TEST(ShadowTest, ClearForgetsCrowdedGranules) {
  EXPECT_FALSE(
      races("1 go 2\n1 go 3\n1 go 4\n1 read x+8:8\n2 read x+8:8\n"
            "3 read x+8:8\n1 alloc x:1000000\n4 write x+8:8\n"));
  EXPECT_FALSE(
      races("1 go 2\n1 go 3\n1 go 4\n1 read x+8:8\n2 read x+8:8\n"
            "3 read x+8:8\n1 alloc x:64\n4 write x+8:8\n"));
}

TEST(ShadowTest, AddressOutsideOfMemoryIsCounted) {
  ScriptedDetector fast;
  fast.consume({.kind = csp::seam::EventKind::kWrite,
                .goroutine = 1,
                .object = ~0ull - 16,
                .size = 8});
  EXPECT_EQ(fast.detector().dropped(), 1u);
}

TEST(BlockTest, FoundByAnyOfItsAddresses) {
  Shadow shadow;
  shadow.set_block(0x10000, 40, 7);
  shadow.set_block(0x10030, 24, 8);
  EXPECT_EQ(shadow.block(0x10000).allocated_at, 7u);
  EXPECT_EQ(shadow.block(0x10027).address, 0x10000u);
  EXPECT_EQ(shadow.block(0x10028).size, 0u);
  EXPECT_EQ(shadow.block(0x10030).allocated_at, 8u);
}

TEST(BlockTest, LargeBlockCoversStaleSmallOnes) {
  Shadow shadow;
  shadow.set_block(0x20000, 64, 3);
  shadow.set_freed(0x20000);
  shadow.set_block(0x10000, 1 << 20, 4);
  EXPECT_EQ(shadow.block(0x20010).allocated_at, 4u);
  shadow.set_freed(0x10000);
  EXPECT_TRUE(shadow.block(0x20010).freed);
}

TEST(BlockTest, FreedIsStillKnown) {
  Shadow shadow;
  shadow.set_block(0x10000, 40, 7);
  shadow.set_freed(0x10000);
  const Block block = shadow.block(0x10008);
  EXPECT_EQ(block.size, 40u);
  EXPECT_TRUE(block.freed);
}

// Goroutine stacks: 256 KB each, used from their upper ends.
constexpr std::uint64_t kStack = std::uint64_t{256} << 10;
constexpr std::uint64_t kStacks = std::uint64_t{0x7f} << 40;
constexpr std::uint64_t kStackCount = Chunk::kBytes / kStack;

csp::seam::Event write(csp::seam::GoroutineId who, std::uint64_t where) {
  return {.kind = csp::seam::EventKind::kWrite,
          .goroutine = who,
          .object = where,
          .size = 8};
}

TEST(FoldTest, FoldingIsItsOwnInverseAndKeepsLinesOfTheCache) {
  for (std::uint64_t at = 0; at < Chunk::kBytes; at += 8) {
    ASSERT_EQ(Fold::apply(Fold::apply(at)), at);
    ASSERT_EQ(Fold::apply(at) % 32, at % 32);
  }
}

TEST(FoldTest, TopsOfStacksAreNeighbours) {
  constexpr std::uint64_t kDepth = 0x100;
  for (std::uint64_t stack = 1; stack < 128; ++stack) {
    EXPECT_EQ(Fold::apply((stack + 1) * kStack - kDepth) % 4096, stack * 32);
  }
}

TEST(FoldTest, EveryStackKeepsItsOwn) {
  ScriptedDetector fast;
  fast.consume(
      {.kind = csp::seam::EventKind::kGoCreate, .goroutine = 1, .other = 2});
  fast.detector().begin_stack(kStacks, Chunk::kBytes);
  const auto place = [](std::uint64_t stack, std::uint64_t depth) {
    return kStacks + (stack + 1) * kStack - depth;
  };
  for (std::uint64_t stack = 0; stack < kStackCount; ++stack) {
    fast.consume(write(1 + stack % 2, place(stack, 64)));
    fast.consume(write(1 + stack % 2, place(stack, 4096)));
    fast.consume(write(1 + stack % 2, place(stack, 4104)));
  }
  EXPECT_TRUE(fast.races().empty());
  // The third stack begins a new life; the others' histories stay.
  fast.detector().begin_stack(place(3, kStack), kStack);
  for (std::uint64_t stack = 0; stack < kStackCount; ++stack) {
    for (const std::uint64_t depth : {64, 4096, 4104}) {
      const std::size_t before = fast.races().size();
      fast.consume(write(2 - stack % 2, place(stack, depth)));
      EXPECT_EQ(fast.races().size() - before, stack == 3 ? 0u : 1u)
          << "stack " << stack << " depth " << depth;
    }
  }
}

}  // namespace
}  // namespace chansan::race
