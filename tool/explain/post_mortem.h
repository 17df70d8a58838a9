// What a core file or a live process comes to: its goroutines as a finding.
#pragma once

#include <optional>
#include <string>

#include "tool/explain/findings_reader.h"
#include "tool/explain/process_image.h"

namespace chansan {

/// The goroutines of `image`. Nothing, after saying in `problem` why, if it
/// has none that can be read.
std::optional<Document> look_at(ProcessImage& image, std::string& problem);

}  // namespace chansan
