// What the last runs found out, kept in files.
//
// An entry holds for as long as every file that was read for it is the same.
// A file whose size and time have not changed is taken for the same; otherwise
// its content decides.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "tool/check/engine.h"

namespace chansan::check {

class Cache {
 public:
  /// `directory` is made when it is first written to; empty: nothing is kept.
  explicit Cache(std::string directory) : directory_(std::move(directory)) {}

  /// The name of what depends on these texts and on this version of the tool.
  std::string key(const std::vector<std::string>& texts) const;

  /// Returns what was stored, if all that it was made from is unchanged. May
  /// be called from any thread, as may store().
  std::optional<FileResult> find(const std::string& key);

  /// `started`: when the analysis began, in nanoseconds of the system's clock.
  /// What was changed since then is not stored: which content was read is not
  /// known.
  void store(const std::string& key, const FileResult& result,
             std::int64_t started);

 private:
  struct FileState {
    std::uint64_t size = 0;
    std::int64_t changed = 0;  // 0: there is no such file
    std::string hash;          // of its content; empty: not computed yet
  };

  FileState& state(std::string_view path);  // requires mutex_
  const std::string& hash_of(const std::string& path, FileState& state);

  const std::string directory_;
  std::mutex mutex_;
  // Guarded by mutex_.
  std::unordered_map<std::string, std::unique_ptr<FileState>> states_;
};

/// $CHANSAN_CACHE, else a folder of the user's cache directory.
std::string default_cache_directory();

/// Now, as Cache::store() wants it.
std::int64_t now_ns();

}  // namespace chansan::check
