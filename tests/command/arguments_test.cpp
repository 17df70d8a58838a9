#include "tool/cxx/arguments.h"

#include <gtest/gtest.h>

namespace chansan::cxx {
namespace {

Arguments of(std::vector<std::string> words) { return understand(words); }

TEST(ArgumentsTest, SourceAloneIsCompiledAndLinked) {
  const Arguments arguments = of({"main.cpp"});
  EXPECT_TRUE(arguments.sources);
  EXPECT_TRUE(arguments.links);
}

TEST(ArgumentsTest, StopsBeforeLinkWhereToldTo) {
  for (const char* stop : {"-c", "-S", "-E", "-M", "-MM", "-fsyntax-only"}) {
    EXPECT_FALSE(of({stop, "main.cpp"}).links) << stop;
    EXPECT_TRUE(of({stop, "main.cpp"}).sources) << stop;
  }
}

TEST(ArgumentsTest, DependenciesDoNotStopTheLink) {
  EXPECT_TRUE(of({"-MD", "-MF", "main.d", "main.cpp"}).links);
}

TEST(ArgumentsTest, ObjectsAloneAreOnlyLinked) {
  const Arguments arguments = of({"a.o", "b.a", "c.so.1", "-o", "main"});
  EXPECT_FALSE(arguments.sources);
  EXPECT_TRUE(arguments.links);
  EXPECT_EQ(arguments.output, "main");
}

TEST(ArgumentsTest, NothingToTranslateIsNotLinked) {
  EXPECT_FALSE(of({"-v"}).links);
  EXPECT_FALSE(of({"-print-search-dirs"}).links);
  EXPECT_FALSE(of({}).links);
}

TEST(ArgumentsTest, ValueOfAnOptionIsNoFile) {
  const Arguments arguments =
      of({"-c", "-include", "a.cpp", "-I", "b.cpp", "-D", "c.cpp", "-isystem",
          "d.cpp", "-Xclang", "e.cpp", "-MT", "f.cpp", "-T", "g.o"});
  EXPECT_FALSE(arguments.inputs);
}

TEST(ArgumentsTest, LanguageMakesEveryFileASource) {
  EXPECT_TRUE(of({"-x", "c++", "main.txt"}).sources);
  EXPECT_TRUE(of({"-xc++", "-"}).sources);
  EXPECT_FALSE(of({"-x", "c++", "-x", "none", "main.txt"}).sources);
  EXPECT_TRUE(of({"-x", "c", "a.c"}).not_cxx);
  EXPECT_FALSE(of({"-x", "c++", "a.c"}).not_cxx);
}

TEST(ArgumentsTest, HeaderIsPrecompiledNotLinked) {
  EXPECT_FALSE(of({"all.hpp"}).links);
  EXPECT_FALSE(of({"-x", "c++-header", "all.txt"}).links);
}

TEST(ArgumentsTest, FindsOutputInBothSpellings) {
  EXPECT_EQ(of({"a.cpp", "-omain"}).output, "main");
  EXPECT_EQ(of({"a.cpp", "-o", "main"}).output, "main");
}

TEST(ArgumentsTest, NoticesWhatTheUserSettled) {
  EXPECT_TRUE(of({"-g1"}).debug);
  EXPECT_TRUE(of({"-ggdb"}).debug);
  EXPECT_FALSE(of({"-fgnu89-inline"}).debug);
  EXPECT_TRUE(of({"-std=c++23"}).standard);
  EXPECT_TRUE(of({"-shared", "a.o"}).shared);
  EXPECT_FALSE(of({"-rdynamic", "a.o"}).partial);
  EXPECT_TRUE(of({"-r", "a.o"}).partial);
}

}  // namespace
}  // namespace chansan::cxx
