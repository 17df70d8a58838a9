#include "tool/explain/dump_reader.h"

#include <algorithm>
#include <optional>
#include <string>
#include <unordered_set>
#include <utility>

#include "tool/explain/dump_line.h"

namespace chansan {
namespace {

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.push_back(line);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

std::string id_of(std::string_view message) {
  if (message.starts_with("panic: ")) return "panic";
  // Go says so in two ways: all asleep, and none left but main's.
  if (message.ends_with(" - deadlock!")) return "deadlock";
  return "fatal";
}

bool is_message(std::string_view line) {
  return line.starts_with("panic: ") || line.starts_with("fatal error: ");
}

// Reads from the first line to the last; at each it is between two goroutines
// or inside of one.
class Reader {
 public:
  explicit Reader(std::string_view text) : lines_(lines_of(text)) {}

  std::vector<Finding> read() {
    while (at_ < lines_.size()) {
      if (const auto header = goroutine_header(lines_[at_])) {
        ++at_;
        goroutine(*header);
      } else if (const auto folded = folded_header(lines_[at_])) {
        ++at_;
        alike(*folded);
      } else if (is_message(lines_[at_])) {
        finish();
        message_ = lines_[at_++];
      } else {
        ++at_;
      }
    }
    finish();
    return std::move(findings_);
  }

 private:
  // Makes a finding of the goroutines read since the last one.
  void finish() {
    if (!goroutines_.empty()) {
      Finding finding;
      finding.id = message_.empty() ? "dump" : id_of(message_);
      finding.message = message_.empty() ? "goroutine dump" : message_;
      finding.goroutines = std::move(goroutines_);
      finding.location = place_of(finding.goroutines.front());
      findings_.push_back(std::move(finding));
    }
    goroutines_.clear();
    ids_.clear();
    message_.clear();
  }

  // Where the first of the user's functions is.
  static Location place_of(const Goroutine& goroutine) {
    for (const Frame& frame : goroutine.stack) {
      if (!frame.library) return frame.location;
    }
    return {};
  }

  void goroutine(const GoroutineHeader& header) {
    // The same goroutine again: a second dump without a message of its own.
    if (!ids_.insert(header.id).second) {
      finish();
      ids_.insert(header.id);
    }
    Goroutine goroutine;
    goroutine.id = header.id;
    goroutine.status = header.status;
    goroutine.waiting_ns = header.waiting_ns;
    name(goroutine);
    frames(std::move(goroutine));
  }

  void alike(const FoldedHeader& header) {
    Goroutine goroutine;
    goroutine.count = header.count;
    goroutine.status = header.status;
    frames(std::move(goroutine));
  }

  void frames(Goroutine goroutine) {
    while (at_ < lines_.size() && !ends_block(lines_[at_])) frame(goroutine);
    goroutines_.push_back(std::move(goroutine));
  }

  static bool ends_block(std::string_view line) {
    return line.empty() || goroutine_header(line) || folded_header(line) ||
           is_message(line);
  }

  std::optional<Location> place_at(std::size_t at) const {
    return at < lines_.size() ? place_line(lines_[at]) : std::nullopt;
  }

  // The line under the header is the name that the program gave, unless it is
  // a function: that has its place on the next line.
  void name(Goroutine& goroutine) {
    if (at_ >= lines_.size() || place_at(at_ + 1)) return;
    const std::string_view line = lines_[at_];
    const bool indented = line.starts_with('\t') || line.starts_with(' ');
    if (ends_block(line) || indented || line.starts_with("...") ||
        creation_line(line)) {
      return;
    }
    goroutine.name = line;
    ++at_;
  }

  // One function and the line that tells its place; anything else (`...40
  // frames elided...`) is passed over.
  void frame(Goroutine& goroutine) {
    const std::string_view line = lines_[at_++];
    const auto creation = creation_line(line);
    const auto place = place_at(at_);
    if (place) ++at_;
    if (creation) {
      goroutine.creator = creation->creator;
      Frame made{creation->function, place.value_or(Location{})};
      goroutine.created_at = {std::move(made)};
    } else if (place) {
      std::string name = function_name(line);
      const bool library = is_library_function(name);
      if (name == "??") name.clear();
      goroutine.stack.push_back({std::move(name), *place, false, library});
    }
  }

  std::vector<std::string_view> lines_;
  std::size_t at_ = 0;
  std::string message_;  // of the dump that is being read
  std::vector<Goroutine> goroutines_;
  std::unordered_set<std::uint64_t> ids_;  // of goroutines_
  std::vector<Finding> findings_;
};

}  // namespace

std::vector<Finding> read_dumps(std::string_view text) {
  return Reader(text).read();
}

}  // namespace chansan
