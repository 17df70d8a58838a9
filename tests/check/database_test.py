"""Compilation databases as users have them: relative, stale, half built.

Usage: database_test.py CHANSAN
"""

import json
import os
import subprocess
import sys
import tempfile
import unittest

CHANSAN = ""

RACY = """\
#include <thread>
int shared;
int main() {
  std::thread other([] { shared = 1; });
  shared = 2;
  other.join();
}
"""


class DatabaseTest(unittest.TestCase):

    def setUp(self):
        scratch = tempfile.TemporaryDirectory(prefix="chansan-")
        self.addCleanup(scratch.cleanup)
        self.root = os.path.realpath(scratch.name)
        self.write("a b/x.cpp", RACY)

    def write(self, name, text):
        path = os.path.join(self.root, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def check(self, *entries, status, directory="../a b"):
        """The files of `entries`, each with the flags of its compilation."""
        self.write("out/compile_commands.json", json.dumps([
            {"directory": directory, "file": file,
             "arguments": ["c++", "-std=c++20", *flags, "-c", file]}
            for file, *flags in entries]))
        done = subprocess.run(
            [CHANSAN, "check", "--no-cache", "-p", "out"], cwd=self.root,
            capture_output=True, text=True, timeout=300, check=False)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done

    def test_relative_directory_is_one_beside_the_database(self):
        self.assertIn("a b/x.cpp:4:", self.check(["x.cpp"], status=1).stdout)

    def test_file_listed_twice_is_checked_once(self):
        done = self.check(["x.cpp"], ["x.cpp", "-DTWO"], status=1)
        self.assertIn("1 finding in 1 file\n", done.stderr)

    def test_missing_file_is_two_and_the_rest_is_checked(self):
        done = self.check(["x.cpp"], ["gone.cpp"], status=2)
        self.assertIn("gone.cpp: not analysed", done.stderr)
        self.assertIn("a b/x.cpp:4:", done.stdout)

    def test_missing_directory_is_two(self):
        done = self.check(["x.cpp"], status=2,
                          directory=os.path.join(self.root, "gone"))
        self.assertIn("which does not exist", done.stderr)

    def test_empty_database_is_two(self):
        self.assertIn("lists no C++ files", self.check(status=2).stderr)

    def test_file_behind_a_symbolic_link_is_reported_once(self):
        os.symlink(os.path.join(self.root, "a b"),
                   os.path.join(self.root, "link"))
        done = self.check(["x.cpp"], ["../link/x.cpp"], status=1)
        self.assertEqual(done.stdout.count(" warning: "), 1, done.stdout)

    def test_precompiled_header_of_another_compiler_is_read_as_source(self):
        header = self.write("out/pch.hxx", "#include <thread>\n")
        made = self.write("out/pch.hxx.pch", "not for us")
        self.write("a b/x.cpp", RACY.replace("#include <thread>\n", "\n"))
        clang = [flag for word in ("-include-pch", made, "-include", header)
                 for flag in ("-Xclang", word)]
        self.check(["x.cpp", "-Winvalid-pch", *clang], status=1)
        self.check(["x.cpp", "-include-pch", made], status=1)
        self.write("out/pch.hxx.gch", "not for us")
        self.check(["x.cpp", "-include", header], status=1)

    def test_list_of_modules_that_is_not_built_is_left_out(self):
        self.check(["x.cpp", "@x.o.modmap"], status=1)


if __name__ == "__main__":
    CHANSAN = os.path.abspath(sys.argv[1])
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]])
