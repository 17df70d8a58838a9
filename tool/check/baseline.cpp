#include "tool/check/baseline.h"

#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <utility>

#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"
#include "tool/common/fingerprint.h"
#include "tool/common/rule.h"

namespace chansan::check {
namespace {

constexpr const char* kFormat = "chansan-baseline";
constexpr int kVersion = 1;

using llvm::json::Array;
using llvm::json::Object;

}  // namespace

bool write_baseline(const std::string& path,
                    const std::vector<Finding>& findings,
                    SourceFiles& sources) {
  const auto marks = fingerprints(findings, sources);
  Array entries;
  for (std::size_t i = 0; i < findings.size(); ++i)
    entries.push_back(
        Object{{"id", findings[i].id},
               {"file", llvm::json::fixUTF8(place_of(findings[i]).file)},
               {"fingerprint", marks[i]},
               // For who reads the file; it is not compared.
               {"message", llvm::json::fixUTF8(findings[i].message)}});
  const llvm::json::Value document = Object{{"format", kFormat},
                                            {"version", kVersion},
                                            {"findings", std::move(entries)}};
  std::ofstream out(path);
  out << llvm::formatv("{0:2}\n", document).str();
  out.flush();
  return static_cast<bool>(out);
}

std::string apply_baseline(const std::string& path,
                           std::vector<Finding>& findings,
                           SourceFiles& sources) {
  std::ifstream in(path);
  if (!in)
    return path + ": cannot be read; make it with `--write-baseline=" + path +
           "`";
  std::ostringstream text;
  text << in.rdbuf();
  auto document = llvm::json::parse(text.str());
  if (!document) return path + ": " + llvm::toString(document.takeError());
  const Object* const root = document->getAsObject();
  if (!root || root->getString("format") != kFormat ||
      root->getInteger("version") != kVersion)
    return path +
           ": is no baseline of version 1; make it anew with "
           "`--write-baseline=" +
           path + "`";
  std::set<std::pair<std::string, std::string>> known;
  if (const Array* const entries = root->getArray("findings"))
    for (const auto& entry : *entries)
      if (const Object* const one = entry.getAsObject())
        known.emplace(one->getString("id").value_or("").str(),
                      one->getString("fingerprint").value_or("").str());
  const auto marks = fingerprints(findings, sources);
  for (std::size_t i = 0; i < findings.size(); ++i)
    if (known.contains({findings[i].id, marks[i]}))
      findings[i].suppressed = "baseline";
  return "";
}

}  // namespace chansan::check
