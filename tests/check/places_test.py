"""The places where people lint, each with its real program.

Usage: places_test.py CHANSAN SOURCE [TESTCASE]
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import unittest

CHANSAN = ""
SOURCE = ""

RACY = """\
#include <thread>
int shared;
int main() {
  std::thread other([] { shared = 1; });
  shared = 2;
  other.join();
}
"""


class PlacesTest(unittest.TestCase):

    def setUp(self):
        scratch = tempfile.TemporaryDirectory(prefix="chansan-")
        self.addCleanup(scratch.cleanup)
        self.directory = scratch.name

    def write(self, name, text):
        with open(os.path.join(self.directory, name), "w",
                  encoding="utf-8") as file:
            file.write(text)

    def call(self, *command, status=0):
        done = subprocess.run(
            command, cwd=self.directory, capture_output=True, text=True,
            timeout=300, check=False,
            env={**os.environ, "CHANSAN_CACHE": self.directory + "/cache"})
        if status is not None:
            self.assertEqual(done.returncode, status,
                             done.stdout + done.stderr)
        return done.stdout + done.stderr

    def test_cmake_runs_it_in_the_place_of_clang_tidy(self):
        self.write("a.cpp", RACY)
        self.write("CMakeLists.txt",
                   "cmake_minimum_required(VERSION 3.25)\nproject(a CXX)\n"
                   "find_package(Threads REQUIRED)\nadd_executable(a a.cpp)\n"
                   "target_compile_features(a PRIVATE cxx_std_20)\n"
                   "target_link_libraries(a PRIVATE Threads::Threads)\n")
        self.call("cmake", "-G", "Ninja", "-S", ".", "-B", "build",
                  f"-DCMAKE_CXX_CLANG_TIDY={CHANSAN};check")
        said = self.call("cmake", "--build", "build", status=None)
        self.assertIn("a.cpp:4:26: warning: data race on 'shared'", said)

    def test_pre_commit_definition_runs_it_on_the_files_of_a_commit(self):
        with open(f"{SOURCE}/.pre-commit-hooks.yaml",
                  encoding="utf-8") as file:
            hook = dict(re.findall(r"^[- ] (\w+): (.*)$", file.read(), re.M))
        self.assertEqual(hook["language"], "system")
        self.write("a.cpp", RACY)
        self.write("compile_commands.json", json.dumps(
            [{"directory": self.directory, "file": "a.cpp",
              "command": "clang++ -std=c++20 -c a.cpp"}]))
        words = hook["entry"].split()
        self.assertEqual(words[0], "chansan")
        self.assertIn("data race on 'shared'",
                      self.call(CHANSAN, *words[1:], "a.cpp", status=1))
        self.assertTrue(re.search(hook["exclude"], "include/a.h"))
        self.assertFalse(re.search(hook["exclude"], "src/a.cpp"))

    def test_problem_matcher_of_the_editor_reads_the_text(self):
        with open(f"{SOURCE}/docs/editors/vscode-tasks.json",
                  encoding="utf-8") as file:
            matcher = json.load(file)["tasks"][0]["problemMatcher"]["pattern"]
        self.write("a.cpp", RACY)
        lines = self.call(CHANSAN, "check", "a.cpp", "--",
                          status=1).splitlines()
        found = [match for match in
                 (re.match(matcher["regexp"], line) for line in lines) if match]
        first = found[0]
        self.assertEqual(first[matcher["file"]], "a.cpp")
        self.assertEqual(first[matcher["line"]], "4")
        self.assertEqual(first[matcher["severity"]], "warning")
        self.assertEqual(first[matcher["code"]], "chansan-race-shared-global")
        self.assertIn("note", [match[matcher["severity"]] for match in found])


if __name__ == "__main__":
    CHANSAN = os.path.abspath(sys.argv[1])
    SOURCE = sys.argv[2]
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])
