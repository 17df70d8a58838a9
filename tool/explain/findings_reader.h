// Reads the JSON documents that docs/formats/findings.md describes.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "chansan/finding.h"
#include "chansan/report.h"

namespace chansan {

struct Document {
  std::vector<Finding> findings;
  Summary summary;
};

/// Whether `text` looks like JSON at all.
bool looks_like_json(std::string_view text);

/// Reads a whole document. Returns nothing and says in `problem` what is wrong
/// with it, and what to do, if it is none.
std::optional<Document> read_findings(std::string_view text,
                                      std::string& problem);

}  // namespace chansan
