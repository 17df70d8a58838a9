// The last operations on an object, as a deadlock's report tells them.
#include "detector/src/waits/past.h"

#include <gtest/gtest.h>

#include <memory>

namespace chansan::waits {
namespace {

using csp::seam::Event;
using csp::seam::EventKind;

class PastTest : public ::testing::Test {
 protected:
  void note(EventKind kind, std::uint64_t object, std::uint64_t goroutine,
            std::int64_t value = 0) {
    Event event{};
    event.kind = kind;
    event.object = object;
    event.goroutine = goroutine;
    event.value = value;
    if (Past::keeps(kind)) past_->note(event, goroutine, {});
  }
  std::vector<std::string> texts(std::uint64_t object) {
    std::vector<std::string> all;
    for (const Past::Operation& each : past_->of(object)) {
      all.push_back(operation_text(each));
    }
    return all;
  }
  std::unique_ptr<Past> past_ = std::make_unique<Past>();
};

using Texts = std::vector<std::string>;

TEST_F(PastTest, TellsWhoDidWhatOldestFirst) {
  note(EventKind::kLock, 0x100, 2);
  note(EventKind::kUnlock, 0x100, 2);
  note(EventKind::kLock, 0x100, 3);
  EXPECT_EQ(texts(0x100),
            (Texts{"goroutine 2 locked it", "goroutine 2 unlocked it",
                   "goroutine 3 locked it"}));
}

TEST_F(PastTest, OfManyTheLastFiveAreKept) {
  for (int i = 1; i <= 8; ++i) note(EventKind::kWgAdd, 0x100, 1, i);
  Texts wanted;
  for (int i = 4; i <= 8; ++i) {
    wanted.push_back("goroutine 1 called add(" + std::to_string(i) + ")");
  }
  EXPECT_EQ(texts(0x100), wanted);
}

TEST_F(PastTest, ANotifyThatNobodyHeardIsTold) {
  note(EventKind::kCondNotify, 0x100, 2, 0);
  note(EventKind::kCondWait, 0x100, 3);
  note(EventKind::kCondNotify, 0x100, 2, 1);
  EXPECT_EQ(texts(0x100), (Texts{"goroutine 2 notified, but nobody waited",
                                 "goroutine 3 began to wait",
                                 "goroutine 2 notified and woke 1 goroutine"}));
}

TEST_F(PastTest, OfARendezvousItIsToldWhoWaited) {
  Event event{.kind = EventKind::kChanRendezvous,
              .goroutine = 2,
              .other = 3,
              .object = 0x100};
  past_->note(event, 2, {});
  past_->note(event, 3, {});
  EXPECT_EQ(texts(0x100),
            (Texts{"goroutine 2 sent to waiting goroutine 3",
                   "goroutine 3 received from waiting goroutine 2"}));
}

TEST_F(PastTest, ANewChannelHasNoPast) {
  note(EventKind::kChanClose, 0x100, 1);
  note(EventKind::kChanMake, 0x100, 1);
  EXPECT_EQ(texts(0x100), Texts{});
}

TEST_F(PastTest, AnotherObjectsPastIsNeverTold) {
  for (std::uint64_t object = 0; object < 100'000; ++object) {
    note(EventKind::kChanSend, 0x1000 + object * 64, object + 1);
  }
  for (std::uint64_t object = 0; object < 100'000; ++object) {
    for (const std::string& text : texts(0x1000 + object * 64)) {
      ASSERT_EQ(text, "goroutine " + std::to_string(object + 1) +
                          " sent a value into the buffer");
    }
  }
}

TEST_F(PastTest, MemoryAndAtomicsAreNoOperations) {
  note(EventKind::kWrite, 0x100, 1);
  note(EventKind::kAtomicRmw, 0x100, 1);
  EXPECT_EQ(texts(0x100), Texts{});
}

}  // namespace
}  // namespace chansan::waits
