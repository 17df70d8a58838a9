// Starting other programs.
#pragma once

#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace chansan {

/// How a program ended.
struct Ended {
  int status = 0;  // of its exit, if no signal ended it
  int signal = 0;  // 0: it exited
};

/// The words as exec() wants them: with a null behind the last. They belong to
/// `command`.
std::vector<char*> argument_pointers(const std::vector<std::string>& command);

/// Writes all of `text`, or as much as can be written.
void write_whole(int descriptor, std::string_view text);

/// Replaces this process by `command`, looked for in PATH.
/// Returns only if that failed: the reason.
std::error_code become(const std::vector<std::string>& command);

/// Runs `command` with our standard streams and waits for its end.
std::error_code run_and_wait(const std::vector<std::string>& command,
                             Ended& ended);

/// Runs `command` and collects what it prints on standard output; its
/// standard error is thrown away, its standard input empty.
std::error_code run_and_read(const std::vector<std::string>& command,
                             std::string& output, Ended& ended);

/// Ends this process as the program that `ended` tells of did, so that our
/// caller sees that program's signal. Returns its status if it exited.
int end_alike(const Ended& ended);

/// The words, quoted for a shell where they need it.
std::string shell_line(const std::vector<std::string>& command);

}  // namespace chansan
