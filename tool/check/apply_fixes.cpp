#include "tool/check/apply_fixes.h"

#include <algorithm>
#include <fstream>
#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <string>

namespace chansan::check {
namespace {

struct Edit {
  std::size_t offset = 0;
  std::size_t length = 0;
  std::string text;
  auto operator<=>(const Edit&) const = default;
};

struct File {
  std::string text;
  std::set<Edit> edits;
};

class Files {
 public:
  // The text of `name`; null if it cannot be read.
  File* open(const std::string& name) {
    const auto [entry, is_new] = files_.try_emplace(name);
    if (is_new) {
      std::ifstream in(name, std::ios::binary);
      if (!in) {
        files_.erase(entry);
        return nullptr;
      }
      std::ostringstream text;
      text << in.rdbuf();
      entry->second.text = text.str();
    }
    return &entry->second;
  }

  // Whether every changed file could be written.
  bool write() const {
    bool ok = true;
    for (const auto& [name, file] : files_) {
      if (file.edits.empty()) continue;
      std::string text = file.text;
      // From the end, so that the offsets before stay right.
      for (auto edit = file.edits.rbegin(); edit != file.edits.rend(); ++edit)
        text.replace(edit->offset, edit->length, edit->text);
      std::ofstream out(name, std::ios::binary);
      out << text;
      out.flush();
      ok = ok && out;
    }
    return ok;
  }

 private:
  std::map<std::string, File> files_;
};

std::optional<Edit> edit_of(const Fix& fix, const std::string& text) {
  std::size_t start = 0;
  for (std::uint32_t line = 1; line < fix.location.line; ++line) {
    start = text.find('\n', start);
    if (start == text.npos) return std::nullopt;
    ++start;
  }
  if (fix.location.line == 0 || fix.location.column == 0) return std::nullopt;
  const std::size_t offset = start + fix.location.column - 1;
  if (offset + fix.length > text.size()) return std::nullopt;
  return Edit{offset, fix.length, fix.text};
}

bool overlaps(const Edit& edit, const std::set<Edit>& others) {
  return std::ranges::any_of(others, [&](const Edit& other) {
    if (other == edit) return false;  // the same mend twice is done once
    const bool before = other.offset + other.length <= edit.offset;
    const bool after = edit.offset + edit.length <= other.offset;
    const bool same_place = edit.offset == other.offset;
    return same_place || !(before || after);
  });
}

// Adds all the edits of the finding, or none.
bool add_edits(const Finding& finding, Files& files) {
  std::vector<std::pair<File*, Edit>> edits;
  for (const Fix& fix : finding.fixes) {
    File* const file = files.open(fix.location.file);
    if (!file) return false;
    const auto edit = edit_of(fix, file->text);
    if (!edit || overlaps(*edit, file->edits)) return false;
    edits.emplace_back(file, *edit);
  }
  for (auto& [file, edit] : edits) file->edits.insert(std::move(edit));
  return !edits.empty();
}

}  // namespace

std::size_t apply_fixes(std::vector<Finding>& findings) {
  Files files;
  std::vector<Finding> left;
  for (const Finding& finding : findings)
    if (!finding.suppressed.empty() || !add_edits(finding, files))
      left.push_back(finding);
  if (!files.write()) return 0;
  const std::size_t mended = findings.size() - left.size();
  findings = std::move(left);
  return mended;
}

}  // namespace chansan::check
