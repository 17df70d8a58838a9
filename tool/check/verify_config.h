// `chansan check --verify-config`.
#pragma once

#include "tool/check/options.h"

namespace chansan::check {

/// Says what is wrong with .chansan.yaml, which has been read, and with what
/// .clang-tidy and --checks say about our checks. Returns 0, or 2 if anything
/// is.
int verify_config(const Options& options);

}  // namespace chansan::check
