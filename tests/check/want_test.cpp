// Each line of a program under testdata/ that has `// want "REGEX"` must get
// one finding that matches for each REGEX, and no other line any.
//
// usage: want_test ID FILE [COMPILER-FLAG...]
// Of the findings those of the check ID count; ID `*`: all of them. With the
// flag -DFIXED the program is its own mended twin: nothing may be found.
#include <algorithm>
#include <fstream>
#include <iostream>
#include <regex>
#include <string>
#include <vector>

#include "tool/check/database.h"
#include "tool/check/run_analysis.h"

namespace chansan::check {
namespace {

struct Want {
  std::uint32_t line;
  std::string pattern;
  bool met = false;
};

std::vector<Want> read_wants(const std::string& file) {
  std::vector<Want> wants;
  std::ifstream in(file);
  const std::regex quoted("\"((?:[^\"\\\\]|\\\\.)*)\"");
  std::string text;
  for (std::uint32_t line = 1; std::getline(in, text); ++line) {
    const std::size_t mark = text.find("// want ");
    if (mark == std::string::npos) continue;
    const std::string rest = text.substr(mark);
    for (std::sregex_iterator it(rest.begin(), rest.end(), quoted), end;
         it != end; ++it)
      wants.push_back({line, (*it)[1].str()});
  }
  return wants;
}

bool meet(std::vector<Want>& wants, const Finding& finding) {
  const std::string text = finding.message + " [chansan-" + finding.id + "]";
  for (Want& want : wants) {
    if (want.met || want.line != finding.location.line) continue;
    if (!std::regex_search(text, std::regex(want.pattern))) continue;
    return want.met = true;
  }
  return false;
}

int run(const std::string& id, const std::string& file,
        const std::vector<std::string>& flags) {
  Options options;
  options.cache = false;
  options.files = {file};
  options.engine.fixed_flags = true;
  if (id != "*") options.engine.globs = {"-*", id};
  // The way a user's file goes: by itself, then linked with the others.
  FileResult result;
  for (FileResult& part :
       run_analysis(options, fixed_database(flags), {file})) {
    for (const std::string& error : part.errors) result.errors.push_back(error);
    for (Finding& finding : part.findings)
      if (finding.suppressed.empty())
        result.findings.push_back(std::move(finding));
  }
  int failures = 0;
  for (const std::string& error : result.errors) {
    std::cerr << error << "\n";
    ++failures;
  }
  const bool fixed = std::ranges::find(flags, "-DFIXED") != flags.end();
  std::vector<Want> wants;
  if (!fixed) wants = read_wants(file);
  for (const Finding& finding : result.findings) {
    if (meet(wants, finding)) continue;
    std::cerr << file << ":" << finding.location.line
              << ": not wanted: " << finding.message << " [chansan-"
              << finding.id << "]\n";
    for (const Step& step : finding.steps)
      std::cerr << "  " << step.location.line << ": " << step.message << "\n";
    ++failures;
  }
  for (const Want& want : wants) {
    if (want.met) continue;
    std::cerr << file << ":" << want.line << ": missing: " << want.pattern
              << "\n";
    ++failures;
  }
  return failures == 0 ? 0 : 1;
}

}  // namespace
}  // namespace chansan::check

int main(int argc, char** argv) {
  if (argc < 3) {
    std::cerr << "usage: want_test ID FILE [COMPILER-FLAG...]\n";
    return 2;
  }
  return chansan::check::run(argv[1], argv[2],
                             std::vector<std::string>(argv + 3, argv + argc));
}
