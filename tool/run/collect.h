// The reports of one run, brought together.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tool/explain/findings_reader.h"

namespace chansan {

/// The findings documents in `directory`, one for each process that made one,
/// as one. A file that cannot be read gets a line in `problems`.
Document collect_reports(const std::string& directory,
                         std::vector<std::string>& problems);

/// Adds what a dying program said on standard error, unless its detector has
/// told of that already.
void add_dumps(Document& document, std::string_view errors);

}  // namespace chansan
