#include "tool/explain/race_reader.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <optional>
#include <regex>
#include <string>
#include <utility>

#include "tool/explain/dump_line.h"
#include "tool/explain/program_symbols.h"

namespace chansan {
namespace {

std::string trimmed(std::string_view line) {
  const std::size_t begin = line.find_first_not_of(" \t");
  if (begin == line.npos) return "";
  const std::size_t end = line.find_last_not_of(" \t\r");
  return std::string(line.substr(begin, end - begin + 1));
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.push_back(trimmed(text.substr(0, end)));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(c));
  return text;
}

bool begins_report(const std::string& line) {
  return line == "WARNING: DATA RACE" ||
         line.starts_with("WARNING: ThreadSanitizer: data race");
}

bool is_rule(const std::string& line) {
  return line.size() >= 18 && line.find_first_not_of('=') == line.npos;
}

// Goroutines keep their numbers; of ThreadSanitizer's threads, which count
// from 0, main is 1 as everywhere.
struct Who {
  std::uint64_t id = 0;
  std::string name;
};

Who who_of(const std::string& text) {
  static const std::regex kGoroutine(R"re(goroutine (\d+)( \("(.*)"\))?.*)re");
  static const std::regex kThread(R"re(thread (T(\d+))( '(.*?)')?.*)re");
  std::smatch match;
  if (std::regex_match(text, match, kGoroutine)) {
    return {std::stoull(match[1]), match[3]};
  }
  if (std::regex_match(text, match, kThread)) {
    const std::string name = match[4];
    return {std::stoull(match[2]) + 1,
            "thread " + match[1].str() + (name.empty() ? "" : " " + name)};
  }
  return {1, ""};
}

// One report, from its first line to its last.
class Reader {
 public:
  Reader(const std::vector<std::string>& lines, std::size_t at)
      : lines_(lines), at_(at) {
    finding_.id = "race";
  }

  Finding read() {
    for (++at_; at_ < lines_.size() && !is_rule(lines_[at_]) &&
                !begins_report(lines_[at_]);) {
      const std::string& line = lines_[at_++];
      if (line.empty()) {
        stack_ = nullptr;
        continue;
      }
      if (!heading(line) && !frame(line)) closing(line);
    }
    finding_.message = "two accesses that nothing orders";
    if (!finding_.accesses.empty()) set_location(finding_.accesses[0].stack);
    return std::move(finding_);
  }

  std::size_t end() const { return at_; }

 private:
  Goroutine& goroutine(const Who& who) {
    for (Goroutine& each : finding_.goroutines) {
      if (each.id != who.id) continue;
      if (each.name.empty()) each.name = who.name;
      return each;
    }
    Goroutine fresh;
    fresh.id = who.id;
    fresh.name = who.name;
    return finding_.goroutines.emplace_back(std::move(fresh));
  }

  bool heading(const std::string& line) {
    return access(line) || creation(line) || location(line);
  }

  bool access(const std::string& line) {
    static const std::regex kAccess(
        R"re((?:Previous )?([a-z ]*?(?:read|write|close))(?: of size (\d+))? at )re"
        R"re((0x[0-9a-f]+) by (.*?)(?: \(mutexes:.*\))?:)re",
        std::regex::icase);
    std::smatch match;
    if (!std::regex_match(line, match, kAccess)) return false;
    const Who who = who_of(match[4]);
    goroutine(who);
    Access access;
    access.operation = lower(match[1]);
    access.goroutine = who.id;
    access.address = std::strtoull(match[3].str().c_str(), nullptr, 16);
    access.size =
        match[2].matched ? static_cast<std::uint32_t>(std::stoul(match[2])) : 0;
    finding_.accesses.push_back(std::move(access));
    return take_into(finding_.accesses.back().stack);
  }

  bool creation(const std::string& line) {
    static const std::regex kGoroutine(
        R"re((Goroutine \d+)(?: \((.*)\))? created at:)re");
    static const std::regex kThread(
        R"re((Thread T\d+(?: '.*?')?) \((?:tid=\d+, )?(.*)\) created by (.*) at:)re");
    std::smatch match;
    const bool go = std::regex_match(line, match, kGoroutine);
    if (!go && !std::regex_match(line, match, kThread)) return false;
    std::string who = match[1];
    who[0] = static_cast<char>(std::tolower(who[0]));
    Goroutine& created = goroutine(who_of(who));
    created.status = match[2];
    if (!go) created.creator = who_of(match[3]).id;
    created_ = created.id;
    return take_into(created.created_at);
  }

  bool location(const std::string& line) {
    static const std::regex kLocation(
        R"re(Location is (global|heap block|stack|channel|wait group|TLS)?(.*))re");
    static const std::regex kParts(
        R"re((?: ?'(.*?)')?(?: of size (\d+))?(?:,? at offset (\d+))?)re"
        R"re((?:, field '(.*?)')?(?: in frame of (.*)\(\))?)re"
        R"re((?: on stack of (.*?)(?= at |$))?(?: at )?(.*))re");
    std::smatch match;
    if (!std::regex_match(line, match, kLocation)) return false;
    const std::string kind = match[1];
    Memory& memory = finding_.memory;
    memory.kind = kind == "global"       ? Memory::Kind::kGlobal
                  : kind == "heap block" ? Memory::Kind::kHeap
                  : kind == "channel"    ? Memory::Kind::kChannel
                  : kind == "wait group" ? Memory::Kind::kWaitGroup
                                         : Memory::Kind::kStack;
    const std::string rest = match[2];
    std::smatch parts;
    if (std::regex_match(rest, parts, kParts)) {
      memory.name = parts[1];
      if (parts[2].matched) memory.size = std::stoull(parts[2]);
      if (parts[3].matched) memory.offset = std::stoull(parts[3]);
      memory.field = parts[4];
      memory.function = parts[5];
      if (parts[6].matched) memory.goroutine = who_of(parts[6]).id;
      if (const auto place = place_line("\t" + parts[7].str())) {
        memory.declared_at = *place;
      }
    }
    const std::size_t by = rest.find("allocated by ");
    if (by != rest.npos) {
      memory.goroutine = who_of(rest.substr(by + 13)).id;
      return take_into(memory.allocated_at);
    }
    const std::size_t of = rest.find("of ");
    if (kind == "stack" && of != rest.npos) {
      memory.goroutine = who_of(rest.substr(of + 3)).id;
    }
    stack_ = nullptr;
    return true;
  }

  // `stack` is taken by index later: vectors that it lies in may grow.
  bool take_into(Stack& stack) {
    stack_ = &stack;
    return true;
  }

  bool frame(const std::string& line) {
    if (stack_ == nullptr) return false;
    // ThreadSanitizer: #0 function /file:line:column (module+0x1234)
    static const std::regex kNumbered(
        R"re(#\d+ (.*?) (<null>|\S+:\d+(?::\d+)?|\S+)( \(.*\))?)re");
    std::smatch match;
    Frame frame;
    if (std::regex_match(line, match, kNumbered)) {
      frame.function = function_name(match[1].str());
      if (const auto place = place_line("\t" + match[2].str())) {
        frame.location = *place;
      }
    } else if (const auto place = next_place()) {
      frame.function = function_name(line);
      frame.location = *place;
      ++at_;
    } else {
      return false;
    }
    frame.library =
        is_library_function(frame.function) || is_library_frame(frame);
    stack_->push_back(std::move(frame));
    return true;
  }

  std::optional<Location> next_place() const {
    if (at_ >= lines_.size()) return std::nullopt;
    return place_line("\t" + lines_[at_]);
  }

  // Of our accesses, in their order: "[write of 4 bytes, previous read of 8
  // bytes]".
  bool sizes(const std::string& line) {
    static const std::regex kSizes(
        R"re(\[[a-z ]+ of \d+ bytes?(?:, previous [a-z ]+ of \d+ bytes?)*\])re");
    static const std::regex kSize(R"re( of (\d+) byte)re");
    if (!std::regex_match(line, kSizes)) return false;
    std::sregex_iterator size(line.begin(), line.end(), kSize);
    for (Access& access : finding_.accesses) {
      if (size == std::sregex_iterator()) break;
      access.size = static_cast<std::uint32_t>(std::stoul((*size++)[1]));
    }
    return true;
  }

  // Ours says more than the others do.
  void closing(const std::string& line) {
    stack_ = nullptr;
    if (sizes(line)) return;
    static const std::regex kIn(R"re(\[in goroutine (\d+).*\])re");
    static const std::regex kStep(
        R"re((goroutine (\d+)|main goroutine)[^:]*: (.*))re");
    static const std::regex kSeen(R"re(Seen (\d+) times\.)re");
    std::smatch match;
    if (std::regex_match(line, match, kIn)) {
      goroutine({created_, ""}).creator = std::stoull(match[1]);
    } else if (line.starts_with("Hint: ")) {
      finding_.hint = line.substr(6);
    } else if (line.starts_with("Again: ")) {
      finding_.reproduce = line.substr(7);
    } else if (std::regex_match(line, match, kSeen)) {
      finding_.count = std::stoull(match[1]);
    } else if (std::regex_match(line, match, kStep)) {
      Step step{who_of(match[1]).id, match[3], {}};
      if (const auto place = next_place()) {
        step.location = *place;
        ++at_;
      }
      finding_.steps.push_back(std::move(step));
    } else if (!line.starts_with("[") && !line.starts_with("SUMMARY: ") &&
               finding_.accesses.size() == 2 && finding_.why.empty()) {
      finding_.why = line;
    }
  }

  void set_location(const Stack& stack) {
    for (const Frame& frame : stack) {
      if (frame.library) continue;
      finding_.location = frame.location;
      return;
    }
  }

  const std::vector<std::string>& lines_;
  std::size_t at_;
  Finding finding_;
  Stack* stack_ = nullptr;  // that frames belong to; null: none
  std::uint64_t created_ = 0;
};

}  // namespace

std::vector<Finding> read_races(std::string_view text) {
  std::vector<Finding> races;
  const std::vector<std::string> lines = lines_of(text);
  for (std::size_t at = 0; at < lines.size();) {
    if (!begins_report(lines[at])) {
      ++at;
      continue;
    }
    Reader reader(lines, at);
    Finding race = reader.read();
    at = reader.end();
    if (!race.accesses.empty()) races.push_back(std::move(race));
  }
  return races;
}

}  // namespace chansan
