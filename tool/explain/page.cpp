#include "tool/explain/page.h"

#include <llvm/Support/JSON.h>

#include <algorithm>
#include <set>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "tool/explain/story.h"

// page_assets.S
extern "C" {
extern const char chansan_page_html[];
extern const char chansan_page_css[];
extern const char chansan_page_script[];
extern const char chansan_page_layout[];
}

namespace chansan {
namespace {

// In JSON that stands in a script element, `<` is never outside of a text.
std::string for_script(std::string_view json) {
  std::string escaped;
  escaped.reserve(json.size());
  for (const char c : json) {
    if (c == '<') {
      escaped += "\\u003c";
    } else {
      escaped += c;
    }
  }
  return escaped;
}

std::string for_html(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '<':
        escaped += "&lt;";
        break;
      case '&':
        escaped += "&amp;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

// The lines around every place that a report names, as far as the files can
// be read: the page is opened where they are not.
class Excerpts {
 public:
  explicit Excerpts(SourceFiles& files) : files_(files) {}

  void add(const Finding& finding) {
    add(finding.location);
    for (const Access& access : finding.accesses) add(access.stack);
    add(finding.memory.allocated_at);
    add(finding.memory.declared_at);
    for (const Goroutine& goroutine : finding.goroutines) {
      add(goroutine.stack);
      add(goroutine.created_at);
      for (const Held& held : goroutine.holds) add(held.taken_at);
    }
    for (const Object& object : finding.objects) add(object.made_at);
    for (const Step& step : finding.steps) add(step.location);
  }

  std::string json() const {
    llvm::json::Object files;
    for (const auto& [file, lines] : lines_) {
      llvm::json::Object texts;
      for (const auto& [line, text] : lines) {
        texts[std::to_string(line)] = llvm::json::fixUTF8(text);
      }
      files[llvm::json::fixUTF8(file)] = std::move(texts);
    }
    std::string json;
    llvm::raw_string_ostream(json) << llvm::json::Value(std::move(files));
    return json;
  }

 private:
  static constexpr std::uint32_t kAround = 3;
  static constexpr std::size_t kPlacesMax = 4000;

  void add(const Stack& stack) {
    for (const Frame& frame : stack) {
      if (!frame.library) add(frame.location);
    }
  }

  void add(const Location& place) {
    if (place.file.empty() || place.line == 0) return;
    if (places_.size() >= kPlacesMax) return;
    if (!places_.emplace(place.file, place.line).second) return;
    const std::uint32_t first = std::max(place.line, kAround + 1) - kAround;
    for (std::uint32_t line = first; line <= place.line + kAround; ++line) {
      const std::string text = files_.line({place.file, line, 0});
      if (!text.empty()) lines_[place.file][line] = text;
    }
  }

  SourceFiles& files_;
  std::set<std::pair<std::string, std::uint32_t>> places_;
  std::map<std::string, std::map<std::uint32_t, std::string>> lines_;
};

std::string verdicts_json(const Document& document) {
  llvm::json::Array verdicts;
  for (const Finding& finding : document.findings) {
    verdicts.push_back(llvm::json::fixUTF8(verdict(finding)));
  }
  std::string json;
  llvm::raw_string_ostream(json) << llvm::json::Value(std::move(verdicts));
  return json;
}

// Replaces each @NAME@ once, from left to right, so that nothing in what was
// put in is taken for a place.
std::string fill(
    std::string_view form,
    std::initializer_list<std::pair<std::string_view, std::string_view>>
        parts) {
  std::string page;
  while (!form.empty()) {
    std::size_t at = form.npos;
    const std::pair<std::string_view, std::string_view>* next = nullptr;
    for (const auto& part : parts) {
      const std::size_t found = form.find(part.first);
      if (found < at) {
        at = found;
        next = &part;
      }
    }
    page += form.substr(0, at);
    if (next == nullptr) break;
    page += next->second;
    form.remove_prefix(at + next->first.size());
  }
  return page;
}

std::string key_of(const Goroutine& goroutine) {
  std::string key = goroutine.status + '\n' + goroutine.waits_for + '\n';
  for (const Stack* stack : {&goroutine.stack, &goroutine.created_at}) {
    for (const Frame& frame : *stack) {
      key += frame.function + '\n' + frame.location.file + ':' +
             std::to_string(frame.location.line) + '\n';
    }
    key += '\n';
  }
  return key;
}

}  // namespace

Document folded(const Document& document) {
  constexpr std::size_t kShownMax = 500;
  Document smaller = document;
  for (Finding& finding : smaller.findings) {
    if (finding.goroutines.size() <= kShownMax) continue;
    std::unordered_map<std::string, std::size_t> index_of;
    std::vector<Goroutine> kept;
    for (Goroutine& goroutine : finding.goroutines) {
      const auto [known, made] =
          index_of.emplace(key_of(goroutine), kept.size());
      if (made || goroutine.id == 1) {
        kept.push_back(std::move(goroutine));
      } else {
        kept[known->second].count += goroutine.count;
      }
    }
    finding.goroutines = std::move(kept);
  }
  return smaller;
}

std::string to_html(const Document& document, SourceFiles& sources,
                    const std::string& timeline) {
  const Document shown = folded(document);
  Excerpts excerpts(sources);
  for (const Finding& finding : shown.findings) excerpts.add(finding);
  std::string data = "{\"document\":";
  data += to_json(shown.findings, shown.summary);
  data += ",\"verdicts\":" + verdicts_json(shown);
  data += ",\"sources\":" + excerpts.json();
  if (!timeline.empty()) data += ",\"trace\":" + timeline;
  data += "}";
  const std::string title = for_html(
      shown.findings.empty() ? "No findings." : verdict(shown.findings[0]));
  TextOptions options;
  options.source = [&](const Location& at) { return sources.line(at); };
  const std::string text = for_html(tell(document, options));
  const std::string script = for_script(data);
  return fill(chansan_page_html, {{"@VERSION@", CHANSAN_VERSION},
                                  {"@TITLE@", title},
                                  {"@STYLE@", chansan_page_css},
                                  {"@TEXT@", text},
                                  {"@DATA@", script},
                                  {"@LAYOUT@", chansan_page_layout},
                                  {"@SCRIPT@", chansan_page_script}});
}

}  // namespace chansan
