#include "tool/explain/runtime_memory.h"

#include <algorithm>
#include <cstring>
#include <initializer_list>
#include <utility>

namespace chansan {
namespace {

constexpr std::uint32_t kVersion = 1;
constexpr std::uint32_t kNoteType = 1;

// The table, as docs/formats/debug-layout.md has it.
struct Table {
  char magic[16];
  std::uint32_t version;
  std::uint32_t field_count;
  std::uint64_t fields;
  std::uint64_t scheduler;
  std::uint64_t wait_reasons;
  std::uint64_t statuses;
};
static_assert(sizeof(Table) == 56);

struct TableField {
  char name[32];
  std::int64_t value;
};
static_assert(sizeof(TableField) == 40);

template <class T>
bool read_object(ProcessImage& image, std::uint64_t address, T& to) {
  return image.read(address, std::as_writable_bytes(std::span(&to, 1)));
}

}  // namespace

std::optional<RuntimeMemory> RuntimeMemory::open(ProcessImage& image,
                                                 std::string& problem) {
  const std::uint64_t note = image.find_note("CSP", kNoteType);
  if (note == 0) {
    problem = image.program() + " does not use csp, or an older one";
    return std::nullopt;
  }
  std::int32_t distance = 0;
  if (!read_object(image, note + 4, distance)) {
    problem = "the note of csp in " + image.program() + " cannot be read";
    return std::nullopt;
  }
  RuntimeMemory memory(image);
  problem = memory.load(
      note + 4 +
      static_cast<std::uint64_t>(static_cast<std::int64_t>(distance)));
  if (!problem.empty()) return std::nullopt;
  return memory;
}

std::string RuntimeMemory::load(std::uint64_t at) {
  Table table;
  if (!read_object(*image_, at, table) ||
      std::memcmp(table.magic, "csp-layout", 11) != 0) {
    return "the table of csp is not where " + image_->program() +
           " has it: is that the program?";
  }
  if (table.version != kVersion) {
    return "the program's csp has a layout of version " +
           std::to_string(table.version) + "; this chansan reads version " +
           std::to_string(kVersion);
  }
  constexpr std::uint32_t kFieldsMax = 4096;
  for (std::uint32_t i = 0; i < std::min(table.field_count, kFieldsMax); ++i) {
    TableField field;
    if (!read_object(*image_, table.fields + i * sizeof field, field)) {
      return "the table of csp is not whole";
    }
    const std::size_t length = strnlen(field.name, sizeof field.name);
    fields_.emplace(std::string(field.name, length), field.value);
  }
  wait_reasons_ = texts_at(table.wait_reasons);
  statuses_ = texts_at(table.statuses);
  scheduler_ = table.scheduler;
  return "";
}

// Texts, each with its 0, and an empty one behind the last.
std::vector<std::string> RuntimeMemory::texts_at(std::uint64_t address) {
  constexpr std::size_t kTextsMax = 256;
  constexpr std::size_t kLengthMax = 64;
  std::vector<std::string> texts;
  while (texts.size() < kTextsMax) {
    std::string text;
    while (const char c = image_->number<char>(address++)) {
      if (text.size() < kLengthMax) text += c;
    }
    if (text.empty()) break;
    texts.push_back(std::move(text));
  }
  return texts;
}

std::pair<std::uint64_t, std::uint64_t> RuntimeMemory::scheduler() const {
  const auto size =
      static_cast<std::uint64_t>(field("scheduler.size").value_or(0));
  return {scheduler_, scheduler_ + size};
}

std::size_t RuntimeMemory::machines() {
  constexpr std::size_t kMost = 1 << 16;
  std::size_t count = 0;
  std::uint64_t at = member(scheduler_, "scheduler.machines", 8).value_or(0);
  for (; at != 0 && count < kMost; ++count) {
    at = member(at, "machine.next", 8).value_or(0);
  }
  return count;
}

bool RuntimeMemory::in_stack_slots(std::uint64_t address) const {
  return std::any_of(slabs_.begin(), slabs_.end(), [&](const auto& slab) {
    return address >= slab.first && address < slab.second;
  });
}

std::optional<std::int64_t> RuntimeMemory::field(
    const std::string& name) const {
  const auto known = fields_.find(name);
  if (known == fields_.end()) return std::nullopt;
  return known->second;
}

std::optional<std::uint64_t> RuntimeMemory::member(std::uint64_t address,
                                                   const std::string& name,
                                                   std::size_t bytes) {
  const auto offset = field(name);
  if (!offset) return std::nullopt;
  std::uint64_t value = 0;
  const auto to = std::as_writable_bytes(std::span(&value, 1)).first(bytes);
  if (!image_->read(address + static_cast<std::uint64_t>(*offset), to)) {
    return std::nullopt;
  }
  return value;
}

// Of every goroutine that there ever was: main, those in slots, OS threads.
std::vector<std::uint64_t> RuntimeMemory::addresses() {
  std::vector<std::uint64_t> found;
  const auto offset = [&](const char* name) {
    return static_cast<std::uint64_t>(field(name).value_or(0));
  };
  found.push_back(scheduler_ + offset("scheduler.main"));
  const std::uint64_t slabs = scheduler_ + offset("scheduler.slabs");
  const auto begin = image_->number<std::uint64_t>(slabs);
  const auto end = image_->number<std::uint64_t>(slabs + 8);
  for (std::uint64_t at = begin; at < end; at += 8) {
    const auto slab = image_->number<std::uint64_t>(at);
    const std::uint64_t base = member(slab, "slab.base", 8).value_or(0);
    const std::uint64_t used = member(slab, "slab.used", 8).value_or(0);
    const std::uint64_t bytes = member(slab, "slab.slot_bytes", 8).value_or(0);
    slabs_.emplace_back(base, base + used * bytes);
    for (std::uint64_t slot = 0; slot < used; ++slot) {
      found.push_back(base + (slot + 1) * bytes - offset("stack.header_bytes"));
    }
  }
  constexpr int kForeignMax = 1 << 20;
  std::uint64_t foreign =
      member(scheduler_, "scheduler.foreign", 8).value_or(0);
  for (int i = 0; foreign != 0 && i < kForeignMax; ++i) {
    found.push_back(foreign);
    foreign = member(foreign, "goroutine.next", 8).value_or(0);
  }
  return found;
}

std::string RuntimeMemory::name_at(std::uint64_t string) {
  constexpr std::uint64_t kShownMax = 256;
  if (string == 0) return "";
  const std::uint64_t data = member(string, "string.data", 8).value_or(0);
  const std::uint64_t size = member(string, "string.size", 8).value_or(0);
  std::string name(std::min(size, kShownMax), '\0');
  if (!image_->read(data, std::as_writable_bytes(std::span(name)))) return "";
  std::replace(name.begin(), name.end(), '\n', ' ');
  return name;
}

std::optional<Registers> RuntimeMemory::saved_registers(std::uint64_t sp) {
  constexpr std::pair<const char*, std::size_t> kSaved[] = {
      {"saved.rbx", Registers::kRbx}, {"saved.rbp", Registers::kRbp},
      {"saved.r12", Registers::kR12}, {"saved.r13", Registers::kR13},
      {"saved.r14", Registers::kR14}, {"saved.r15", Registers::kR15},
      {"saved.rip", Registers::kRip}};
  Registers registers;
  for (const auto& [name, number] : kSaved) {
    const auto value = member(sp, name, 8);
    if (!value) return std::nullopt;
    registers.values[number] = *value;
  }
  registers.values[Registers::kRsp] =
      sp + static_cast<std::uint64_t>(field("saved.size").value_or(0));
  return registers;
}

std::optional<RawGoroutine> RuntimeMemory::goroutine_at(std::uint64_t address) {
  const auto status = member(address, "goroutine.status", 1);
  // What cannot be read was given back to the system: nobody lives there.
  if (!status || static_cast<std::int64_t>(*status) == field("status.dead") ||
      static_cast<std::int64_t>(*status) == field("status.fresh")) {
    return std::nullopt;
  }
  const auto number = [&](const char* name, std::size_t bytes) {
    return member(address, std::string("goroutine.") + name, bytes).value_or(0);
  };
  const auto text = [](const std::vector<std::string>& texts,
                       std::uint64_t index) {
    return index < texts.size() ? texts[index] : std::string("unknown");
  };
  RawGoroutine goroutine;
  goroutine.id = number("id", 8);
  goroutine.creator = number("creator", 8);
  goroutine.created_at = number("created_at", 8);
  goroutine.name = name_at(number("name", 8));
  goroutine.foreign = number("foreign", 1) != 0;
  goroutine.stack_low = number("stack_low", 8);
  goroutine.stack_high = number("stack_high", 8);
  goroutine.waiting =
      static_cast<std::int64_t>(*status) == field("status.waiting");
  if (goroutine.waiting) {
    goroutine.status = text(wait_reasons_, number("wait_reason", 1));
    goroutine.waits_on = number("waits_on", 8);
    goroutine.cases = number("cases", 8);
    goroutine.case_count = number("case_count", 8);
    goroutine.since_ns =
        static_cast<std::int64_t>(number("waiting_since_ns", 8));
  } else {
    goroutine.status = text(statuses_, *status);
  }
  if (!goroutine.foreign && number("on_cpu", 4) == 0) {
    goroutine.suspended = saved_registers(number("sp", 8));
  }
  return goroutine;
}

std::vector<RawGoroutine> RuntimeMemory::goroutines() {
  std::vector<RawGoroutine> found;
  for (const std::uint64_t address : addresses()) {
    if (auto one = goroutine_at(address)) found.push_back(std::move(*one));
  }
  std::sort(
      found.begin(), found.end(),
      [](const RawGoroutine& a, const RawGoroutine& b) { return a.id < b.id; });
  return found;
}

}  // namespace chansan
