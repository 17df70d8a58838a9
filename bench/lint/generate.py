"""Writes a project for the lint's benchmark: FILES files of 500 lines each.

Usage: generate.py DIRECTORY FILES

Every file has a class with a lock, a worker that is fed through a channel, and
plain code; it calls functions of the file after it, so that the whole is one
program. A quarter of the files includes heavy headers of the standard library.
The same arguments write the same project.
"""

import json
import os
import sys

LIGHT = "#include <csp/csp.h>\n"
HEAVY = ("#include <algorithm>\n#include <functional>\n#include <iostream>\n"
         "#include <map>\n#include <regex>\n#include <sstream>\n"
         "#include <string>\n#include <unordered_map>\n#include <vector>\n"
         "#include <csp/csp.h>\n")
HEADER = """\
#pragma once
namespace part{i} {{
class Store {{
 public:
  void put(int key);
  int get() const {{ return last_; }}
 private:
  int last_ = 0;
}};
int pump(int rounds);
int plain(int seed);
}}  // namespace part{i}
"""
BODY = """\
#include "part{i}.h"
#include "part{next}.h"
namespace part{i} {{
namespace {{
csp::mutex mu;
int total = 0;
void feed(csp::chan<int> out, int rounds) {{
  for (int n = 0; n < rounds; ++n) out << n;
  out.close();
}}
}}  // namespace
void Store::put(int key) {{
  std::lock_guard<csp::mutex> guard(mu);
  last_ = key;
  total += key;
}}
int pump(int rounds) {{
  auto numbers = csp::make_chan<int>({capacity});
  csp::wait_group done;
  Store store;
  done.go([&] {{ feed(numbers, rounds); }});
  int sum = 0;
  for (int n : numbers) {{
    sum += n;
    store.put(n + part{next}::plain(n));
  }}
  done.wait();
  return sum;
}}
"""
PLAIN = """\
static int step{k}(int a, int b) {{
  int result = a;
  for (int i = 0; i < b; ++i) {{
    if ((result ^ i) & 1) {{
      result = result * 31 + i;
    }} else {{
      result = result / 3 - i;
    }}
  }}
  switch (result & 3) {{
    case 0:
      return result + {k};
    case 1:
      return result - {k};
    default:
      break;
  }}
  return result;
}}
"""
LINES = 500


def source(i, files):
    text = HEAVY if i % 4 == 0 else LIGHT
    text += BODY.format(i=i, next=(i + 1) % files, capacity=i % 3)
    calls = ""
    k = 0
    while text.count("\n") + calls.count("\n") + 25 < LINES:
        text += PLAIN.format(k=k)
        calls += f"  seed = step{k}(seed, {k});\n"
        k += 1
    text += "int plain(int seed) {\n" + calls + "  return seed;\n}\n"
    text += f"}}  // namespace part{i}\n"
    if i == 0:
        text += "int main() { return part0::pump(3); }\n"
    return text + "//\n" * (LINES - text.count("\n"))


def main():
    directory, files = sys.argv[1], int(sys.argv[2])
    include = os.path.abspath(os.path.join(os.path.dirname(__file__),
                                           "../../runtime/include"))
    os.makedirs(directory, exist_ok=True)
    commands = []
    for i in range(files):
        with open(f"{directory}/part{i}.h", "w", encoding="utf-8") as file:
            file.write(HEADER.format(i=i))
        with open(f"{directory}/part{i}.cpp", "w", encoding="utf-8") as file:
            file.write(source(i, files))
        commands.append({"directory": os.path.abspath(directory),
                         "file": f"part{i}.cpp",
                         "command": "clang++-22 -std=c++20 -isystem "
                                    f"{include} -c part{i}.cpp"})
    with open(f"{directory}/compile_commands.json", "w",
              encoding="utf-8") as file:
        json.dump(commands, file, indent=1)


main()
