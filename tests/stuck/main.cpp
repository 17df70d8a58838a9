// Runs the program of testdata/stuck/ that the argument names.
#include <cstdio>
#include <string_view>

#define TWIN(name) \
  namespace name { \
  void run();      \
  }
#include "programs.def"
#undef TWIN

int main(int count, char** arguments) {
  const std::string_view wanted = count == 2 ? arguments[1] : "";
#define TWIN(name)       \
  if (wanted == #name) { \
    name::run();         \
    return 0;            \
  }
#include "programs.def"
#undef TWIN
  std::puts("usage: stuck_programs bug_NAME|fixed_NAME");
  return 2;
}
