#include "tool/explain/dump_reader.h"

#include <gtest/gtest.h>

#include "tests/command/files.h"
#include "tool/explain/dump_line.h"
#include "tool/explain/story.h"

namespace chansan::testing {
namespace {

TEST(DumpReaderTest, ReadsGoDeadlock) {
  const auto dumps = read_dumps(testdata("dumps/go_deadlock.txt"));
  ASSERT_EQ(dumps.size(), 1u);
  const Finding& dump = dumps[0];
  EXPECT_EQ(dump.id, "deadlock");
  EXPECT_EQ(dump.message, "fatal error: all goroutines are asleep - deadlock!");
  EXPECT_EQ(dump.location, (Location{"/home/user/orders/main.go", 14, 0}));
  ASSERT_EQ(dump.goroutines.size(), 2u);
  const Goroutine& first = dump.goroutines[0];
  EXPECT_EQ(first.id, 1u);
  EXPECT_EQ(first.status, "semacquire");
  EXPECT_EQ(first.waiting_ns, 180'000'000'000);
  ASSERT_EQ(first.stack.size(), 3u);
  EXPECT_EQ(first.stack[1].function, "sync.(*Mutex).Lock");
  EXPECT_TRUE(first.stack[1].library);
  EXPECT_EQ(first.stack[2].function, "main.main");
  EXPECT_FALSE(first.stack[2].library);
  const Goroutine& second = dump.goroutines[1];
  EXPECT_EQ(second.creator, 1u);
  ASSERT_EQ(second.created_at.size(), 1u);
  EXPECT_EQ(second.created_at[0].function, "main.main");
  EXPECT_EQ(second.created_at[0].location.line, 12u);
  EXPECT_EQ(second.stack[1].function, "main.(*pool).run.func1");
}

TEST(DumpReaderTest, ReadsGoPanicAmongOtherOutput) {
  const auto dumps = read_dumps(testdata("dumps/go_test_panic.txt"));
  ASSERT_EQ(dumps.size(), 1u);
  EXPECT_EQ(dumps[0].id, "panic");
  EXPECT_EQ(dumps[0].message, "panic: send on closed channel [recovered]");
  ASSERT_EQ(dumps[0].goroutines.size(), 2u);
  const Goroutine& first = dumps[0].goroutines[0];
  EXPECT_EQ(first.id, 34u);
  EXPECT_EQ(first.status, "running");
  EXPECT_EQ(first.stack.size(), 3u) << "the elided frames are none";
  EXPECT_EQ(first.creator, 0u) << "an older dump names no creator";
  EXPECT_EQ(first.created_at[0].function, "testing.(*T).Run");
}

TEST(DumpReaderTest, ReadsOurDeadlockWithNames) {
  const auto dumps = read_dumps(testdata("dumps/csp_deadlock.txt"));
  ASSERT_EQ(dumps.size(), 1u);
  ASSERT_EQ(dumps[0].goroutines.size(), 4u);
  const Goroutine& named = dumps[0].goroutines[1];
  EXPECT_EQ(named.name, "left half");
  ASSERT_EQ(named.stack.size(), 2u);
  EXPECT_EQ(named.stack[0].function, "sum<std::vector<int> >");
  EXPECT_EQ(named.stack[1].function, "main::$_0::operator()");
  EXPECT_EQ(named.stack[1].location, (Location{"/home/user/sum.cpp", 17, 0}));
  EXPECT_EQ(named.created_at[0].function, "main");
  const Goroutine& folded = dumps[0].goroutines[3];
  EXPECT_EQ(folded.count, 900u);
  EXPECT_EQ(folded.status, "sync.Mutex.Lock");
  EXPECT_EQ(folded.stack[0].function, "wait_for_turn");
}

TEST(DumpReaderTest, SameGoroutineAgainBeginsANewDump) {
  const auto dumps = read_dumps(testdata("dumps/two_dumps.txt"));
  ASSERT_EQ(dumps.size(), 2u);
  EXPECT_EQ(dumps[0].id, "dump");
  EXPECT_EQ(dumps[0].goroutines.size(), 2u);
  EXPECT_EQ(dumps[1].goroutines.size(), 1u);
  EXPECT_EQ(dumps[1].goroutines[0].status, "chan receive");
}

TEST(DumpReaderTest, HundredThousandGoroutinesAreReadAndToldOfAsOne) {
  std::string text = "fatal error: all goroutines are asleep - deadlock!\n";
  for (int id = 2; id < 100'002; ++id) {
    text += "\ngoroutine " + std::to_string(id) +
            " [chan receive]:\nmain.wait(0x" + std::to_string(id) +
            ")\n\t/main.go:7 +0x1\n";
  }
  Document document{read_dumps(text), {}};
  ASSERT_EQ(document.findings.size(), 1u);
  EXPECT_EQ(document.findings[0].goroutines.size(), 100'000u);
  const std::string told = tell(document, {});
  EXPECT_NE(told.find("100000 goroutines (2, 3, "), told.npos);
  EXPECT_LT(told.size(), 1000u);
}

TEST(DumpReaderTest, OtherTextHasNoDump) {
  EXPECT_TRUE(read_dumps("").empty());
  EXPECT_TRUE(read_dumps("panic: but no goroutines follow\n").empty());
  EXPECT_TRUE(read_dumps("goroutine x [running]:\nmain()\n").empty());
  EXPECT_TRUE(read_dumps("the goroutine 1 [running]:\n").empty());
}

TEST(DumpReaderTest, CutOffDumpKeepsWhatIsThere) {
  const std::string whole = testdata("dumps/csp_deadlock.txt");
  // Every prefix is read without a fault, and never with more goroutines.
  std::size_t most = 0;
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    const auto dumps = read_dumps(whole.substr(0, size));
    const std::size_t count =
        dumps.empty() ? 0 : dumps.front().goroutines.size();
    EXPECT_GE(count, most);
    most = count;
  }
  EXPECT_EQ(most, 4u);
}

TEST(DumpLineTest, HeaderHasGosForm) {
  const auto header =
      goroutine_header("goroutine 18 [chan receive, 2 minutes]:");
  ASSERT_TRUE(header);
  EXPECT_EQ(header->id, 18u);
  EXPECT_EQ(header->status, "chan receive");
  EXPECT_EQ(header->waiting_ns, 120'000'000'000);
  EXPECT_FALSE(goroutine_header("goroutine 18 [chan receive]"));
  EXPECT_FALSE(goroutine_header("goroutine [running]:"));
  EXPECT_EQ(goroutine_header("goroutine 7 [chan send (nil chan)]:")->status,
            "chan send (nil chan)");
}

TEST(DumpLineTest, PlaceHasLineAndPerhapsColumn) {
  EXPECT_EQ(place_line("\t/a b/c.go:9 +0x47"), (Location{"/a b/c.go", 9, 0}));
  EXPECT_EQ(place_line("      a.cpp:9:5"), (Location{"a.cpp", 9, 5}));
  EXPECT_FALSE(place_line("a.cpp:9"));
  EXPECT_FALSE(place_line("\tno place"));
  EXPECT_FALSE(place_line("\t:9"));
}

TEST(DumpLineTest, FunctionNameLosesItsArgumentsOnly) {
  EXPECT_EQ(function_name("main.f(0x1, {0x2, 0x3})"), "main.f");
  EXPECT_EQ(function_name("main.(*T).m(...)"), "main.(*T).m");
  EXPECT_EQ(function_name("main::$_0::operator()()"), "main::$_0::operator()");
  EXPECT_EQ(function_name("f(int)::{lambda(char)#1}::operator()()"),
            "f(int)::{lambda(char)#1}::operator()");
  EXPECT_EQ(function_name("no arguments"), "no arguments");
  EXPECT_EQ(function_name("unbalanced)"), "unbalanced)");
}

}  // namespace
}  // namespace chansan::testing
