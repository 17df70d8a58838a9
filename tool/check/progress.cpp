#include "tool/check/progress.h"

#include <unistd.h>

#include <iostream>

namespace chansan::check {

Progress::Progress(std::size_t total)
    : total_(total),
      terminal_(isatty(STDERR_FILENO) == 1),
      start_(std::chrono::steady_clock::now()) {}

Progress::~Progress() {
  if (shown_) std::cerr << "\r\033[K" << std::flush;
}

void Progress::advance(const std::string& file) {
  // A short run shows nothing: the line would only flicker.
  constexpr std::chrono::seconds kQuiet(2);
  const std::scoped_lock lock(mutex_);
  ++done_;
  if (!terminal_ || std::chrono::steady_clock::now() - start_ < kQuiet) return;
  shown_ = true;
  std::cerr << "\r\033[K[" << done_ << "/" << total_ << "] " << file
            << std::flush;
}

}  // namespace chansan::check
