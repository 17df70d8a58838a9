// A document as one HTML page that needs nothing else: no network, no other
// file.
#pragma once

#include <string>

#include "tool/common/source_files.h"
#include "tool/explain/findings_reader.h"

namespace chansan {

/// `timeline` is the JSON of the events that the page draws, made by
/// timeline_json(); empty: none.
std::string to_html(const Document& document, SourceFiles& sources,
                    const std::string& timeline);

/// A copy in which goroutines that stand alike are one, if there are more
/// than a browser can show one by one.
Document folded(const Document& document);

}  // namespace chansan
