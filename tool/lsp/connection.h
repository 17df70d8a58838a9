// Messages of the language server protocol: a header with the length, then
// JSON.
#pragma once

#include <llvm/Support/JSON.h>

#include <iosfwd>
#include <optional>

namespace chansan::lsp {

class Connection {
 public:
  Connection(std::istream& in, std::ostream& out) : in_(in), out_(out) {}

  /// Blocks until there is a message. Returns nothing at the end of the input.
  /// What is no JSON is answered with an error and passed over.
  std::optional<llvm::json::Object> read();

  void send(llvm::json::Object message);

 private:
  std::istream& in_;
  std::ostream& out_;
};

}  // namespace chansan::lsp
