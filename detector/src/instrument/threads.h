// Foreign OS threads.
#pragma once

#include "detector/src/instrument/live.h"

namespace chansan::live {

/// The id of the goroutine that the calling foreign OS thread stands for.
GoroutineId foreign_thread_id();

/// A new id from the sequence of goroutine ids.
GoroutineId new_thread_id();

/// This thread ends: what it did comes before whoever is told that a robust
/// mutex's owner has died.
void release_robust_mutexes();

}  // namespace chansan::live
