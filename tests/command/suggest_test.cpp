#include "tool/common/suggest.h"

#include <gtest/gtest.h>

#include <array>

namespace chansan {
namespace {

constexpr std::array<std::string_view, 5> kNames = {"check", "checks", "cxx",
                                                    "run", "explain"};

TEST(NearestNameTest, FindsTheNameMeant) {
  EXPECT_EQ(nearest_name("chekc", kNames), "check");
  EXPECT_EQ(nearest_name("explian", kNames), "explain");
  EXPECT_EQ(nearest_name("rum", kNames), "run");
  EXPECT_EQ(nearest_name("cx", kNames), "cxx");
}

TEST(NearestNameTest, PrefersTheExactName) {
  EXPECT_EQ(nearest_name("checks", kNames), "checks");
}

TEST(NearestNameTest, IsSilentWhenNothingIsNear) {
  EXPECT_EQ(nearest_name("compile", kNames), "");
  EXPECT_EQ(nearest_name("", kNames), "");
}

}  // namespace
}  // namespace chansan
