#include "chansan/findings_file.h"

#include <sys/types.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>
#include <utility>

#include "detector/src/report/document.h"

namespace chansan {
namespace {

// Writes all of `text`: at `offset`, or at the end of what cannot be sought.
std::error_code write_all(int descriptor, bool seekable, std::uint64_t offset,
                          std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = seekable
                                ? ::pwrite(descriptor, text.data(), text.size(),
                                           static_cast<off_t>(offset))
                                : ::write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return {errno, std::generic_category()};
    text.remove_prefix(static_cast<std::size_t>(written));
    offset += static_cast<std::uint64_t>(written);
  }
  return {};
}

}  // namespace

FindingsFile::FindingsFile(int descriptor, Summary summary)
    : descriptor_(descriptor),
      seekable_(::lseek(descriptor, 0, SEEK_CUR) != -1),
      summary_(std::move(summary)) {}

// One write holds the new text and the closing, so that there is no moment at
// which a reader of the file would find it cut off.
std::error_code FindingsFile::append(const std::string& text,
                                     const std::string& closing) {
  const std::error_code error =
      write_all(descriptor_, seekable_, end_, text + closing);
  if (error) return error;
  end_ += text.size();
  // A shorter closing than the last one would leave that one's tail.
  if (seekable_ && ::ftruncate(descriptor_, static_cast<off_t>(
                                                end_ + closing.size())) != 0) {
    return {errno, std::generic_category()};
  }
  return {};
}

std::error_code FindingsFile::add(const Finding& finding) {
  std::string text;
  if (!open_) text = document_opening();
  text += open_ ? kNextSeparator : kFirstSeparator;
  text += to_json(finding);
  open_ = true;
  return append(text, seekable_ ? document_closing(summary_) : std::string());
}

std::error_code FindingsFile::finish(const Summary& summary) {
  summary_ = summary;
  const std::string text = open_ ? std::string() : document_opening();
  open_ = true;
  return append(text, document_closing(summary_));
}

}  // namespace chansan
