// The reduced exploration says what the plain one says.
#include "tool/check/model/explorer.h"

#include <gtest/gtest.h>

#include "tests/check/random_model.h"

namespace chansan::check {
namespace {

Verdict run_reduced(const RandomModel& random) {
  const model::Program program = to_program(random);
  model::Coverage coverage;
  const model::Outcomes outcomes =
      model::explore(program, {.function = 0, .is_main = true}, {}, coverage);
  Verdict verdict;
  for (const model::Stuck& stuck : outcomes.stuck) {
    // The plain one ends with main, and has no opinion of those left behind.
    if (stuck.leak || stuck.partial) continue;
    std::set<std::uint32_t> places;
    for (const model::Waiting& waiting : stuck.waiting)
      places.insert(waiting.site);
    verdict.stuck.insert(std::move(places));
  }
  for (const model::Race& race : outcomes.races)
    verdict.racy.insert(std::stoul(race.variable));
  return verdict;
}

std::string to_string(const Verdict& verdict) {
  std::string text = "racy:";
  for (const std::size_t variable : verdict.racy)
    text += " " + std::to_string(variable);
  text += "; stuck:";
  for (const auto& places : verdict.stuck) {
    text += " {";
    for (const std::uint32_t place : places)
      text += std::to_string(place) + " ";
    text += "}";
  }
  return text;
}

TEST(Explorer, AgreesWithThePlainOneOnRandomPrograms) {
  constexpr std::uint32_t kPrograms = 20000;
  std::size_t stuck = 0;
  std::size_t racy = 0;
  for (std::uint32_t seed = 1; seed <= kPrograms; ++seed) {
    const RandomModel model = random_model(seed);
    const Verdict plain = run_plainly(model);
    const Verdict reduced = run_reduced(model);
    stuck += !plain.stuck.empty();
    racy += !plain.racy.empty();
    ASSERT_EQ(plain, reduced)
        << "random_model(" << seed << "):\n"
        << to_string(model) << "plain:   " << to_string(plain)
        << "\nreduced: " << to_string(reduced);
  }
  // The programs must be worth the comparison.
  EXPECT_GT(stuck, kPrograms / 10);
  EXPECT_GT(racy, kPrograms / 10);
}

}  // namespace
}  // namespace chansan::check
