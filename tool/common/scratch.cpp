#include "tool/common/scratch.h"

#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <utility>

namespace chansan {

std::optional<Scratch> Scratch::make() {
  std::error_code error;
  const auto parent = std::filesystem::temp_directory_path(error);
  if (error) return std::nullopt;
  std::string path = parent.string() + "/chansan-XXXXXX";
  if (::mkdtemp(path.data()) == nullptr) return std::nullopt;
  return Scratch(std::move(path));
}

Scratch::Scratch(std::string path) : path_(std::move(path)) {}

Scratch::Scratch(Scratch&& other) noexcept
    : path_(std::exchange(other.path_, {})) {}

Scratch::~Scratch() {
  std::error_code ignored;
  if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

}  // namespace chansan
