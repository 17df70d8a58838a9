// Names of declarations as programs write them.
#pragma once

#include <cstdint>
#include <string>

#include "clang/AST/DeclCXX.h"

namespace chansan::lower {

/// "std::vector" for std::__1::vector<int>: without template arguments, inline
/// and unnamed namespaces.
std::string qualified_name(const clang::NamedDecl* decl);

/// A function for messages: "worker", "Server::run", "the function literal at
/// line 12".
std::string display_name(const clang::FunctionDecl* function);

/// The record that a class type names, through references and aliases.
const clang::CXXRecordDecl* record_of(clang::QualType type);

/// Whether a member of a container or string leaves it unchanged although it
/// has a non-const overload, or hands out a part.
bool only_looks(const clang::FunctionDecl* callee);

/// Whether it is a std::string or a std::string_view.
bool is_text(clang::QualType type);

/// What stands for a literal in the model; never 0.
std::int64_t number_of_text(llvm::StringRef text);

/// What a member or operator is called on; null if that is only known by its
/// address.
const clang::Expr* called_on(const clang::Expr* call);

/// An expression without the parentheses and whatever is implicit around it.
const clang::Expr* strip(const clang::Expr* expression);

}  // namespace chansan::lower
