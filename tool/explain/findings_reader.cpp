#include "tool/explain/findings_reader.h"

#include <llvm/Support/JSON.h>

#include <charconv>
#include <limits>
#include <utility>

namespace chansan {
namespace {

using llvm::json::Object;
using llvm::json::ObjectMapper;
using llvm::json::Path;
using llvm::json::Value;

bool read(const Value& value, std::string& out, Path path) {
  return llvm::json::fromJSON(value, out, path);
}

bool read(const Value& value, bool& out, Path path) {
  return llvm::json::fromJSON(value, out, path);
}

bool read(const Value& value, std::uint64_t& out, Path path) {
  return llvm::json::fromJSON(value, out, path);
}

bool read(const Value& value, std::int64_t& out, Path path) {
  return llvm::json::fromJSON(value, out, path);
}

bool read(const Value& value, std::uint32_t& out, Path path) {
  std::uint64_t wide = 0;
  if (!llvm::json::fromJSON(value, wide, path)) return false;
  if (wide > std::numeric_limits<std::uint32_t>::max()) {
    path.report("number too large");
    return false;
  }
  out = static_cast<std::uint32_t>(wide);
  return true;
}

// A text that stands for one value of an enum.
template <typename Enum, std::size_t Size>
bool read_name(const Value& value,
               const std::pair<std::string_view, Enum> (&names)[Size],
               Enum& out, Path path) {
  std::string name;
  if (!read(value, name, path)) return false;
  for (const auto& [known, meaning] : names) {
    if (name != known) continue;
    out = meaning;
    return true;
  }
  path.report("unknown name");
  return false;
}

bool read(const Value& value, Level& out, Path path) {
  static constexpr std::pair<std::string_view, Level> kNames[] = {
      {"certain", Level::kCertain},
      {"likely", Level::kLikely},
      {"maybe", Level::kMaybe}};
  return read_name(value, kNames, out, path);
}

bool read(const Value& value, Memory::Kind& out, Path path) {
  static constexpr std::pair<std::string_view, Memory::Kind> kNames[] = {
      {"unknown", Memory::Kind::kUnknown},
      {"global", Memory::Kind::kGlobal},
      {"heap", Memory::Kind::kHeap},
      {"stack", Memory::Kind::kStack},
      {"channel", Memory::Kind::kChannel},
      {"wait group", Memory::Kind::kWaitGroup}};
  return read_name(value, kNames, out, path);
}

// Declared first: the members of one kind of object are of others.
bool read(const Value& value, Location& out, Path path);
bool read(const Value& value, Frame& out, Path path);
bool read(const Value& value, Access& out, Path path);
bool read(const Value& value, Memory& out, Path path);
bool read(const Value& value, Step& out, Path path);
bool read(const Value& value, Held& out, Path path);
bool read(const Value& value, chansan::Object& out, Path path);
bool read(const Value& value, Goroutine& out, Path path);
bool read(const Value& value, Fix& out, Path path);
bool read(const Value& value, Finding& out, Path path);
bool read(const Value& value, Summary& out, Path path);

template <typename Element>
bool read(const Value& value, std::vector<Element>& out, Path path) {
  const llvm::json::Array* const array = value.getAsArray();
  if (array == nullptr) {
    path.report("expected array");
    return false;
  }
  out.resize(array->size());
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (!read((*array)[i], out[i], path.index(i))) return false;
  }
  return true;
}

// An object whose members are read by name. A member that this version does
// not know is passed over; one that is not there keeps its default.
class Members {
 public:
  Members(const Value& value, Path path)
      : object_(value.getAsObject()), path_(path) {
    if (object_ == nullptr) path_.report("expected object");
    ok_ = object_ != nullptr;
  }

  template <typename Field>
  Members& optional(llvm::StringLiteral name, Field& out) {
    if (!ok_) return *this;
    if (const Value* const value = object_->get(name)) {
      ok_ = read(*value, out, path_.field(name));
    }
    return *this;
  }

  template <typename Field>
  Members& required(llvm::StringLiteral name, Field& out) {
    if (ok_ && object_->get(name) == nullptr) {
      path_.field(name).report("missing value");
      ok_ = false;
    }
    return optional(name, out);
  }

  bool ok() const { return ok_; }

 private:
  const Object* object_;
  Path path_;
  bool ok_;
};

bool read(const Value& value, Location& out, Path path) {
  return Members(value, path)
      .required("file", out.file)
      .optional("line", out.line)
      .optional("column", out.column)
      .ok();
}

bool read(const Value& value, Frame& out, Path path) {
  return Members(value, path)
      .optional("function", out.function)
      .optional("file", out.location.file)
      .optional("line", out.location.line)
      .optional("column", out.location.column)
      .optional("inlined", out.inlined)
      .optional("library", out.library)
      .ok();
}

// An address is text, since a JSON number keeps only 53 bits in most writers.
bool read_address(const std::string& text, std::uint64_t& out) {
  if (text.empty()) return true;
  if (!text.starts_with("0x")) return false;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data() + 2, end, out, 16);
  return error == std::errc() && stop == end;
}

bool read(const Value& value, Access& out, Path path) {
  std::string address;
  const bool ok = Members(value, path)
                      .required("operation", out.operation)
                      .required("goroutine", out.goroutine)
                      .optional("address", address)
                      .optional("size", out.size)
                      .optional("stack", out.stack)
                      .ok();
  if (ok && !read_address(address, out.address)) {
    path.field("address").report("expected an address such as 0x5e1640");
    return false;
  }
  return ok;
}

bool read(const Value& value, Memory& out, Path path) {
  return Members(value, path)
      .required("kind", out.kind)
      .optional("name", out.name)
      .optional("function", out.function)
      .optional("field", out.field)
      .optional("size", out.size)
      .optional("offset", out.offset)
      .optional("goroutine", out.goroutine)
      .optional("allocated_at", out.allocated_at)
      .optional("declared_at", out.declared_at)
      .ok();
}

bool read(const Value& value, Held& out, Path path) {
  return Members(value, path)
      .required("object", out.object)
      .optional("taken_at", out.taken_at)
      .ok();
}

bool read(const Value& value, Goroutine& out, Path path) {
  return Members(value, path)
      .required("id", out.id)
      .optional("name", out.name)
      .optional("status", out.status)
      .optional("waits_for", out.waits_for)
      .optional("count", out.count)
      .optional("waiting_ns", out.waiting_ns)
      .optional("stack", out.stack)
      .optional("creator", out.creator)
      .optional("created_at", out.created_at)
      .optional("in_knot", out.in_knot)
      .optional("holds", out.holds)
      .optional("wakers", out.wakers)
      .optional("ancestors", out.ancestors)
      .ok();
}

bool read(const Value& value, chansan::Object& out, Path path) {
  return Members(value, path)
      .required("name", out.name)
      .optional("state", out.state)
      .optional("made_at", out.made_at)
      .optional("history", out.history)
      .ok();
}

bool read(const Value& value, Step& out, Path path) {
  return Members(value, path)
      .optional("goroutine", out.goroutine)
      .required("message", out.message)
      .optional("location", out.location)
      .ok();
}

bool read(const Value& value, Fix& out, Path path) {
  return Members(value, path)
      .required("location", out.location)
      .optional("length", out.length)
      .optional("text", out.text)
      .ok();
}

bool read(const Value& value, Finding& out, Path path) {
  return Members(value, path)
      .required("id", out.id)
      .optional("kind", out.kind)
      .required("level", out.level)
      .required("message", out.message)
      .optional("location", out.location)
      .optional("accesses", out.accesses)
      .optional("memory", out.memory)
      .optional("goroutines", out.goroutines)
      .optional("objects", out.objects)
      .optional("steps", out.steps)
      .optional("fixes", out.fixes)
      .optional("why", out.why)
      .optional("hint", out.hint)
      .optional("reproduce", out.reproduce)
      .optional("schedule", out.schedule)
      .optional("count", out.count)
      .ok();
}

bool read(const Value& value, Summary& out, Path path) {
  return Members(value, path)
      .optional("tool", out.tool)
      .optional("program", out.program)
      .optional("dropped", out.dropped)
      .optional("text", out.text)
      .ok();
}

// Empty if `root` is a findings document of a version that we can read.
std::string header_problem(const Value& root) {
  const Object* const object = root.getAsObject();
  if (object == nullptr || object->getString("format") != "chansan-findings") {
    return "this JSON is not a findings document: it has no "
           "\"format\":\"chansan-findings\"";
  }
  const auto version = object->getInteger("version");
  if (!version || *version < 1) {
    return "the findings document has no version";
  }
  if (*version > kFindingsVersion) {
    return "the findings document has version " + std::to_string(*version) +
           "; this chansan reads up to " + std::to_string(kFindingsVersion) +
           ". Use the chansan that made it, or a newer one";
  }
  return "";
}

}  // namespace

bool looks_like_json(std::string_view text) {
  const std::size_t start = text.find_first_not_of(" \t\r\n");
  return start != text.npos && (text[start] == '{' || text[start] == '[');
}

std::optional<Document> read_findings(std::string_view text,
                                      std::string& problem) {
  llvm::Expected<Value> root = llvm::json::parse(text);
  if (!root) {
    problem = "the JSON is broken: " + llvm::toString(root.takeError());
    return std::nullopt;
  }
  problem = header_problem(*root);
  if (!problem.empty()) return std::nullopt;
  Document document;
  Path::Root path("document");
  if (!Members(*root, path)
           .required("findings", document.findings)
           .optional("summary", document.summary)
           .ok()) {
    problem =
        "the findings document is broken: " + llvm::toString(path.getError());
    return std::nullopt;
  }
  return document;
}

}  // namespace chansan
