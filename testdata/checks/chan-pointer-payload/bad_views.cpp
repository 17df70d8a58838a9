// Arrays, texts, views and wrappers lead to the local variable too.
#include <csp/csp.h>

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

void text(csp::chan<const char*> out) {
  char buffer[16] = "text";
  out.send(buffer);  // want "the address of the local variable 'buffer'"
}

void part(csp::chan<const char*> out) {
  std::string name = "text";
  out << name.c_str();  // want "the address of the local variable 'name'"
}

void view(csp::chan<std::string_view> out) {
  std::string name = "text";
  out.send(name);  // want "the address of the local variable 'name'"
}

void numbers(csp::chan<std::span<int>> out) {
  std::vector<int> all(4);
  out.send(all);  // want "the address of the local variable 'all'"
}

void wrapped(csp::chan<std::reference_wrapper<int>> out) {
  int count = 0;
  out.send(std::ref(count));  // want "the address of the local variable 'count'"
}

void named(csp::chan<int*> out) {
  int count = 0;
  int* where = &count;
  out.send(where);  // want "the address of the local variable 'count'"
}

void chosen(csp::chan<int*> out, csp::chan<int> quit) {
  int count = 0;
  csp::select(csp::send_case(out, &count),  // want "local variable 'count'"
              csp::recv_case(quit));
}
