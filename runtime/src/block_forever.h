// Waiting for what never comes: nil channels and selects without cases.
#pragma once

#include "runtime/src/goroutine.h"

namespace csp::internal {

[[noreturn]] void block_forever(WaitReason reason);

}  // namespace csp::internal
