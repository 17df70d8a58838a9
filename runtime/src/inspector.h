// Reads what channels and locks say of themselves, for a report. Takes none of
// their locks: the program stands still.
#pragma once

#include "csp/internal/select_core.h"
#include "runtime/snapshot.h"
#include "runtime/src/goroutine.h"

namespace csp::internal {

/// What a goroutine that parks for this reason waits on.
seam::ObjectKind kind_of(WaitReason reason);

struct Inspector {
  /// Fills in the rest of an object whose id and kind are set.
  static void describe(seam::ObjectSnapshot& object);

 private:
  static void describe_channel(seam::ObjectSnapshot& object);
  static void describe_lock(seam::ObjectSnapshot& object);
};

/// Bytes that the object takes, without the elements of a channel.
std::size_t size_of(const seam::ObjectSnapshot& object);

}  // namespace csp::internal
