"""What `chansan check` and `chansan run` write for other programs.

Usage: formats_test.py CHANSAN SCHEMA
SCHEMA describes the part of SARIF 2.1.0 that we use; every object in it is
closed, so that a misspelt property fails.
"""

import json
import os
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as ElementTree

import jsonschema

CHANSAN = ""
SCHEMA = {}

RACY = """\
#include <thread>
int shared;
int main() {
  std::thread other([] { shared = 1; });
  shared = 2;
  other.join();
}
"""
STUCK = """\
#include <csp/csp.h>
int main() {
  auto done = csp::make_chan<int>();
  csp::go([=] { done.send(1); });
  done.recv();
  done.recv();
}
"""


class FormatsTest(unittest.TestCase):

    def setUp(self):
        scratch = tempfile.TemporaryDirectory(prefix="chansan-")
        self.addCleanup(scratch.cleanup)
        self.directory = scratch.name

    def write(self, name, text):
        with open(os.path.join(self.directory, name), "w",
                  encoding="utf-8") as file:
            file.write(text)

    def read(self, name):
        with open(os.path.join(self.directory, name),
                  encoding="utf-8") as file:
            return file.read()

    def chansan(self, *arguments, status=0, stdin=None):
        done = subprocess.run([CHANSAN, *arguments], cwd=self.directory,
                              capture_output=True, text=True, input=stdin,
                              timeout=300, check=False)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done

    def sarif(self, text):
        log = json.loads(text)
        jsonschema.Draft7Validator(SCHEMA).validate(log)
        self.assertEqual(len(log["runs"]), 1)
        return log["runs"][0]

    def test_sarif_result_has_rule_place_fingerprint_and_flow(self):
        self.write("a.cpp", STUCK)
        run = self.sarif(self.chansan("check", "--format=sarif", "a.cpp", "--",
                                      status=1).stdout)
        result = run["results"][0]
        rule = run["tool"]["driver"]["rules"][result["ruleIndex"]]
        self.assertEqual(rule["id"], result["ruleId"])
        self.assertEqual(rule["id"], "chansan-go-all-asleep")
        self.assertIn("## ", rule["help"]["markdown"])
        place = result["locations"][0]["physicalLocation"]
        self.assertEqual(place["artifactLocation"],
                         {"uri": "a.cpp", "uriBaseId": "SRCROOT"})
        self.assertEqual(place["region"]["startLine"], 6)
        self.assertIn("done.recv", place["region"]["snippet"]["text"])
        threads = {flow.get("id")
                   for flow in result["codeFlows"][0]["threadFlows"]}
        self.assertLessEqual({"goroutine 1", "goroutine 2"}, threads)
        orders = [step["executionOrder"]
                  for flow in result["codeFlows"][0]["threadFlows"]
                  for step in flow["locations"]]
        self.assertEqual(sorted(orders), list(range(1, len(orders) + 1)))
        self.assertTrue(run["originalUriBaseIds"]["SRCROOT"]["uri"]
                        .endswith("/"))

    def test_fingerprint_outlives_lines_above_and_new_formatting(self):
        prints = []
        for text in (RACY, "\n\n// more\n" + RACY,
                     RACY.replace("  shared = 2;", "        shared  =  2;")):
            self.write("a.cpp", text)
            run = self.sarif(self.chansan("check", "--format=sarif", "a.cpp",
                                          "--", status=1).stdout)
            prints.append(run["results"][0]["partialFingerprints"])
        self.assertEqual(prints[0], prints[1])
        self.assertEqual(prints[0], prints[2])

    def test_file_that_does_not_compile_is_a_failed_invocation(self):
        self.write("a.cpp", "int main() { return nothing; }\n")
        run = self.sarif(self.chansan("check", "--format=sarif", "a.cpp", "--",
                                      status=2).stdout)
        self.assertFalse(run["invocations"][0]["executionSuccessful"])
        self.assertIn("a.cpp", run["invocations"][0]
                      ["toolExecutionNotifications"][0]["message"]["text"])

    def test_nothing_found_is_a_log_without_results(self):
        self.write("a.cpp", "int main() {}\n")
        run = self.sarif(self.chansan("check", "--format=sarif", "a.cpp",
                                      "--").stdout)
        self.assertEqual(run["results"], [])
        self.assertTrue(run["invocations"][0]["executionSuccessful"])

    def test_names_outside_ascii_are_escaped_and_columns_code_points(self):
        self.write("ä b.cpp", RACY.replace("  shared = 2;",
                                           "  /* äöü */ shared = 2;"))
        run = self.sarif(self.chansan("check", "--format=sarif", "ä b.cpp",
                                      "--", status=1).stdout)
        text = json.dumps(run["results"][0])
        self.assertIn("%C3%A4%20b.cpp", text)
        self.assertIn('"startColumn": 13', text)

    def test_several_formats_at_once(self):
        self.write("a.cpp", RACY)
        done = self.chansan("check", "-o", "sarif:a.sarif", "-o",
                            "junit:a.xml", "--output=json:a.json", "a.cpp",
                            "--", status=1)
        self.assertIn("a.cpp:4:26: warning:", done.stdout)
        self.assertEqual(len(self.sarif(self.read("a.sarif"))["results"]), 1)
        self.assertEqual(len(json.loads(self.read("a.json"))["findings"]), 1)
        suite = ElementTree.fromstring(self.read("a.xml"))
        self.assertEqual(suite.get("failures"), "1")

    def test_junit_counts_what_it_has(self):
        self.write("a.cpp", RACY.replace("int shared;",
                                         "int shared;  // <\"&'>"))
        self.write("b.cpp", "int main() {}\n")
        root = ElementTree.fromstring(self.chansan(
            "check", "--format=junit", "a.cpp", "b.cpp", "--",
            status=1).stdout)
        cases = root.findall("./testsuite/testcase")
        self.assertEqual(root.get("tests"), str(len(cases)))
        failed = [case for case in cases if case.find("failure") is not None]
        self.assertEqual([case.get("classname") for case in failed], ["a.cpp"])
        self.assertIn("b.cpp", [case.get("classname") for case in cases])

    def test_github_annotation_is_one_escaped_line(self):
        self.write("a.cpp", RACY)
        lines = self.chansan("check", "--format=github", "a.cpp", "--",
                             status=1).stdout.splitlines()
        self.assertEqual(len(lines), 1)
        self.assertTrue(lines[0].startswith(
            "::warning file=a.cpp,line=4,col=26,"
            "title=chansan-race-shared-global::data race on 'shared'"),
                        lines[0])
        self.assertIn("%0A", lines[0])

    def test_text_shows_the_line_and_a_caret(self):
        self.write("a.cpp", RACY)
        lines = self.chansan("check", "a.cpp", "--",
                             status=1).stdout.splitlines()
        at = lines.index("  std::thread other([] { shared = 1; });")
        self.assertEqual(lines[at + 1], " " * 25 + "^")

    def test_reports_of_a_run_as_sarif(self):
        self.write("a.cpp", RACY)
        self.chansan("cxx", "--race", "a.cpp", "-o", "a")
        run = self.sarif(self.chansan("run", "--format=sarif", "--", "./a",
                                      status=66).stdout)
        result = run["results"][0]
        self.assertEqual(result["ruleId"], "chansan-race")
        self.assertEqual(result["locations"][0]["physicalLocation"]
                         ["artifactLocation"]["uri"].rsplit("/", 1)[-1],
                         "a.cpp")
        self.assertGreaterEqual(len(result["stacks"]), 2)

    def test_dump_explained_as_sarif(self):
        self.write("dump.txt",
                   "fatal error: all goroutines are asleep - deadlock!\n\n"
                   "goroutine 1 [chan receive]:\nmain.main()\n"
                   "\t/src/main.go:4 +0x1d\nexit status 2\n")
        run = self.sarif(self.chansan("explain", "--format=sarif",
                                      "dump.txt").stdout)
        self.assertEqual(run["results"][0]["ruleId"], "chansan-deadlock")

    def test_checks_list_in_formats(self):
        listed = json.loads(self.chansan("checks", "--format=json").stdout)
        ids = [each["id"] for each in listed["checks"]]
        self.assertIn("go-all-asleep", ids)
        run = self.sarif(self.chansan("checks", "--format=sarif").stdout)
        self.assertEqual([rule["id"] for rule in
                          run["tool"]["driver"]["rules"]],
                         ["chansan-" + each for each in ids])
        self.chansan("checks", "-o", "list.txt")
        self.assertIn("chansan-go-all-asleep", self.read("list.txt"))


if __name__ == "__main__":
    CHANSAN = os.path.abspath(sys.argv[1])
    with open(sys.argv[2], encoding="utf-8") as schema:
        SCHEMA = json.load(schema)
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])
