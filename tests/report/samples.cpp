#include "tests/report/samples.h"

namespace chansan::testing {
namespace {

Frame user(std::string function, std::uint32_t line, std::uint32_t column) {
  return {std::move(function), {"src/main.cpp", line, column}, false, false};
}

Frame library(std::string function, std::uint32_t line) {
  return {std::move(function), {"csp/go.h", line, 3}, true, true};
}

Finding global_race() {
  Finding finding;
  finding.id = "race";
  finding.message = "two goroutines use 'counter' and nothing orders them";
  finding.location = {"src/main.cpp", 9, 5};
  finding.accesses = {
      {"write",
       7,
       0x5e1640,
       4,
       {user("increment", 9, 5), user("main::$_0::operator()", 14, 3),
        library("csp::internal::run", 40)}},
      {"read", 1, 0x5e1640, 4, {user("main", 20, 12)}},
  };
  finding.memory.kind = Memory::Kind::kGlobal;
  finding.memory.name = "counters";
  finding.memory.field = "counters.hits";
  finding.memory.size = 16;
  finding.memory.offset = 4;
  finding.memory.declared_at = {"src/main.cpp", 3, 5};
  finding.goroutines = {
      {7, "worker", "running", {}, 4, {user("start", 13, 3)}, ""},
      {4, "", "finished", {}, 1, {user("main", 18, 3)}, ""},
      {1, "", "running", {}, 0, {}, ""}};
  finding.why = "The two goroutines share no synchronization at all.";
  finding.hint = "hold one mutex around both";
  finding.reproduce = "CHANSAN_OPTIONS=seed=7 ./counter";
  finding.count = 10;
  return finding;
}

Finding stack_race() {
  Finding finding;
  finding.id = "race";
  finding.message = "two goroutines use 'total' unordered";
  finding.accesses = {{"write", 7, 0x7f2a20000118, 8, {user("add", 9, 5)}},
                      {"read", 5, 0x7f2a20000118, 8, {user("sum", 20, 12)}}};
  finding.memory.kind = Memory::Kind::kStack;
  finding.memory.name = "total";
  finding.memory.function = "sum";
  finding.memory.field = "total.cents";
  finding.memory.size = 16;
  finding.memory.offset = 8;
  finding.memory.goroutine = 5;
  finding.memory.declared_at = {"src/main.cpp", 17, 9};
  finding.goroutines = {{7, "", "running", {}, 5, {user("sum", 18, 3)}, ""},
                        {5, "adder", "running", {}, 1, {}, ""}};
  return finding;
}

Finding heap_race() {
  Finding finding;
  finding.id = "race";
  finding.message = "two goroutines use one heap block unordered";
  finding.accesses = {
      {"write",
       3,
       0x7f2a10000108,
       8,
       {library("std::vector<long>::operator[]", 1120), user("fill", 31, 7)}},
      {"atomic write", 2, 0x7f2a10000108, 8, {}},
  };
  finding.memory.kind = Memory::Kind::kHeap;
  finding.memory.size = 80;
  finding.memory.offset = 8;
  finding.memory.goroutine = 1;
  finding.memory.allocated_at = {user("main", 25, 20)};
  finding.goroutines = {
      {3, "", "sync.Mutex.Lock", {}, 1, {user("main", 27, 3)}, ""},
      {2, "", "finished", {}, 1, {user("main", 26, 3)}, ""}};
  finding.steps = {{2,
                    "unlocked mutex 'guard', which nobody locked since",
                    {"src/main.cpp", 33, 3}}};
  return finding;
}

Finding deadlock() {
  Finding finding;
  finding.id = "deadlock";
  finding.message = "fatal error: all goroutines are asleep - deadlock!";
  finding.location = {"src/main.cpp", 12, 7};
  finding.goroutines = {
      {1,
       "",
       "chan receive",
       {library("csp::chan<int>::recv", 80), user("main", 12, 7)},
       0,
       {},
       "channel 'results' made at src/main.cpp:8",
       125'000'000'000},
      {18,
       "feeder",
       "chan send",
       {user("feed", 5, 5)},
       1,
       {user("main", 10, 3)},
       ""}};
  finding.kind = "channel and lock";
  finding.why =
      "Deadlock: channel and lock: the main goroutine waits for channel 1";
  Goroutine& feeder = finding.goroutines[1];
  feeder.in_knot = true;
  feeder.waits_for = "channel 1";
  feeder.holds = {{"mutex 'state'", {user("feed", 4, 5)}}};
  feeder.wakers = {{1, "the main goroutine could receive", {}}};
  feeder.ancestors = {
      {18, "goroutine 18 was created in goroutine 1", {"src/main.cpp", 10, 0}}};
  finding.objects = {{"channel 1",
                      "unbuffered, open",
                      {user("main", 8, 3)},
                      {{1, "goroutine 1 received", {"src/main.cpp", 9, 3}}}}};
  finding.hint = "nobody receives from 'results' twice";
  finding.reproduce = "./program --fast";
  return finding;
}

Finding lock_order() {
  Finding finding;
  finding.id = "lock-order";
  finding.kind = "lock cycle";
  finding.level = Level::kLikely;
  finding.message =
      "locks are taken in a cycle: goroutine 7 takes mutex 'state' while it "
      "has mutex 1";
  finding.location = {"src/main.cpp", 31, 5};
  finding.goroutines.resize(2);
  Goroutine& auditor = finding.goroutines[0];
  auditor.id = 7;
  auditor.name = "auditor";
  auditor.status = "finished";
  auditor.stack = {user("audit", 31, 5)};
  auditor.creator = 1;
  auditor.created_at = {user("main", 44, 3)};
  auditor.waits_for = "mutex 'state'";
  auditor.in_knot = true;
  auditor.holds = {{"mutex 1", {user("audit", 30, 5)}}};
  Goroutine& main = finding.goroutines[1];
  main.id = 1;
  main.status = "running";
  main.stack = {user("update", 12, 5), user("main", 47, 3)};
  main.waits_for = "mutex 1";
  main.in_knot = true;
  main.holds = {{"mutex 'state'", {user("main", 46, 3)}},
                {"mutex 2", {user("main", 45, 3)}}};
  finding.objects = {
      {"mutex 'state'", "", {}, {}},
      {"mutex 1", "in a heap block of size 64", {user("main", 40, 3)}, {}}};
  finding.why = "Possible deadlock: each may wait for the other";
  finding.hint = "take these locks in the same order everywhere";
  finding.reproduce = "./program";
  finding.count = 3;
  return finding;
}

Finding panic() {
  Finding finding;
  finding.id = "panic";
  finding.message = "panic: send on closed channel";
  finding.goroutines = {{1, "", "running", {user("main", 6, 3)}, 0, {}, ""}};
  return finding;
}

Finding lint() {
  Finding finding;
  finding.id = "chan-range-never-closed";
  finding.level = Level::kLikely;
  finding.message = "this range never ends: nothing closes 'numbers'";
  finding.location = {"src/main.cpp", 21, 17};
  finding.steps = {
      {0, "made here", {"src/main.cpp", 15, 8}},
      {2, "the only sender returns without close()", {"src/main.cpp", 9, 3}}};
  finding.hint = "close it after the last send";
  finding.fixes = {{{"src/main.cpp", 9, 1}, 0, "numbers.close();"},
                   {{"src/main.cpp", 10, 1}, 4, ""}};
  return finding;
}

}  // namespace

const std::vector<Sample>& samples() {
  static const auto& all =
      *new std::vector<Sample>{{"race_global", global_race()},
                               {"race_heap", heap_race()},
                               {"race_stack", stack_race()},
                               {"deadlock", deadlock()},
                               {"lock_order", lock_order()},
                               {"panic", panic()},
                               {"lint", lint()}};
  return all;
}

}  // namespace chansan::testing
