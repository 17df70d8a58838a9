// Findings as the diagnostics of the language server protocol.
#pragma once

#include <llvm/Support/JSON.h>

#include <string>

#include "chansan/finding.h"
#include "tool/common/source_files.h"

namespace chansan::lsp {

/// `file:///a%20b` as a path; empty if it names no file.
std::string path_of(const std::string& uri);
std::string uri_of(const std::string& path);

/// The steps of the story are related information.
llvm::json::Object diagnostic_of(const Finding& finding, SourceFiles& sources);

}  // namespace chansan::lsp
