#include "tool/lsp/connection.h"

#include <llvm/Support/FormatVariadic.h>

#include <charconv>
#include <istream>
#include <ostream>
#include <string>
#include <string_view>

namespace chansan::lsp {
namespace {

constexpr std::size_t kBytesMax = 64u << 20;
constexpr int kParseError = -32700;

// The length that the header tells; 0 if it tells none.
std::size_t read_header(std::istream& in) {
  constexpr std::string_view kLength = "Content-Length: ";
  std::size_t length = 0;
  for (std::string line; std::getline(in, line);) {
    if (line.ends_with('\r')) line.pop_back();
    if (line.empty()) break;
    if (line.starts_with(kLength))
      std::from_chars(line.data() + kLength.size(), line.data() + line.size(),
                      length);
  }
  return length;
}

}  // namespace

std::optional<llvm::json::Object> Connection::read() {
  while (in_) {
    const std::size_t length = read_header(in_);
    if (length == 0 || length > kBytesMax) {
      if (!in_) break;
      continue;
    }
    std::string text(length, '\0');
    if (!in_.read(text.data(), static_cast<std::streamsize>(length))) break;
    auto value = llvm::json::parse(text);
    if (value)
      if (llvm::json::Object* const object = value->getAsObject())
        return std::move(*object);
    if (!value) llvm::consumeError(value.takeError());
    send(llvm::json::Object{
        {"id", nullptr},
        {"error", llvm::json::Object{{"code", kParseError},
                                     {"message", "this is no message"}}}});
  }
  return std::nullopt;
}

void Connection::send(llvm::json::Object message) {
  message["jsonrpc"] = "2.0";
  const std::string text =
      llvm::formatv("{0}", llvm::json::Value(std::move(message))).str();
  out_ << "Content-Length: " << text.size() << "\r\n\r\n" << text << std::flush;
}

}  // namespace chansan::lsp
