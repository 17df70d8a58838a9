#include "tool/common/sarif.h"

#include <llvm/Support/FormatVariadic.h>
#include <llvm/Support/JSON.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>

#include "tool/common/fingerprint.h"
#include "tool/common/sarif_parts.h"

namespace chansan {
namespace {

using llvm::json::Array;
using JsonObject = llvm::json::Object;

constexpr const char* kSchema =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/"
    "sarif-schema-2.1.0.json";

std::string level_of(Level level) {
  switch (level) {
    case Level::kCertain:
      return "error";
    case Level::kLikely:
      return "warning";
    case Level::kMaybe:
      break;
  }
  return "note";
}

// How often its findings are right, as code-scanning services sort by it.
std::string precision_of(Level level) {
  switch (level) {
    case Level::kCertain:
      return "very-high";
    case Level::kLikely:
      return "high";
    case Level::kMaybe:
      break;
  }
  return "medium";
}

// race-shared-global: RaceSharedGlobal.
std::string camel_case(const std::string& id) {
  std::string name;
  bool start = true;
  for (const char c : id) {
    if (c == '-') {
      start = true;
      continue;
    }
    name +=
        start && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    start = false;
  }
  return name;
}

JsonObject rule_object(const Rule& rule, const SarifParts& parts) {
  const std::string help = rule.help.empty() ? rule.summary : rule.help;
  JsonObject text = parts.message(help);
  text["markdown"] = llvm::json::fixUTF8(help);
  return JsonObject{
      {"id", rule_name(rule.id)},
      {"name", camel_case(rule.id)},
      {"shortDescription", parts.message(rule.summary)},
      {"fullDescription", parts.message(rule.summary)},
      {"help", std::move(text)},
      {"defaultConfiguration", JsonObject{{"level", level_of(rule.level)}}},
      {"properties",
       JsonObject{{"precision", precision_of(rule.level)},
                  {"tags", Array{"concurrency", "correctness"}}}}};
}

// The rules of the run, and of findings whose kind it does not name.
std::vector<Rule> all_rules(std::span<const Finding> findings,
                            const SarifRun& run) {
  std::vector<Rule> rules = run.rules;
  for (const Finding& finding : findings) {
    bool known = false;
    for (const Rule& rule : rules) known = known || rule.id == finding.id;
    if (!known) rules.push_back({finding.id, finding.id, "", finding.level});
  }
  return rules;
}

std::string text_of(const Finding& finding) {
  std::string text = finding.message.empty() ? finding.id : finding.message;
  if (!finding.why.empty()) text += "\n" + finding.why;
  if (!finding.hint.empty()) text += "\n" + finding.hint;
  return text;
}

Array stacks_of(const Finding& finding, const SarifParts& parts) {
  Array stacks;
  const auto add = [&](const Stack& stack, const std::string& text) {
    if (!stack.empty()) stacks.push_back(parts.stack(stack, text));
  };
  for (const Access& access : finding.accesses)
    add(access.stack,
        access.operation + " by goroutine " + std::to_string(access.goroutine));
  for (const Goroutine& goroutine : finding.goroutines) {
    const std::string name = "goroutine " + std::to_string(goroutine.id);
    add(goroutine.stack, name + " [" + goroutine.status + "]");
    add(goroutine.created_at, name + " was created here");
  }
  return stacks;
}

Array related_of(const Finding& finding, const SarifParts& parts) {
  Array related;
  const auto add = [&](const Location& at, const std::string& text) {
    llvm::json::Value one = parts.location(at, text);
    // The standard wants each of them once.
    if (std::find(related.begin(), related.end(), one) == related.end())
      related.push_back(std::move(one));
  };
  for (const Step& step : finding.steps)
    if (!step.location.file.empty()) add(step.location, step.message);
  for (const Access& access : finding.accesses)
    for (const Frame& frame : access.stack) {
      if (frame.library || frame.location.file.empty()) continue;
      add(frame.location, access.operation + " by goroutine " +
                              std::to_string(access.goroutine));
      break;
    }
  return related;
}

JsonObject suppression_of(const Finding& finding) {
  if (finding.suppressed == "NOLINT") return JsonObject{{"kind", "inSource"}};
  return JsonObject{{"kind", "external"},
                    {"justification", finding.suppressed}};
}

JsonObject result_of(const Finding& finding, std::size_t rule,
                     const std::string& fingerprint, const SarifParts& parts) {
  JsonObject result{{"ruleId", rule_name(finding.id)},
                    {"ruleIndex", static_cast<std::int64_t>(rule)},
                    {"level", level_of(finding.level)},
                    {"message", parts.message(text_of(finding))},
                    {"partialFingerprints",
                     JsonObject{{"chansanStatement/v1", fingerprint}}}};
  const Location at = place_of(finding);
  if (!at.file.empty()) result["locations"] = Array{parts.location(at, "")};
  const auto list = [&](const char* name, Array elements) {
    if (!elements.empty()) result[name] = std::move(elements);
  };
  list("relatedLocations", related_of(finding, parts));
  list("stacks", stacks_of(finding, parts));
  if (!finding.steps.empty())
    result["codeFlows"] = Array{parts.code_flow(finding)};
  if (!finding.fixes.empty()) result["fixes"] = Array{parts.fix(finding)};
  if (!finding.suppressed.empty())
    result["suppressions"] = Array{suppression_of(finding)};
  if (finding.count > 1)
    result["occurrenceCount"] = static_cast<std::int64_t>(finding.count);
  JsonObject properties;
  if (!finding.reproduce.empty()) properties["reproduce"] = finding.reproduce;
  if (!finding.schedule.empty()) properties["schedule"] = finding.schedule;
  if (!properties.empty()) result["properties"] = std::move(properties);
  return result;
}

JsonObject invocation_of(const SarifRun& run, const SarifParts& parts) {
  JsonObject invocation{{"executionSuccessful", run.problems.empty()}};
  Array notifications;
  for (const std::string& problem : run.problems)
    notifications.push_back(
        JsonObject{{"level", "error"}, {"message", parts.message(problem)}});
  // What was not looked at may hide a finding.
  if (run.summary.dropped > 0)
    notifications.push_back(JsonObject{
        {"level", "warning"}, {"message", parts.message(run.summary.text)}});
  if (!notifications.empty())
    invocation["toolExecutionNotifications"] = std::move(notifications);
  return invocation;
}

}  // namespace

std::string to_sarif(std::span<const Finding> findings, const SarifRun& run,
                     SourceFiles& sources) {
  std::error_code error;
  const std::string root = std::filesystem::current_path(error).string();
  const SarifParts parts(root, sources);
  Array rules;
  std::map<std::string, std::size_t> index;
  for (const Rule& rule : all_rules(findings, run)) {
    index.emplace(rule.id, rules.size());
    rules.push_back(rule_object(rule, parts));
  }
  const std::vector<std::string> marks = fingerprints(findings, sources);
  Array results;
  for (std::size_t i = 0; i < findings.size(); ++i)
    results.push_back(
        result_of(findings[i], index.at(findings[i].id), marks[i], parts));
  Array artifacts;
  for (const std::string& file : run.files)
    artifacts.push_back(JsonObject{{"location", parts.artifact(file)},
                                   {"roles", Array{"analysisTarget"}}});
  JsonObject driver{{"name", "chansan"},
                    {"version", CHANSAN_VERSION},
                    {"rules", std::move(rules)}};
  JsonObject log_run{
      {"tool", JsonObject{{"driver", std::move(driver)}}},
      {"columnKind", "unicodeCodePoints"},
      {"originalUriBaseIds",
       JsonObject{{"SRCROOT", JsonObject{{"uri", "file://" + root + "/"}}}}},
      {"invocations", Array{invocation_of(run, parts)}},
      {"automationDetails",
       JsonObject{{"id", "chansan-" + run.summary.tool + "/"}}},
      {"results", std::move(results)}};
  if (!artifacts.empty()) log_run["artifacts"] = std::move(artifacts);
  const llvm::json::Value log = JsonObject{{"$schema", kSchema},
                                           {"version", "2.1.0"},
                                           {"runs", Array{std::move(log_run)}}};
  return llvm::formatv("{0:2}\n", log).str();
}

}  // namespace chansan
