// Where reports go: a descriptor, as text at once or as one JSON document.
#pragma once

#include <optional>
#include <string>

#include "chansan/finding.h"
#include "chansan/findings_file.h"
#include "chansan/report.h"

namespace chansan {

enum class Format : std::uint8_t { kText, kJson };

class Output {
 public:
  /// `path` is stderr, stdout, or a file's name, to which the process id is
  /// appended.
  void open(const std::string& path, Format format, Summary summary);

  /// A finding as it is found.
  void add(const Finding& finding);
  /// Beside the findings; nothing in a document.
  void add_text(const std::string& text) const;
  /// The end; `findings` are all that were added, with their final counts.
  void finish(const std::vector<Finding>& findings, const Summary& summary);

 private:
  void write(const std::string& text) const;

  int descriptor_ = 2;
  bool is_file_ = false;
  Format format_ = Format::kText;
  std::optional<FindingsFile> document_;  // of a JSON file
};

}  // namespace chansan
