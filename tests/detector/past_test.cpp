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
    past_->note(event, 0);
  }
  std::vector<std::string> texts(std::uint64_t object) {
    std::vector<std::string> all;
    for (const Past::Operation& each : past_->of(object)) {
      all.push_back(std::to_string(each.goroutine) + " " +
                    operation_text(each));
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
            (Texts{"2 locked it", "2 unlocked it", "3 locked it"}));
}

TEST_F(PastTest, OfManyTheLastFiveAreKept) {
  for (int i = 1; i <= 8; ++i) note(EventKind::kWgAdd, 0x100, 1, i);
  EXPECT_EQ(texts(0x100), (Texts{"1 add(4)", "1 add(5)", "1 add(6)", "1 add(7)",
                                 "1 add(8)"}));
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
      ASSERT_EQ(text,
                std::to_string(object + 1) + " sent a value into the buffer");
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
