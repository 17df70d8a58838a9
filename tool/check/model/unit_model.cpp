// One description of each structure's members serves reading and writing.
#include "tool/check/model/unit_model.h"

#include <type_traits>

namespace chansan::model {
namespace {

// Numbers of seven bits a byte, the lowest first; signed ones folded.
class Writer {
 public:
  void number(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7)
      bytes_ += static_cast<char>(value | 0x80);
    bytes_ += static_cast<char>(value);
  }

  template <class... Values>
  void operator()(const Values&... values) {
    (one(values), ...);
  }

  std::string take() { return std::move(bytes_); }

 private:
  template <class T>
  void one(const T& value) {
    if constexpr (std::is_same_v<T, std::string>) {
      number(value.size());
      bytes_ += value;
    } else if constexpr (std::is_enum_v<T>) {
      number(static_cast<std::uint64_t>(value));
    } else if constexpr (std::is_same_v<T, bool>) {
      number(value ? 1 : 0);
    } else if constexpr (std::is_signed_v<T>) {
      number((static_cast<std::uint64_t>(value) << 1) ^
             static_cast<std::uint64_t>(value >> 63));
    } else if constexpr (std::is_integral_v<T>) {
      // "None" is all ones, and the most frequent: it becomes 0.
      number(static_cast<T>(value + 1));
    } else {
      members(*this, value);
    }
  }

  template <class T>
  void one(const std::vector<T>& list) {
    number(list.size());
    for (const auto& element : list) one(static_cast<T>(element));
  }

  std::string bytes_;
};

class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  std::uint64_t number() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      if (bytes_.empty()) break;
      const auto byte = static_cast<unsigned char>(bytes_.front());
      bytes_.remove_prefix(1);
      value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
      if (byte < 0x80) return value;
    }
    ok_ = false;
    return 0;
  }

  template <class... Values>
  void operator()(Values&... values) {
    (one(values), ...);
  }

  bool whole() const { return ok_ && bytes_.empty(); }

 private:
  template <class T>
  void one(T& value) {
    if constexpr (std::is_same_v<T, std::string>) {
      const std::uint64_t size = length();
      value.assign(bytes_.substr(0, size));
      bytes_.remove_prefix(size);
    } else if constexpr (std::is_enum_v<T>) {
      value = static_cast<T>(number());
    } else if constexpr (std::is_signed_v<T>) {
      const std::uint64_t folded = number();
      value = static_cast<T>((folded >> 1) ^ (~(folded & 1) + 1));
    } else if constexpr (std::is_same_v<T, bool>) {
      value = number() != 0;
    } else if constexpr (std::is_integral_v<T>) {
      value = static_cast<T>(number() - 1);
    } else {
      members(*this, value);
    }
  }

  template <class T>
  void one(std::vector<T>& list) {
    list.resize(length());
    for (T& element : list) one(element);
  }

  // Every element takes a byte at least: a damaged length asks for no memory.
  std::uint64_t length() {
    const std::uint64_t size = number();
    if (size <= bytes_.size()) return size;
    ok_ = false;
    return 0;
  }

  std::string_view bytes_;
  bool ok_ = true;
};

template <class T, class U>
concept Of = std::is_same_v<std::remove_const_t<T>, U>;

template <class Archive, Of<Variable> T>
void members(Archive& archive, T& variable) {
  archive(variable.name, variable.offset, variable.cells, variable.site,
          variable.shared, variable.loop, variable.sort, variable.symbol,
          variable.defined, variable.initialiser);
}

template <class Archive, Of<Layout> T>
void members(Archive& archive, T& layout) {
  archive(layout.cells, layout.variables);
}

template <class Archive, Of<Argument> T>
void members(Archive& archive, T& argument) {
  archive(argument.reg, argument.pass, argument.cells);
}

template <class Archive, Of<Instruction> T>
void members(Archive& archive, T& instruction) {
  archive(instruction.op, instruction.guarded, instruction.quiet,
          instruction.usual, instruction.loop_branch, instruction.loop,
          instruction.site, instruction.dst, instruction.a, instruction.b,
          instruction.c, instruction.imm, instruction.args);
}

template <class Archive, Of<SelectCase> T>
void members(Archive& archive, T& one) {
  archive(one.kind, one.channel, one.value, one.has, one.payload, one.site);
}

template <class Archive, Of<Parameter> T>
void members(Archive& archive, T& parameter) {
  archive(parameter.offset, parameter.cells);
}

template <class Archive, Of<Function> T>
void members(Archive& archive, T& function) {
  archive(function.name, function.site, function.code, function.registers,
          function.cells, function.parameters, function.variables,
          function.loops, function.symbol, function.defined, function.method);
}

template <class Archive, Of<Root> T>
void members(Archive& archive, T& root) {
  archive(root.function, root.is_main);
}

template <class Archive, Of<Place> T>
void members(Archive& archive, T& place) {
  archive(place.file, place.offset);
}

template <class Archive, Of<UnitModel> T>
void members(Archive& archive, T& unit) {
  archive(unit.program.functions, unit.program.layouts, unit.program.names,
          unit.program.selects, unit.program.globals,
          unit.program.global_variables, unit.roots, unit.files, unit.places);
}

}  // namespace

std::string serialize(const UnitModel& unit) {
  Writer writer;
  members(writer, unit);
  return writer.take();
}

std::optional<UnitModel> deserialize(std::string_view bytes) {
  Reader reader(bytes);
  UnitModel unit;
  members(reader, unit);
  if (!reader.whole()) return std::nullopt;
  return unit;
}

}  // namespace chansan::model
