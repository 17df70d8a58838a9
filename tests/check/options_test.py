"""What a user tells `chansan check` besides the files: baselines, changes,
fixes, configuration.

Usage: options_test.py CHANSAN
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
TWO_RACES = RACY.replace("int shared;", "int shared;\nint second;").replace(
    "  std::thread other", "  std::thread more([] { second = 1; });\n"
    "  std::thread other").replace(
        "  shared = 2;", "  shared = 2;\n  second = 2;\n  more.join();")
POOL = """\
#include <functional>
namespace pool { void submit(std::function<void()> work); }
int shared;
int main() {
  pool::submit([] { shared = 1; });
  shared = 2;
}
"""
# A library without source: only the user can tell what its types are.
LIBRARY = """\
#include <thread>
namespace lib {
class Mutex {
 public: Mutex(); void Take(); void Give();
 private: void* handle_; };
class Holder { public: explicit Holder(Mutex* mu); ~Holder(); };
}
lib::Mutex mu;
int shared;
void twice() {
  lib::Holder hold(&mu);
  mu.Take();
}
int main() {
  std::thread other([] { lib::Holder hold(&mu); ++shared; });
  mu.Take();
  ++shared;
  mu.Give();
  other.join();
}
"""


class OptionsTest(unittest.TestCase):

    def setUp(self):
        scratch = tempfile.TemporaryDirectory(prefix="chansan-")
        self.addCleanup(scratch.cleanup)
        self.directory = scratch.name

    def path(self, name):
        return os.path.join(self.directory, name)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)

    def read(self, name):
        with open(self.path(name), encoding="utf-8") as file:
            return file.read()

    def call(self, *command, status=0, stdin=None):
        done = subprocess.run(command, cwd=self.directory, input=stdin,
                              capture_output=True, text=True, timeout=300,
                              check=False)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done

    def check(self, *arguments, status=0, stdin=None):
        return self.call(CHANSAN, "check", *arguments, status=status,
                         stdin=stdin)

    def git(self, *arguments):
        return self.call("git", "-c", "user.name=a", "-c",
                         "user.email=a@example.org", *arguments)

    # Baselines.

    def test_baseline_silences_what_was_known_and_nothing_else(self):
        self.write("a.cpp", RACY)
        self.check("--write-baseline=known.json", "a.cpp", "--")
        self.check("--baseline", "known.json", "a.cpp", "--")
        self.write("a.cpp", "// one line more\n" + TWO_RACES)
        done = self.check("--baseline", "known.json", "a.cpp", "--", status=1)
        self.assertNotIn("race on 'shared'", done.stdout)
        self.assertIn("race on 'second'", done.stdout)
        self.assertIn("1 in the baseline", done.stderr)

    def test_baseline_has_a_default_name(self):
        self.write("a.cpp", RACY)
        self.check("--write-baseline", "a.cpp", "--")
        entries = json.loads(self.read(".chansan-baseline.json"))["findings"]
        self.assertEqual([(entry["id"], entry["file"]) for entry in entries],
                         [("race-shared-global", "a.cpp")])

    def test_known_findings_are_suppressed_results_in_sarif(self):
        self.write("a.cpp", RACY)
        self.check("--write-baseline=known.json", "a.cpp", "--")
        log = json.loads(self.check("--baseline=known.json", "--format=sarif",
                                    "a.cpp", "--").stdout)
        self.assertEqual(log["runs"][0]["results"][0]["suppressions"][0]
                         ["kind"], "external")

    def test_baseline_that_is_none_is_two(self):
        self.write("a.cpp", RACY)
        self.write("known.json", "{}")
        for name in ("known.json", "nowhere.json"):
            done = self.check("--baseline", name, "a.cpp", "--", status=2)
            self.assertIn("--write-baseline=" + name, done.stderr)

    # Changes.

    def test_only_what_differs_from_a_revision(self):
        self.write("a.cpp", RACY)
        self.git("init", "-q")
        self.git("add", "a.cpp")
        self.git("commit", "-q", "-m", "first")
        self.check("--new-from", "HEAD", "a.cpp", "--")
        self.write("a.cpp", TWO_RACES)
        done = self.check("--new-from=HEAD", "a.cpp", "--", status=1)
        self.assertIn("race on 'second'", done.stdout)
        self.assertNotIn("race on 'shared'", done.stdout)
        self.write("b.cpp", RACY)
        self.check("--new-from=HEAD", "b.cpp", "--", status=1)
        done = self.check("--new-from=nowhere", "a.cpp", "--", status=2)
        self.assertIn("nowhere", done.stderr)

    def test_only_what_a_diff_adds(self):
        self.write("a.cpp", RACY)
        unrelated = ("--- a/a.cpp\n+++ b/a.cpp\n@@ -0,0 +1 @@\n"
                     "+#include <thread>\n")
        done = self.check("--diff=-", "a.cpp", "--", stdin=unrelated)
        self.assertIn("1 on unchanged lines", done.stderr)
        self.write("change.diff", "--- a/a.cpp\n+++ b/a.cpp\n"
                   "@@ -4,0 +5,1 @@\n+  shared = 2;\n")
        self.check("--diff", "change.diff", "a.cpp", "--", status=1)

    # Configuration.

    def test_wrapper_gets_a_role(self):
        self.write("a.cpp", POOL)
        self.check("a.cpp", "--")
        self.write(".chansan.yaml",
                   "roles:\n  - {name: \"pool::submit\", role: spawn}\n")
        done = self.check("a.cpp", "--", status=1)
        self.assertIn("race on 'shared'", done.stdout)

    def test_wrapper_types_get_roles(self):
        self.write("a.cpp", LIBRARY)
        self.check("a.cpp", "--")
        self.write(".chansan.yaml", """\
roles:
  - {name: "lib::Mutex", role: mutex}
  - {name: "lib::Mutex::Take", role: lock}
  - {name: "lib::Mutex::Give", role: unlock}
  - {name: "lib::Holder", role: guard}
""")
        found = self.check("a.cpp", "--", status=1).stdout
        self.assertIn("a.cpp:12:", found)
        self.assertIn("[chansan-lock-double-acquire]", found)
        self.assertNotIn("shared", found)

    def test_configured_checks_and_level(self):
        self.write("a.cpp", RACY)
        self.write(".chansan.yaml", "checks: ['-race-*']\n")
        self.check("a.cpp", "--")
        self.check("--checks=race-shared-global", "a.cpp", "--", status=1)
        self.write(".chansan.yaml", "level: certain\n")
        self.check("a.cpp", "--")
        self.check("--level=likely", "a.cpp", "--", status=1)

    def test_excluded_files_are_not_analysed(self):
        self.write("a.cpp", RACY)
        os.mkdir(self.path("third_party"))
        self.write("third_party/b.cpp", "does not compile\n")
        self.write("compile_commands.json", json.dumps(
            [{"directory": self.directory, "file": name,
              "command": "clang++ -c " + name}
             for name in ("a.cpp", "third_party/b.cpp")]))
        self.check("-p", ".", status=2)
        self.write(".chansan.yaml", "exclude: [third_party/]\n")
        self.check("-p", ".", status=1)

    def test_mistakes_of_the_configuration_are_two_with_their_place(self):
        self.write("a.cpp", RACY)
        for text, said in (
                ("rolls: []\n", "unknown key 'rolls'"),
                ("roles: [{name: f, role: sprawn}]\n", "no role 'sprawn'"),
                ("level: sure\n", "no level 'sure'")):
            self.write(".chansan.yaml", text)
            done = self.check("a.cpp", "--", status=2)
            self.assertIn(said, done.stderr)
            self.assertIn(".chansan.yaml:1:", done.stderr)

    def test_verify_config_finds_misspelt_checks(self):
        self.write(".chansan.yaml", "checks: [race-shred-global]\n")
        done = self.check("--verify-config", status=2)
        self.assertIn("'race-shred-global'", done.stderr)
        self.write(".chansan.yaml", "checks: [race-shared-global]\n")
        self.write(".clang-tidy", "Checks: '-*,chansan-go-leek'\n")
        done = self.check("--verify-config", status=2)
        self.assertIn("'chansan-go-leek'", done.stderr)
        self.write(".clang-tidy", "Checks: '-*,bugprone-*,chansan-go-*'\n")
        self.check("--verify-config")

    # The rest.

    def test_fix_writes_the_mend_once(self):
        self.write("a.cpp", "#include <mutex>\nstd::mutex m;\nint n;\n"
                   "void f() {\n  std::lock_guard<std::mutex>{m};\n  ++n;\n}\n")
        before = self.check("a.cpp", "--", status=1)
        self.assertIn("lock-temporary-guard", before.stdout)
        done = self.check("--fix", "a.cpp", "--")
        self.assertIn("1 finding mended", done.stderr)
        self.assertIn("std::lock_guard<std::mutex> guard{m};",
                      self.read("a.cpp"))
        self.check("a.cpp", "--")

    def mended(self, check, source):
        """What --fix makes of a file."""
        self.write("a.cpp", source)
        done = self.check("--fix", f"--checks=-*,{check}", "a.cpp", "--")
        self.assertIn("1 finding mended", done.stderr)
        return self.read("a.cpp")

    def test_fix_makes_a_loop_around_a_wait(self):
        after = self.mended(
            "lock-cv-no-predicate",
            "#include <condition_variable>\n#include <mutex>\nstd::mutex m;\n"
            "std::condition_variable changed;\nbool on;\n"
            "void use();\nvoid f() {\n"
            "  std::unique_lock<std::mutex> lock(m);\n"
            "  if (!on) changed.wait(lock);\n  use();\n}\n")
        self.assertIn("  while (!on) changed.wait(lock);\n", after)

    def test_fix_adds_before_the_goroutine_is_started(self):
        after = self.mended(
            "wg-add-in-goroutine",
            "#include <csp/csp.h>\nvoid f(csp::wait_group& all) {\n"
            "  csp::go([&] {\n    all.add(1);\n    all.done();\n  });\n}\n")
        self.assertIn("  all.add(1);\n  csp::go([&] {\n    all.done();\n",
                      after)

    def test_fix_updates_an_atomic_in_one_step(self):
        after = self.mended(
            "race-mixed-atomic", "#include <atomic>\nstd::atomic<int> n;\n"
            "void f(int by) { n = n - by * 2; }\n")
        self.assertIn("{ n -= by * 2; }", after)

    def test_explain_is_the_page(self):
        done = self.check("--explain", "chansan-go-leak")
        self.assertTrue(done.stdout.startswith("# go-leak"))
        self.assertIn("no check 'go-leek'",
                      self.check("--explain=go-leek", status=2).stderr)

    def test_stats_say_what_was_given_up(self):
        self.write("a.cpp", RACY)
        done = self.check("--stats", "a.cpp", "--", status=1)
        self.assertIn("explorations cut by a bound: 0", done.stderr)

    def test_many_goroutines_are_cut_by_the_bound_on_work(self):
        pipeline = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "../../bench/lint/goroutines/pipeline.cpp")
        done = self.check("--stats", "--no-cache", pipeline, "--")
        self.assertIn("explorations cut by a bound: 1", done.stderr)


if __name__ == "__main__":
    CHANSAN = os.path.abspath(sys.argv[1])
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]])
