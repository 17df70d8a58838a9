#include "tool/common/sarif_parts.h"

#include <cstdint>
#include <filesystem>
#include <map>

namespace chansan {
namespace {

using llvm::json::Array;
using JsonObject = llvm::json::Object;

// RFC 3986: what may stand in a path as it is.
std::string uri_of(const std::string& path) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  static constexpr std::string_view kPlain = "-._~/!$&'()*+,;=@";
  std::string uri;
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                        (c >= '0' && c <= '9');
    if (letter || kPlain.find(c) != kPlain.npos) {
      uri += c;
    } else {
      uri += '%';
      uri += kHex[byte >> 4];
      uri += kHex[byte & 0xF];
    }
  }
  return uri;
}

}  // namespace

JsonObject SarifParts::message(const std::string& text) const {
  return JsonObject{{"text", llvm::json::fixUTF8(text)}};
}

JsonObject SarifParts::artifact(const std::string& file) const {
  const std::filesystem::path path =
      std::filesystem::path(file).lexically_normal();
  if (path.is_relative())
    return JsonObject{{"uri", uri_of(path)}, {"uriBaseId", "SRCROOT"}};
  const std::string prefix = root_ + "/";
  if (path.string().starts_with(prefix))
    return JsonObject{{"uri", uri_of(path.string().substr(prefix.size()))},
                      {"uriBaseId", "SRCROOT"}};
  return JsonObject{{"uri", "file://" + uri_of(path)}};
}

JsonObject SarifParts::region(const Location& at) const {
  JsonObject region{{"startLine", at.line}};
  if (at.column > 0) region["startColumn"] = sources_.code_point_column(at);
  const std::string line = sources_.line(at);
  if (!line.empty()) region["snippet"] = message(line);
  return region;
}

JsonObject SarifParts::location(const Location& at,
                                const std::string& text) const {
  JsonObject location;
  if (!at.file.empty()) {
    JsonObject physical{{"artifactLocation", artifact(at.file)}};
    if (at.line > 0) physical["region"] = region(at);
    location["physicalLocation"] = std::move(physical);
  }
  if (!text.empty()) location["message"] = message(text);
  return location;
}

JsonObject SarifParts::stack(const Stack& stack,
                             const std::string& text) const {
  Array frames;
  for (const Frame& frame : stack) {
    JsonObject place = location(frame.location, "");
    if (!frame.function.empty())
      place["logicalLocations"] = Array{JsonObject{
          {"fullyQualifiedName", llvm::json::fixUTF8(frame.function)},
          {"kind", "function"}}};
    frames.push_back(JsonObject{{"location", std::move(place)}});
  }
  return JsonObject{{"message", message(text)}, {"frames", std::move(frames)}};
}

JsonObject SarifParts::code_flow(const Finding& finding) const {
  std::map<std::uint64_t, Array> threads;
  std::int64_t order = 0;
  for (const Step& step : finding.steps) {
    JsonObject at{{"location", location(step.location, step.message)},
                  {"executionOrder", ++order}};
    threads[step.goroutine].push_back(std::move(at));
  }
  Array flows;
  for (auto& [goroutine, steps] : threads) {
    JsonObject flow{{"locations", std::move(steps)}};
    if (goroutine > 0) flow["id"] = "goroutine " + std::to_string(goroutine);
    flows.push_back(std::move(flow));
  }
  return JsonObject{{"threadFlows", std::move(flows)}};
}

JsonObject SarifParts::replacement(const Fix& fix) const {
  const Location end = sources_.advance(fix.location, fix.length);
  return JsonObject{
      {"deletedRegion",
       JsonObject{{"startLine", fix.location.line},
                  {"startColumn", sources_.code_point_column(fix.location)},
                  {"endLine", end.line},
                  {"endColumn", sources_.code_point_column(end)}}},
      {"insertedContent", message(fix.text)}};
}

JsonObject SarifParts::fix(const Finding& finding) const {
  std::map<std::string, Array> by_file;
  for (const Fix& fix : finding.fixes)
    by_file[fix.location.file].push_back(replacement(fix));
  Array changes;
  for (auto& [file, replacements] : by_file)
    changes.push_back(JsonObject{{"artifactLocation", artifact(file)},
                                 {"replacements", std::move(replacements)}});
  const std::string text = finding.hint.empty() ? "mend it" : finding.hint;
  return JsonObject{{"description", message(text)},
                    {"artifactChanges", std::move(changes)}};
}

}  // namespace chansan
