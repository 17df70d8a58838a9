#include "tool/lsp/diagnostics.h"

#include <charconv>
#include <filesystem>
#include <string_view>

#include "tool/common/rule.h"

namespace chansan::lsp {
namespace {

using JsonObject = llvm::json::Object;

constexpr std::string_view kScheme = "file://";

int severity_of(Level level) {
  // Error, warning, information.
  return level == Level::kCertain ? 1 : level == Level::kLikely ? 2 : 3;
}

// UTF-16 code units before the column, as the protocol counts.
std::int64_t character_of(const Location& at, SourceFiles& sources) {
  const std::string line = sources.line(at);
  std::int64_t units = 0;
  for (std::size_t i = 0; i + 1 < at.column && i < line.size(); ++i) {
    const auto byte = static_cast<unsigned char>(line[i]);
    if ((byte & 0xC0u) != 0x80u) ++units;
    if (byte >= 0xF0u) ++units;  // outside the first plane: a pair
  }
  return units;
}

// The word at the place, so that an editor has something to underline.
JsonObject range_of(const Location& at, SourceFiles& sources) {
  const std::string line = sources.line(at);
  const std::int64_t row = at.line > 0 ? at.line - 1 : 0;
  const std::int64_t start = character_of(at, sources);
  std::size_t end = at.column > 0 ? at.column - 1 : 0;
  const auto is_word = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9') || c == '_';
  };
  const std::size_t first = end;
  while (end < line.size() && is_word(line[end])) ++end;
  const auto length = static_cast<std::int64_t>(end - first);
  return JsonObject{
      {"start", JsonObject{{"line", row}, {"character", start}}},
      {"end", JsonObject{{"line", row},
                         {"character", start + (length ? length : 1)}}}};
}

JsonObject location_of(const Location& at, SourceFiles& sources) {
  std::error_code error;
  return JsonObject{
      {"uri", uri_of(std::filesystem::absolute(at.file, error).string())},
      {"range", range_of(at, sources)}};
}

}  // namespace

std::string path_of(const std::string& uri) {
  if (!uri.starts_with(kScheme)) return "";
  std::string path;
  for (std::size_t i = kScheme.size(); i < uri.size(); ++i) {
    unsigned byte = 0;
    const bool escaped =
        uri[i] == '%' && i + 2 < uri.size() &&
        std::from_chars(&uri[i + 1], &uri[i + 1] + 2, byte, 16).ptr ==
            &uri[i + 1] + 2;
    path += escaped ? static_cast<char>(byte) : uri[i];
    if (escaped) i += 2;
  }
  return path;
}

std::string uri_of(const std::string& path) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string uri(kScheme);
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                       (c >= '0' && c <= '9') ||
                       std::string_view("-._~/").find(c) != std::string::npos;
    if (plain) {
      uri += c;
    } else {
      uri += '%';
      uri += kHex[byte >> 4];
      uri += kHex[byte & 0xF];
    }
  }
  return uri;
}

JsonObject diagnostic_of(const Finding& finding, SourceFiles& sources) {
  llvm::json::Array related;
  for (const Step& step : finding.steps)
    if (!step.location.file.empty())
      related.push_back(
          JsonObject{{"location", location_of(step.location, sources)},
                     {"message", llvm::json::fixUTF8(step.message)}});
  return JsonObject{{"range", range_of(finding.location, sources)},
                    {"severity", severity_of(finding.level)},
                    {"code", rule_name(finding.id)},
                    {"source", "chansan"},
                    {"message", llvm::json::fixUTF8(finding.message)},
                    {"relatedInformation", std::move(related)}};
}

}  // namespace chansan::lsp
