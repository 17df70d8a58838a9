"""Programs of several files, and what is kept between two runs.

Usage: whole_program_test.py CHANSAN
"""

import json
import os
import subprocess
import sys
import tempfile
import unittest

CHANSAN = ""

# Each pair differs in what one file of two does.
SHARED = {
    "shared.h": "#pragma once\nextern int counter;\nvoid worker();\n",
    "worker.cpp": '#include "shared.h"\nvoid worker() { ++counter; }\n',
    "main.cpp": '#include <thread>\n#include "shared.h"\nint counter = 0;\n'
                "int main() {\n  std::thread other(worker);\n  ++counter;\n"
                "  other.join();\n}\n",
}
LOCKED = {
    **SHARED,
    "shared.h": "#pragma once\n#include <mutex>\nextern int counter;\n"
                "extern std::mutex mu;\nvoid worker();\n",
    "worker.cpp": '#include "shared.h"\nstd::mutex mu;\nvoid worker() {\n'
                  "  std::lock_guard<std::mutex> guard(mu);\n  ++counter;\n}\n",
    "main.cpp": '#include <thread>\n#include "shared.h"\nint counter = 0;\n'
                "int main() {\n  std::thread other(worker);\n  {\n"
                "    std::lock_guard<std::mutex> guard(mu);\n    ++counter;\n"
                "  }\n  other.join();\n}\n",
}
CHANNEL = {
    "produce.h": "#pragma once\n#include <csp/csp.h>\n"
                 "void produce(csp::chan<int> out);\n",
    "produce.cpp": '#include "produce.h"\nvoid produce(csp::chan<int> out) {\n'
                   "  out << 1;\n  out << 2;\n}\n",
    "main.cpp": '#include "produce.h"\nint main() {\n'
                "  auto numbers = csp::make_chan<int>();\n"
                "  csp::go(produce, numbers);\n  int sum = 0;\n"
                "  for (int n : numbers) sum += n;\n  return sum;\n}\n",
}
ORDER = {
    "pair.h": "#pragma once\n#include <csp/csp.h>\nstruct Pair {\n"
              "  csp::mutex a, b;\n  void forth();\n  void back();\n};\n",
    "forth.cpp": '#include "pair.h"\nvoid Pair::forth() {\n  a.lock();\n'
                 "  b.lock();\n  b.unlock();\n  a.unlock();\n}\n",
    "back.cpp": '#include "pair.h"\nvoid Pair::back() {\n  b.lock();\n'
                "  a.lock();\n  a.unlock();\n  b.unlock();\n}\n",
    "main.cpp": '#include "pair.h"\nint main() {\n  Pair pair;\n'
                "  csp::wait_group done;\n"
                "  done.go([&] { pair.back(); });\n  pair.forth();\n"
                "  done.wait();\n}\n",
}


class WholeProgramTest(unittest.TestCase):

    def setUp(self):
        scratch = tempfile.TemporaryDirectory(prefix="chansan-")
        self.addCleanup(scratch.cleanup)
        self.directory = scratch.name

    def path(self, name):
        return os.path.join(self.directory, name)

    def write(self, files):
        for name, text in files.items():
            with open(self.path(name), "w", encoding="utf-8") as file:
                file.write(text)
        sources = sorted(name for name in os.listdir(self.directory)
                         if name.endswith(".cpp"))
        include = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                               "../../runtime/include")
        with open(self.path("compile_commands.json"), "w",
                  encoding="utf-8") as file:
            json.dump([{"directory": self.directory, "file": name,
                        "command": "clang++ -std=c++20 -isystem " + include +
                                   " -c " + name} for name in sources], file)

    def check(self, *arguments, status=0):
        done = subprocess.run(
            [CHANSAN, "check", "-p", ".", "--cache-dir", self.path("cache"),
             *arguments],
            cwd=self.directory, capture_output=True, text=True, timeout=300,
            check=False)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done

    def test_global_of_another_file_is_raced_on(self):
        self.write(SHARED)
        done = self.check(status=1)
        self.assertIn("data race on 'counter'", done.stdout)
        self.assertIn("worker.cpp:2:", done.stdout)
        self.assertIn("main.cpp:6:", done.stdout)

    def test_lock_of_another_file_orders(self):
        self.write(LOCKED)
        self.check()

    def test_goroutine_of_another_file_that_does_not_close(self):
        self.write(CHANNEL)
        done = self.check(status=1)
        self.assertIn("main.cpp:6:14: warning: this range never ends",
                      done.stdout)

    def test_goroutine_of_another_file_that_closes(self):
        closing = CHANNEL["produce.cpp"].replace(
            "out << 2;", "out << 2;\n  out.close();")
        self.write({**CHANNEL, "produce.cpp": closing})
        self.check()

    def test_locks_of_an_object_in_two_orders_in_two_files(self):
        self.write(ORDER)
        done = self.check(status=1)
        self.assertIn("back.cpp:4:", done.stdout)
        self.assertIn("forth.cpp:4:", done.stdout)
        same = ORDER["forth.cpp"].replace("forth", "back")
        self.write({**ORDER, "back.cpp": same})
        self.check()

    def test_interleaving_over_files_is_a_flow_for_each_goroutine(self):
        self.write(ORDER)
        log = json.loads(self.check("--format=sarif", status=1).stdout)
        flows = [result["codeFlows"][0]["threadFlows"]
                 for result in log["runs"][0]["results"]
                 if "codeFlows" in result]
        ids = {flow.get("id") for flow in flows[0]}
        self.assertLessEqual({"goroutine 1", "goroutine 2"}, ids)

    def test_places_are_right_from_another_directory(self):
        self.write(CHANNEL)
        done = subprocess.run(
            [CHANSAN, "check", "--no-cache", "-p", self.directory],
            cwd="/", capture_output=True, text=True, timeout=300, check=False)
        self.assertIn("/main.cpp:6:14: warning: this range never ends",
                      done.stdout)

    def test_part_of_a_program_proves_nothing_about_the_rest(self):
        self.write(CHANNEL)
        self.check("main.cpp")

    def test_nolint_silences_what_several_files_do_together(self):
        nolint = CHANNEL["main.cpp"].replace("sum += n;",
                                             "sum += n;  // NOLINT")
        self.write({**CHANNEL, "main.cpp": nolint})
        done = self.check()
        self.assertIn("silenced by NOLINT", done.stderr)

    def test_second_run_says_the_same_and_a_change_is_seen(self):
        self.write(SHARED)
        first = self.check(status=1)
        kept = set(os.listdir(self.path("cache")))
        self.assertEqual(len(kept), 3)  # two files, and the two together
        second = self.check(status=1)
        self.assertEqual(first.stdout, second.stdout)
        self.assertEqual(set(os.listdir(self.path("cache"))), kept)
        self.write({"shared.h": SHARED["shared.h"] + "// more\n"})
        self.assertEqual(self.check(status=1).stdout, first.stdout)
        self.write({"shared.h": SHARED["shared.h"].replace(
            "extern int", "#include <atomic>\nextern std::atomic<int>"),
                    "main.cpp": SHARED["main.cpp"].replace(
                        "int counter = 0", "std::atomic<int> counter = 0")})
        self.check()

    def test_broken_file_is_two_whatever_was_kept(self):
        self.write(SHARED)
        self.check(status=1)
        self.write({"shared.h": "nonsense\n"})
        self.check(status=2)

    def test_damaged_cache_is_not_believed(self):
        self.write(SHARED)
        first = self.check(status=1)
        for name in os.listdir(self.path("cache")):
            with open(self.path("cache/" + name), "r+b") as file:
                file.truncate(os.path.getsize(file.name) // 2)
        self.assertEqual(self.check(status=1).stdout, first.stdout)


if __name__ == "__main__":
    CHANSAN = os.path.abspath(sys.argv[1])
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]])
