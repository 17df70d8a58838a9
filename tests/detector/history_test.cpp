#include "detector/src/race/history.h"

#include <gtest/gtest.h>

namespace chansan::race {
namespace {

Cell cell(ChainId chain, Tick tick, Manner manner, std::uint8_t mask = 0xff) {
  return {CellWord({chain, tick}, manner, mask), chain + 1};
}

class HistoryTest : public testing::Test {
 protected:
  // `chain` acts at tick 1, knowing `clock`.
  Conflicts act(ChainId chain, Manner manner, std::uint8_t mask = 0xff) {
    Epoch last;
    Knowledge knows(clock_, chain, last);
    Conflicts conflicts;
    history_.access(cell(chain, 1, manner, mask), knows, conflicts);
    return conflicts;
  }
  Clock clock_;
  History history_;
};

TEST_F(HistoryTest, AnyOfManyReadersConflictsWithAWrite) {
  for (ChainId chain = 0; chain < 1000; ++chain) act(chain, Manner::kRead);
  EXPECT_EQ(history_.size(), 1000u);
  for (ChainId chain = 0; chain < 999; ++chain) clock_.raise(chain, 1);
  const Conflicts conflicts = act(5000, Manner::kWrite);
  ASSERT_EQ(conflicts.size(), 1u);
  EXPECT_EQ(conflicts.cell(0).word.epoch().chain, 999u);
}

TEST_F(HistoryTest, OrderedWriteReplacesAllReaders) {
  for (ChainId chain = 0; chain < 1000; ++chain) {
    act(chain, Manner::kRead);
    clock_.raise(chain, 1);
  }
  EXPECT_TRUE(act(5000, Manner::kWrite).empty());
  EXPECT_EQ(history_.size(), 1u);
}

TEST_F(HistoryTest, OrderedReadersAreThinnedOut) {
  for (ChainId chain = 0; chain < 1000; ++chain) {
    act(chain, Manner::kRead);
    clock_.raise(chain, 1);
  }
  EXPECT_LT(history_.size(), 100u);
}

TEST_F(HistoryTest, AtomicWritesDoNotConflictButOneReadSeesThemAll) {
  EXPECT_TRUE(act(1, Manner::kAtomicWrite, 0x0f).empty());
  EXPECT_TRUE(act(2, Manner::kAtomicWrite, 0xf0).empty());
  const Conflicts conflicts = act(3, Manner::kRead);
  ASSERT_EQ(conflicts.size(), 2u);
  EXPECT_EQ(conflicts.overlap(0) | conflicts.overlap(1), 0xff);
}

TEST_F(HistoryTest, AtomicWriteDoesNotHideAPlainRead) {
  act(1, Manner::kRead);
  clock_.raise(1, 1);
  act(2, Manner::kAtomicWrite);
  clock_ = Clock();
  // Unordered with both: the read is in conflict as well as the write would be.
  EXPECT_FALSE(act(3, Manner::kAtomicWrite).empty());
}

TEST_F(HistoryTest, DisjointBytesNeverConflict) {
  act(1, Manner::kWrite, 0x01);
  EXPECT_TRUE(act(2, Manner::kWrite, 0x02).empty());
  EXPECT_TRUE(act(3, Manner::kWrite, 0xfc).empty());
  EXPECT_EQ(act(4, Manner::kRead, 0x03).size(), 2u);
}

}  // namespace
}  // namespace chansan::race
