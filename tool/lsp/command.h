// The command `chansan lsp`.
#pragma once

namespace chansan {

/// Serves one editor over standard input and output until it says exit.
/// Returns 0 after a shutdown, else 1; 2 for a mistake on the command line.
int lsp_command(int argc, const char* const* argv);

}  // namespace chansan
