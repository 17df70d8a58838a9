// A finding as JSON; docs/formats/findings.md describes each field.
//
// A field that has its default value is left out, so that a reader's defaults
// are those of finding.h and a lint finding costs one short line.
#include "chansan/report.h"
#include "detector/src/report/document.h"
#include "detector/src/report/json_writer.h"
#include "detector/src/report/names.h"

namespace chansan {
namespace {

void text_member(JsonWriter& json, std::string_view name,
                 std::string_view text) {
  if (!text.empty()) json.member(name, text);
}

void number_member(JsonWriter& json, std::string_view name,
                   std::uint64_t number) {
  if (number != 0) json.member(name, number);
}

void flag_member(JsonWriter& json, std::string_view name, bool flag) {
  if (flag) json.member(name, true);
}

// The members of a location, into an object that is already open: a frame is
// a location with a function.
void location_members(JsonWriter& json, const Location& location) {
  text_member(json, "file", location.file);
  number_member(json, "line", location.line);
  number_member(json, "column", location.column);
}

void location_member(JsonWriter& json, std::string_view name,
                     const Location& location) {
  if (location == Location{}) return;
  json.key(name);
  json.begin_object();
  location_members(json, location);
  json.end_object();
}

// An array member, left out when empty; `write` writes one element's members.
template <typename List, typename Write>
void list_member(JsonWriter& json, std::string_view name, const List& list,
                 Write write) {
  if (list.empty()) return;
  json.key(name);
  json.begin_array();
  for (const auto& element : list) {
    json.begin_object();
    write(json, element);
    json.end_object();
  }
  json.end_array();
}

void frame_members(JsonWriter& json, const Frame& frame) {
  text_member(json, "function", frame.function);
  location_members(json, frame.location);
  flag_member(json, "inlined", frame.inlined);
  flag_member(json, "library", frame.library);
}

void stack_member(JsonWriter& json, std::string_view name, const Stack& stack) {
  list_member(json, name, stack, frame_members);
}

void access_members(JsonWriter& json, const Access& access) {
  json.member("operation", std::string_view(access.operation));
  json.member("goroutine", access.goroutine);
  // Text, because a JSON number holds only 53 bits in most readers.
  text_member(json, "address",
              access.address == 0 ? "" : address_name(access.address));
  number_member(json, "size", access.size);
  stack_member(json, "stack", access.stack);
}

void memory_member(JsonWriter& json, const Memory& memory) {
  if (memory.kind == Memory::Kind::kUnknown && memory.name.empty()) return;
  json.key("memory");
  json.begin_object();
  json.member("kind", memory_kind_name(memory.kind));
  text_member(json, "name", memory.name);
  text_member(json, "function", memory.function);
  text_member(json, "field", memory.field);
  number_member(json, "size", memory.size);
  number_member(json, "offset", memory.offset);
  number_member(json, "goroutine", memory.goroutine);
  stack_member(json, "allocated_at", memory.allocated_at);
  location_member(json, "declared_at", memory.declared_at);
  json.end_object();
}

void step_members(JsonWriter& json, const Step& step) {
  number_member(json, "goroutine", step.goroutine);
  json.member("message", std::string_view(step.message));
  location_member(json, "location", step.location);
}

void held_members(JsonWriter& json, const Held& held) {
  json.member("object", std::string_view(held.object));
  stack_member(json, "taken_at", held.taken_at);
}

void goroutine_members(JsonWriter& json, const Goroutine& goroutine) {
  json.member("id", goroutine.id);
  text_member(json, "name", goroutine.name);
  text_member(json, "status", goroutine.status);
  text_member(json, "waits_for", goroutine.waits_for);
  if (goroutine.count != 1) json.member("count", goroutine.count);
  if (goroutine.waiting_ns > 0) {
    number_member(json, "waiting_ns",
                  static_cast<std::uint64_t>(goroutine.waiting_ns));
  }
  stack_member(json, "stack", goroutine.stack);
  number_member(json, "creator", goroutine.creator);
  stack_member(json, "created_at", goroutine.created_at);
  flag_member(json, "in_knot", goroutine.in_knot);
  list_member(json, "holds", goroutine.holds, held_members);
  list_member(json, "wakers", goroutine.wakers, step_members);
  list_member(json, "ancestors", goroutine.ancestors, step_members);
}

void object_members(JsonWriter& json, const Object& object) {
  json.member("name", std::string_view(object.name));
  text_member(json, "state", object.state);
  stack_member(json, "made_at", object.made_at);
  list_member(json, "history", object.history, step_members);
}

void fix_members(JsonWriter& json, const Fix& fix) {
  location_member(json, "location", fix.location);
  number_member(json, "length", fix.length);
  text_member(json, "text", fix.text);
}

void finding_members(JsonWriter& json, const Finding& finding) {
  json.member("id", std::string_view(finding.id));
  text_member(json, "kind", finding.kind);
  json.member("level", level_name(finding.level));
  json.member("message", std::string_view(finding.message));
  location_member(json, "location", finding.location);
  list_member(json, "accesses", finding.accesses, access_members);
  memory_member(json, finding.memory);
  list_member(json, "goroutines", finding.goroutines, goroutine_members);
  list_member(json, "objects", finding.objects, object_members);
  list_member(json, "steps", finding.steps, step_members);
  list_member(json, "fixes", finding.fixes, fix_members);
  text_member(json, "why", finding.why);
  text_member(json, "hint", finding.hint);
  text_member(json, "reproduce", finding.reproduce);
  text_member(json, "schedule", finding.schedule);
  if (finding.count != 1) json.member("count", finding.count);
}

std::string summary_json(const Summary& summary) {
  JsonWriter json;
  json.begin_object();
  text_member(json, "tool", summary.tool);
  text_member(json, "program", summary.program);
  number_member(json, "dropped", summary.dropped);
  text_member(json, "text", summary.text);
  json.end_object();
  return json.text();
}

}  // namespace

std::string document_opening() {
  return "{\"format\":\"chansan-findings\",\"version\":" +
         std::to_string(kFindingsVersion) + ",\n\"findings\":[";
}

std::string document_closing(const Summary& summary) {
  return "],\n\"summary\":" + summary_json(summary) + "}\n";
}

std::string to_json(const Finding& finding) {
  JsonWriter json;
  json.begin_object();
  finding_members(json, finding);
  json.end_object();
  return json.text();
}

std::string to_json(std::span<const Finding> findings, const Summary& summary) {
  std::string text = document_opening();
  std::string_view separator = kFirstSeparator;
  for (const Finding& finding : findings) {
    text += separator;
    text += to_json(finding);
    separator = kNextSeparator;
  }
  return text + document_closing(summary);
}

}  // namespace chansan
