// OS threads that are not the runtime's, such as std::thread's: they use
// channels and locks too, and park themselves.
#pragma once

#include "runtime/src/goroutine.h"

namespace csp::internal {

/// The goroutine that stands for the calling foreign OS thread; made at its
/// first use, gone when the thread ends.
Goroutine* foreign_goroutine();
void park_foreign(Goroutine* self);
void ready_foreign(Goroutine* goroutine);

/// Whether an OS thread runs that is neither one of `machines` machines nor
/// our monitor nor one of `parked` foreign ones that wait for us.
bool foreign_threads_running(int machines, int parked);

/// Starts an OS thread of the runtime itself, with a small stack. False if the
/// system has none to give.
[[nodiscard]] bool start_thread(void* (*run)(void*), void* argument);

}  // namespace csp::internal
