// A barrier of one thread that all the others of the process take part in
// (membarrier(2)), so that their side of a handshake needs none.
//
// After Dice et al., "Asymmetric Dekker synchronization" (2001).
#pragma once

namespace csp::internal {

/// Whether the kernel has it. The monitor's, as the next one.
bool has_heavy_barrier();
/// Every other thread has passed a full barrier when this returns true.
bool heavy_barrier();

}  // namespace csp::internal
