// One line on a terminal's standard error that says how far we are.
#pragma once

#include <chrono>
#include <cstddef>
#include <mutex>
#include <string>

namespace chansan::check {

class Progress {
 public:
  explicit Progress(std::size_t total);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// `file` has been analysed. May be called from any thread.
  void advance(const std::string& file);

 private:
  const std::size_t total_;
  const bool terminal_;
  const std::chrono::steady_clock::time_point start_;
  std::mutex mutex_;
  std::size_t done_ = 0;  // guarded by mutex_
  bool shown_ = false;    // guarded by mutex_
};

}  // namespace chansan::check
