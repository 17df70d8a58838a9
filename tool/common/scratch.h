// A directory for temporary files.
#pragma once

#include <optional>
#include <string>

namespace chansan {

/// Removed at the end of its life, with all that it holds.
class Scratch {
 public:
  /// Nothing if none can be made.
  static std::optional<Scratch> make();

  Scratch(Scratch&& other) noexcept;
  Scratch& operator=(Scratch&&) = delete;
  ~Scratch();

  const std::string& path() const { return path_; }

 private:
  explicit Scratch(std::string path);

  std::string path_;  // empty: moved from
};

}  // namespace chansan
