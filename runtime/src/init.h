// What must be there before the program's first constructor.
#pragma once

namespace csp::internal {

/// Makes sure that the runtime has started. Cheap after the first call.
void start_runtime();

}  // namespace csp::internal
