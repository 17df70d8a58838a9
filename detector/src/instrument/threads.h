// Foreign OS threads.
#pragma once

#include "detector/src/instrument/live.h"

namespace chansan::live {

/// The id of the goroutine that the calling foreign OS thread stands for.
GoroutineId foreign_thread_id();

/// A new id from the sequence of goroutine ids.
GoroutineId new_thread_id();

}  // namespace chansan::live
