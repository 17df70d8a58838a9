#include "tool/common/fingerprint.h"

#include <cstdint>
#include <cstdio>
#include <map>

#include "tool/common/rule.h"

namespace chansan {
namespace {

// FNV-1a, 64 bits: the same on every machine and in every version.
std::uint64_t hash_of(const std::string& text) {
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (const char c : text) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001b3u;
  }
  return hash;
}

std::string hexadecimal(std::uint64_t number) {
  char text[17];
  std::snprintf(text, sizeof text, "%016llx",
                static_cast<unsigned long long>(number));
  return text;
}

}  // namespace

std::vector<std::string> fingerprints(std::span<const Finding> findings,
                                      SourceFiles& sources) {
  std::vector<std::string> all;
  std::map<std::string, int> seen;
  for (const Finding& finding : findings) {
    const Location at = place_of(finding);
    std::string statement = sources.statement(at);
    // Without a source the message is what stays the same.
    if (statement.empty()) statement = finding.message;
    // The directory may differ between two checkouts.
    const std::string name = at.file.substr(at.file.find_last_of('/') + 1);
    const std::string key = finding.id + '\n' + name + '\n' + statement;
    const int number = ++seen[key + '\n' + at.file];
    all.push_back(hexadecimal(hash_of(key)) + ":" + std::to_string(number));
  }
  return all;
}

}  // namespace chansan
