/// A findings document that is written while findings are still being made.
#pragma once

#include <cstdint>
#include <string>
#include <system_error>

#include "chansan/finding.h"
#include "chansan/report.h"

namespace chansan {

/// Writes the document of report.h one finding at a time.
///
/// Into a file, what is there after each call is a whole document, so that a
/// program that is killed leaves a readable report. Into a pipe or terminal,
/// which cannot be written back over, the document is whole after finish().
/// Not to be called from two threads at once.
class FindingsFile {
 public:
  /// Writes to `descriptor`, which stays the caller's and must outlive this;
  /// a file is overwritten from its beginning and must not have been opened
  /// with O_APPEND, which ignores offsets. Nothing is written before the
  /// first add() or finish().
  explicit FindingsFile(int descriptor, Summary summary = {});

  FindingsFile(const FindingsFile&) = delete;
  FindingsFile& operator=(const FindingsFile&) = delete;

  /// Appends `finding`. Returns the error of the write, if there was one.
  std::error_code add(const Finding& finding);

  /// Closes the document with `summary`. No add() may follow.
  std::error_code finish(const Summary& summary);

 private:
  std::error_code append(const std::string& text, const std::string& closing);

  const int descriptor_;
  const bool seekable_;
  Summary summary_;
  bool open_ = false;      // the opening has been written
  std::uint64_t end_ = 0;  // bytes up to the closing, which is replaced
};

}  // namespace chansan
