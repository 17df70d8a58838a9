#include "tool/cxx/plan.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace chansan::cxx {
namespace {

const Compiler kClang{"clang++", Family::kClang, 22};
const Compiler kGcc{"g++", Family::kGcc, 12};
const Layout kLayout{"/inc",
                     {"/lib/libcsp.a", "-pthread"},
                     {"/lib/librace.a", "/lib/libcsp.a", "-pthread"},
                     {"-fsanitize=thread"},
                     {"-mllvm", "-clang-only"},
                     "",
                     {}};

Plan plan(std::vector<std::string> words, const Compiler& compiler,
          Variant variant) {
  return make_plan(words, understand(words), compiler, kLayout, variant,
                   "/scratch");
}

bool has(const CommandLine& command, const std::string& word) {
  return std::find(command.begin(), command.end(), word) != command.end();
}

TEST(PlanTest, LibrariesComeLast) {
  const Plan made = plan({"main.cpp", "-o", "main"}, kClang, Variant::kPlain);
  EXPECT_EQ(made.last, (CommandLine{"clang++", "-std=c++20", "-g",
                                    "-fno-omit-frame-pointer", "-isystem",
                                    "/inc", "main.cpp", "-o", "main",
                                    "/lib/libcsp.a", "-pthread"}));
}

TEST(PlanTest, CompileOnlyLinksNothing) {
  const CommandLine last =
      plan({"-c", "main.cpp"}, kClang, Variant::kRace).last;
  EXPECT_FALSE(has(last, "/lib/libcsp.a"));
  EXPECT_FALSE(has(last, "-fno-sanitize-link-runtime"));
  EXPECT_TRUE(has(last, "-fsanitize=thread"));
  EXPECT_TRUE(has(last, "-clang-only"));
}

TEST(PlanTest, PassIsForClangAndInPlaceOfItsOtherOptions) {
  Layout layout = kLayout;
  layout.pass = "/lib/pass.so";
  layout.race_compile_pass = {"-mllvm", "-with-pass"};
  const std::vector<std::string> words = {"-c", "main.cpp"};
  const auto last = [&](const Compiler& compiler, Variant variant) {
    return make_plan(words, understand(words), compiler, layout, variant, "")
        .last;
  };
  EXPECT_TRUE(has(last(kClang, Variant::kRace), "-fpass-plugin=/lib/pass.so"));
  EXPECT_TRUE(has(last(kClang, Variant::kRace), "-with-pass"));
  EXPECT_FALSE(has(last(kClang, Variant::kRace), "-clang-only"));
  EXPECT_FALSE(has(last(kGcc, Variant::kRace), "-fpass-plugin=/lib/pass.so"));
  EXPECT_FALSE(
      has(last(kClang, Variant::kPlain), "-fpass-plugin=/lib/pass.so"));
}

TEST(PassTest, OnlyClangOfItsVersionLoadsIt) {
  EXPECT_FALSE(loads_pass(kGcc, "/dev/null"));
  EXPECT_FALSE(loads_pass({"clang++", Family::kClang, 21}, "/dev/null"));
}

TEST(PassTest, WhatIsNoPassIsNotUsed) {
  EXPECT_FALSE(loads_pass({"clang++-22", Family::kClang, 22}, "/dev/null"));
}

TEST(PlanTest, LinkOnlyCompilesNothing) {
  EXPECT_EQ(plan({"a.o"}, kGcc, Variant::kPlain).last,
            (CommandLine{"g++", "a.o", "/lib/libcsp.a", "-pthread"}));
}

TEST(PlanTest, UsersStandardAndDebugOptionsStay) {
  const CommandLine last =
      plan({"-std=c++23", "-g0", "main.cpp"}, kClang, Variant::kPlain).last;
  EXPECT_FALSE(has(last, "-std=c++20"));
  EXPECT_FALSE(has(last, "-g"));
}

TEST(PlanTest, ArchivesAreNoSourcesUnderLanguageOption) {
  const CommandLine last =
      plan({"-x", "c++", "main.txt"}, kClang, Variant::kPlain).last;
  const auto none = std::find(last.begin(), last.end(), "none");
  ASSERT_NE(none, last.end());
  EXPECT_LT(none, std::find(last.begin(), last.end(), "/lib/libcsp.a"));
}

TEST(PlanTest, SharedObjectTakesTheRuntimeFromItsProgram) {
  const CommandLine last = plan({"-shared", "-fPIC", "a.cpp", "-o", "liba.so"},
                                kClang, Variant::kPlain)
                               .last;
  EXPECT_FALSE(has(last, "/lib/libcsp.a"));
}

TEST(PlanTest, ClangIsKeptFromLinkingItsOwnDetector) {
  const Plan made = plan({"main.cpp"}, kClang, Variant::kRace);
  EXPECT_TRUE(made.compiles.empty());
  EXPECT_TRUE(has(made.last, "-fno-sanitize-link-runtime"));
}

TEST(PlanTest, GccCompilesEachSourceByItselfAndThenLinks) {
  const Plan made = plan({"-O1", "a.cpp", "b.o", "c.cpp", "-o", "main", "-lm"},
                         kGcc, Variant::kRace);
  ASSERT_EQ(made.compiles.size(), 2u);
  EXPECT_EQ(
      made.compiles[0],
      (CommandLine{"g++", "-std=c++20", "-g", "-fno-omit-frame-pointer",
                   "-isystem", "/inc", "-fsanitize=thread", "-O1", "a.cpp",
                   "-lm", "-fno-lto", "-c", "-o", "/scratch/1.o"}));
  EXPECT_EQ(made.last,
            (CommandLine{"g++", "-O1", "/scratch/1.o", "b.o", "/scratch/3.o",
                         "-o", "main", "-lm", "/lib/librace.a", "/lib/libcsp.a",
                         "-pthread"}));
  EXPECT_EQ(made.temporaries,
            (std::vector<std::string>{"/scratch/1.o", "/scratch/3.o"}));
}

TEST(PlanTest, GccNeverSeesTheInstrumentationAtTheLink) {
  EXPECT_FALSE(
      has(plan({"-fsanitize=thread", "a.cpp"}, kGcc, Variant::kRace).last,
          "-fsanitize=thread"));
  EXPECT_FALSE(
      has(plan({"-fsanitize=thread", "a.o"}, kGcc, Variant::kRace).last,
          "-fsanitize=thread"));
}

TEST(PlanTest, ClangKeepsTheRuntimeOfOtherSanitizers) {
  const Plan made =
      plan({"-fsanitize=undefined", "a.cpp"}, kClang, Variant::kRace);
  EXPECT_EQ(made.compiles.size(), 1u);
  EXPECT_TRUE(has(made.last, "-fsanitize=undefined"));
  EXPECT_FALSE(has(made.last, "-fsanitize=thread"));
  EXPECT_FALSE(has(made.last, "-fno-sanitize-link-runtime"));
}

TEST(PlanTest, GccDoesNotForgetTheInstrumentationInLinkTimeOptimization) {
  const CommandLine compile =
      plan({"-c", "-flto", "a.cpp"}, kGcc, Variant::kRace).last;
  EXPECT_LT(std::find(compile.begin(), compile.end(), "-flto"),
            std::find(compile.begin(), compile.end(), "-fno-lto"));
  EXPECT_TRUE(has(compile, "-fno-lto"));
}

TEST(PlanTest, SplitKeepsTheLanguageInForceAtEachSource) {
  const Plan made =
      plan({"-x", "c++", "a.txt", "-x", "none", "b.o"}, kGcc, Variant::kRace);
  ASSERT_EQ(made.compiles.size(), 1u);
  EXPECT_TRUE(has(made.compiles[0], "c++"));
  EXPECT_FALSE(has(made.compiles[0], "none"));
  EXPECT_FALSE(has(made.last, "-x"));
}

TEST(PlanTest, SplitWritesDependenciesWhereGccWould) {
  const Plan made =
      plan({"-MD", "src/a.cpp", "-o", "out/main"}, kGcc, Variant::kRace);
  ASSERT_EQ(made.compiles.size(), 1u);
  EXPECT_TRUE(has(made.compiles[0], "out/main-a.d"));
  EXPECT_FALSE(has(made.last, "-MD"));
}

TEST(PlanTest, QuestionsGoToTheCompilerAsTheyAre) {
  EXPECT_EQ(plan({"-dumpversion"}, kGcc, Variant::kRace).last,
            (CommandLine{"g++", "-dumpversion"}));
}

}  // namespace
}  // namespace chansan::cxx
