#include "detector/src/report/output.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string_view>

namespace chansan {

void Output::open(const std::string& path, Format format, Summary summary) {
  format_ = format;
  if (path == "stdout") {
    descriptor_ = STDOUT_FILENO;
  } else if (path != "stderr") {
    const std::string name = path + "." + std::to_string(getpid());
    const int descriptor =
        ::open(name.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (descriptor < 0) {
      write("chansan: cannot write to log_path " + name + ": " +
            std::strerror(errno) + "; reports go to standard error\n");
    } else {
      descriptor_ = descriptor;
      is_file_ = true;
    }
  }
  if (format_ == Format::kJson && is_file_) {
    document_.emplace(descriptor_, std::move(summary));
  }
}

void Output::write(const std::string& text) const {
  std::string_view rest = text;
  while (!rest.empty()) {
    const ssize_t written = ::write(descriptor_, rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return;
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
}

void Output::add(const Finding& finding) {
  if (format_ == Format::kText) {
    write(to_text(finding));
  } else if (document_.has_value()) {
    document_->add(finding);
  }
}

void Output::add_text(const std::string& text) const {
  if (format_ == Format::kText) write(text);
}

void Output::finish(const std::vector<Finding>& findings,
                    const Summary& summary) {
  if (format_ == Format::kText) {
    if (!summary.text.empty()) write(summary.text + "\n");
    return;
  }
  if (document_.has_value()) {
    // Anew, since how often each was seen is known only now.
    document_.emplace(descriptor_, summary);
    for (const Finding& finding : findings) document_->add(finding);
    document_->finish(summary);
  } else if (!findings.empty() || summary.dropped > 0) {
    write(to_json(findings, summary) + "\n");
  }
}

}  // namespace chansan
