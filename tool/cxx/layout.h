// Where the library and its headers are.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace chansan::cxx {

struct Layout {
  // The directory that holds csp/; empty: the compiler finds it by itself.
  std::string include;
  std::vector<std::string> csp;  // link arguments of a plain program
  std::vector<std::string>
      race;  // of an instrumented one; empty: there is none
  // What instruments, and what clang takes besides.
  std::vector<std::string> race_compile;
  std::vector<std::string> race_compile_clang;
  // Our compiler pass; empty: there is none. What clang takes with it instead.
  std::string pass;
  std::vector<std::string> race_compile_pass;
  std::vector<std::string> race_compile_gxx;
};

/// Relative to this executable when it is installed; else in the build tree
/// that made it. Nothing if neither has the library.
std::optional<Layout> find_layout();

}  // namespace chansan::cxx
