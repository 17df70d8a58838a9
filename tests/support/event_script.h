// A small language for executions, so that a test's data can be read aloud.
//
// One step per line, `GOROUTINE VERB ARGUMENT...`; '#' begins a comment. Names
// stand for addresses; `x` is 4 bytes, `x:8` is 8, `x+2:1` is the third byte.
//
//   1 go 2 | 1 thread 2 | 2 end | 1 join 2 | 1 detach 2
//   1 read x | 1 write x | 1 alloc p:64 | 1 free p:64
//   1 load a ORDER | 1 store a ORDER | 1 rmw a ORDER | 1 fence ORDER
//   1 cas-failed a ORDER FAILURE_ORDER
//   1 make c CAPACITY | 1 begin-send c | 1 send c | 2 recv c
//   1 rendezvous 2 c          1 sends to 2 over an unbuffered channel
//   1 close c | 2 recv-closed c | 1 destroy c | 0 timer-send c t
//   1 lock m | 1 unlock m | 1 rlock m | 1 runlock m | 1 lock-free m
//   1 try-lock m | 1 try-rlock m
//   1 rlock-passing m         waiting writers do not keep readers out
//   1 add w | 1 add-from-zero w | 1 done w
//   1 begin-wait w | 1 begin-first-wait w | 1 wait w
//   1 give s N BEFORE | 2 take s N BEFORE     permits of a semaphore
//   1 once-done o | 1 once-return o | 1 release o | 1 merge o | 1 acquire o
//
// Which slot of a channel's ring a send or receive uses is counted here.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/event.h"

namespace chansan::tests {

using csp::seam::Event;
using csp::seam::EventKind;
using csp::seam::GoroutineId;
using csp::seam::MemoryOrder;

/// The events of a script. Throws std::runtime_error, which names the line.
std::vector<Event> parse_script(std::string_view text);
std::vector<Event> parse_script_file(const std::filesystem::path& file);

/// The script, with addresses for names, that gives these events.
std::string to_script(const std::vector<Event>& events);

}  // namespace chansan::tests
