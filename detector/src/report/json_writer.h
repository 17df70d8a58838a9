// JSON as text, written front to back: the few forms that a report needs.
//
// Requires of the caller that begin_* and end_* match and that every value in
// an object follows its key; the writer places the commas.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace chansan {

class JsonWriter {
 public:
  void begin_object();
  void end_object();
  void begin_array();
  void end_array();

  void key(std::string_view name);
  void value(std::string_view text);
  void value(std::uint64_t number);
  void value(bool truth);
  /// Text that is JSON already.
  void raw(std::string_view json);

  template <typename Value>
  void member(std::string_view name, const Value& content) {
    key(name);
    value(content);
  }

  const std::string& text() const { return text_; }

 private:
  void separate();

  std::string text_;
  // True directly after an opening bracket, a key or nothing at all: the next
  // value takes no comma.
  bool first_ = true;
};

/// `text` as a JSON string with its quotes. Bytes that are not UTF-8 become
/// U+FFFD, so that one strange file name does not cost the whole document.
std::string json_quoted(std::string_view text);

}  // namespace chansan
