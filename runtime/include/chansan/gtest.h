/// Fails the GoogleTest test in which a data race is reported.
///
/// Including it in one file of a test program is enough, also with gtest_main.
/// Without detection it does nothing. A goroutine that outlives its test is
/// reported in the test that runs then; a race outside of any test makes the
/// exit status that of CHANSAN_OPTIONS' `exitcode`.
#pragma once

#include <gtest/gtest.h>

#include <cstddef>

#include "csp/race.h"

namespace chansan {

/// Compares the number of reports before and after each test.
class race_listener : public testing::EmptyTestEventListener {
 public:
  void OnTestStart(const testing::TestInfo&) override {
    before_ = csp::race::reports();
  }
  void OnTestEnd(const testing::TestInfo& test) override {
    const std::size_t found = csp::race::reports() - before_;
    if (found == 0) return;
    GTEST_MESSAGE_AT_(test.file(), test.line(), "",
                      testing::TestPartResult::kNonFatalFailure)
        << found << (found == 1 ? " data race was" : " data races were")
        << " reported during " << test.test_suite_name() << "." << test.name();
  }

 private:
  std::size_t before_ = 0;
};

namespace internal {

// GoogleTest owns its listeners, and tells the one that came last first of a
// test's end: before the printer calls the test passed.
inline const bool race_listener_added = [] {
  testing::UnitTest::GetInstance()->listeners().Append(new race_listener);
  return true;
}();

}  // namespace internal
}  // namespace chansan
