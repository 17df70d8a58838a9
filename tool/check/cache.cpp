#include "tool/check/cache.h"

#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/xxhash.h"
#include "tool/check/packed.h"
#include "tool/explain/findings_reader.h"

namespace chansan::check {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kMagic = "chansan-cache-1";

std::string hash_text(llvm::StringRef text) {
  const auto hash = llvm::xxh3_128bits(llvm::arrayRefFromStringRef(text));
  return llvm::utohexstr(hash.high64, true, 16) +
         llvm::utohexstr(hash.low64, true, 16);
}

// The program file, so that a rebuilt tool does not read old results.
std::string tool_identity() {
  struct stat status{};
  const std::string path = llvm::sys::fs::getMainExecutable(nullptr, nullptr);
  if (::stat(path.c_str(), &status) != 0) return path;
  return path + ":" + std::to_string(status.st_size) + ":" +
         std::to_string(status.st_mtim.tv_sec) + ":" +
         std::to_string(status.st_mtim.tv_nsec);
}

std::string findings_text(const std::vector<Finding>& findings) {
  return findings.empty() ? "" : to_json(findings, {});
}

// The rest of `reader` into `result`; whether it is whole.
bool read_result(Unpacker& reader, FileResult& result) {
  const std::string_view text = reader.text();
  std::vector<std::string> suppressed;
  for (std::uint64_t count = reader.number(); count > 0 && reader.ok(); --count)
    suppressed.emplace_back(reader.text());
  result.silenced = static_cast<std::uint32_t>(reader.number());
  result.model_hash = reader.text();
  result.model = reader.text();
  if (!reader.ok()) return false;
  if (text.empty()) return true;
  std::string problem;
  auto document = read_findings(text, problem);
  if (!document || document->findings.size() != suppressed.size()) return false;
  result.findings = std::move(document->findings);
  for (std::size_t i = 0; i < suppressed.size(); ++i)
    result.findings[i].suppressed = suppressed[i];
  return true;
}

}  // namespace

std::string default_cache_directory() {
  const auto variable = [](const char* name) {
    const char* const value = std::getenv(name);
    return std::string(value ? value : "");
  };
  if (const std::string own = variable("CHANSAN_CACHE"); !own.empty())
    return own;
  if (const std::string cache = variable("XDG_CACHE_HOME"); !cache.empty())
    return cache + "/chansan";
  const std::string home = variable("HOME");
  return home.empty() ? "" : home + "/.cache/chansan";
}

std::int64_t now_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

std::string Cache::key(const std::vector<std::string>& texts) const {
  static const std::string identity = tool_identity();
  Packer packer;
  packer.text(identity);
  for (const std::string& text : texts) packer.text(text);
  return hash_text(packer.bytes());
}

Cache::FileState& Cache::state(std::string_view path) {
  const std::string name(path);
  std::unique_ptr<FileState>& entry = states_[name];
  if (entry) return *entry;
  entry = std::make_unique<FileState>();
  struct stat status{};
  if (::stat(name.c_str(), &status) == 0) {
    entry->size = static_cast<std::uint64_t>(status.st_size);
    entry->changed =
        status.st_mtim.tv_sec * 1'000'000'000LL + status.st_mtim.tv_nsec;
  }
  return *entry;
}

const std::string& Cache::hash_of(const std::string& path, FileState& state) {
  if (!state.hash.empty()) return state.hash;
  const auto buffer = llvm::MemoryBuffer::getFile(path);
  state.hash = buffer ? hash_text((*buffer)->getBuffer()) : "none";
  return state.hash;
}

std::optional<FileResult> Cache::find(const std::string& key) {
  if (directory_.empty()) return std::nullopt;
  auto buffer =
      llvm::MemoryBuffer::getFile(directory_ + "/" + key, /*IsText=*/false,
                                  /*RequiresNullTerminator=*/false);
  if (!buffer) return std::nullopt;
  Unpacker reader((*buffer)->getBuffer());
  if (reader.text() != kMagic) return std::nullopt;
  {
    const std::scoped_lock lock(mutex_);
    for (std::uint64_t count = reader.number(); count > 0; --count) {
      const std::string_view path = reader.text();
      const std::uint64_t size = reader.number();
      const auto changed = static_cast<std::int64_t>(reader.number());
      const std::string_view hash = reader.text();
      if (!reader.ok()) return std::nullopt;
      FileState& now = state(path);
      if (now.size == size && now.changed == changed) continue;
      if (now.size != size || hash_of(std::string(path), now) != hash)
        return std::nullopt;
    }
  }
  FileResult result;
  if (!read_result(reader, result)) return std::nullopt;
  result.holder = std::move(*buffer);
  return result;
}

void Cache::store(const std::string& key, const FileResult& result,
                  std::int64_t started) {
  if (directory_.empty() || !result.errors.empty()) return;
  Packer packer;
  packer.text(kMagic);
  packer.number(result.dependencies.size());
  {
    const std::scoped_lock lock(mutex_);
    for (const std::string& path : result.dependencies) {
      FileState& now = state(path);
      if (now.changed == 0 || now.changed >= started) return;
      packer.text(path);
      packer.number(now.size);
      packer.number(static_cast<std::uint64_t>(now.changed));
      packer.text(hash_of(path, now));
    }
  }
  packer.text(findings_text(result.findings));
  packer.number(result.findings.size());
  for (const Finding& finding : result.findings)
    packer.text(finding.suppressed);
  packer.number(result.silenced);
  packer.text(result.model_hash);
  packer.text(result.model);
  std::error_code error;
  fs::create_directories(directory_, error);
  // Whole or not at all: another run may read at the same time.
  const std::string path = directory_ + "/" + key;
  const std::string fresh = path + "." + std::to_string(::getpid());
  std::ofstream out(fresh, std::ios::binary);
  out << packer.bytes();
  out.close();
  if (out) fs::rename(fresh, path, error);
  if (!out || error) fs::remove(fresh, error);
}

}  // namespace chansan::check
