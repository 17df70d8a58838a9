"""The built command as a person types it: cxx, run, explain, and mistakes.

Usage: command_test.py CHANSAN TESTDATA [TESTCASE]
"""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import unittest

CHANSAN = ""
TESTDATA = ""
TIMEOUT_S = 300

HELLO = """\
#include <csp/csp.h>
#include <cstdio>
int main() {
  auto c = csp::make_chan<int>();
  csp::go([c] { c << 7; });
  std::printf("%d\\n", *c.recv());
}
"""
RACY = """\
#include <csp/csp.h>
int shared = 0;
int main() {
  csp::go([] { ++shared; });
  ++shared;
  while (csp::num_goroutine() > 1) csp::yield();
}
"""
MUCH_MEMORY = """\
#include <csp/csp.h>
#include <vector>
int main() {
  std::vector<long> data(4 << 20);
  for (auto& each : data) ++each;
}
"""


class Case(unittest.TestCase):
    """A scratch directory, and the command in it."""

    def setUp(self):
        scratch = tempfile.TemporaryDirectory(prefix="chansan-")
        self.addCleanup(scratch.cleanup)
        self.directory = scratch.name
        self.environment = {name: value for name, value in os.environ.items()
                            if name not in ("CHANSAN_CXX", "CHANSAN_OPTIONS")}

    def path(self, name):
        return os.path.join(self.directory, name)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)

    def read(self, name):
        with open(self.path(name), encoding="utf-8") as file:
            return file.read()

    def call(self, *command, status=0, stdin="", **environment):
        ended = subprocess.run(
            command, input=stdin, capture_output=True, text=True,
            check=False, cwd=self.directory, timeout=TIMEOUT_S,
            env=dict(self.environment, **environment))
        self.assertEqual(ended.returncode, status,
                         f"{command}\n{ended.stdout}{ended.stderr}")
        return ended

    def chansan(self, *words, **settings):
        return self.call(CHANSAN, *words, **settings)

    def program(self, name, text=HELLO, *options):
        self.write(name + ".cpp", text)
        self.chansan("cxx", "-O1", name + ".cpp", "-o", name, *options)
        return self.path(name)


LEAKY = """
#include <csp/csp.h>
csp::chan<int> start() {
  auto results = csp::make_chan<int>();
  csp::go([results] { results.send(1); });
  return results;
}
int main() {
  { start(); }
  csp::sleep_for(std::chrono::milliseconds(5));
}
"""


class MainTest(Case):
    def test_help_lists_the_commands_that_there_are(self):
        text = self.chansan("--help").stdout
        for command in ("check", "cxx", "run", "explore", "replay",
                        "explain", "checks"):
            self.assertRegex(text, rf"\n  {command} ")
            for option in ("--help", "--version"):
                self.assertNotEqual(self.chansan(command, option).stdout, "")

    def test_version_is_one_line(self):
        self.assertRegex(self.chansan("--version").stdout,
                         r"^chansan \d+\.\d+\.\d+\n$")

    def test_mistyped_command_is_guessed(self):
        ended = self.chansan("exlpain", status=2)
        self.assertIn("did you mean 'explain'?", ended.stderr)
        self.assertEqual(ended.stdout, "")

    def test_nothing_is_an_error_that_says_what_to_do(self):
        self.assertIn("--help", self.chansan(status=2).stderr)

    def test_value_that_is_none_of_an_options_is_told_those(self):
        for words, choice in ((["run", "--format=xml", "--", "true"],
                               "github, json, junit, sarif, text"),
                              (["check", "--color=blue"],
                               "always, auto, never")):
            ended = self.chansan(*words, status=2)
            self.assertIn(f"is none of {choice}\n", ended.stderr)
            self.assertIn(f"See chansan {words[0]} --help", ended.stderr)

    def test_bad_usage_of_a_command_ends_with_2(self):
        for words in (["run"], ["explain"], ["run", "--nonsense"],
                      ["explain", "--format=xml", "a"], ["check", "--bad"]):
            self.assertNotEqual(self.chansan(*words, status=2).stderr, "")


class CxxTest(Case):
    def test_compiles_and_links(self):
        program = self.program("hello")
        self.assertEqual(self.call(program).stdout, "7\n")

    def test_compile_only_then_link_only(self):
        self.write("hello.cpp", HELLO)
        for race in ([], ["--race"]):
            for cxx in ("clang++-22", "g++"):
                self.chansan("cxx", *race, "--cxx=" + cxx, "-c", "hello.cpp")
                ended = self.chansan("cxx", *race, "--cxx=" + cxx, "hello.o",
                                     "-o", "hello")
                self.assertEqual(ended.stderr, "", "no unused arguments")
                self.assertEqual(self.call(self.path("hello")).stdout, "7\n")

    def test_several_files_and_a_response_file(self):
        self.write("one.cpp", "#include <csp/csp.h>\n"
                              "int two();\nint main() { return two() - 2; }\n")
        self.write("two.cpp", "int two() { return 2; }\n")
        self.write("arguments", "one.cpp two.cpp\n-o 'a program'\n")
        for cxx in ("clang++-22", "g++"):
            self.chansan("cxx", "--race", "--cxx=" + cxx, "@arguments")
            self.call(self.path("a program"))

    def test_preprocesses(self):
        self.write("a.cpp", "#include <csp/race.h>\nCSP_RACE MARK\n")
        plain = self.chansan("cxx", "-E", "a.cpp").stdout
        self.assertIn("CSP_RACE MARK", plain)
        self.assertIn("1 MARK", self.chansan("cxx", "--race", "-E",
                                             "a.cpp").stdout)

    def test_source_from_standard_input_in_a_named_language(self):
        self.chansan("cxx", "-x", "c++", "-", "-o", "hello", stdin=HELLO)
        self.assertEqual(self.call(self.path("hello")).stdout, "7\n")

    def test_standard_is_the_users(self):
        self.write("a.cpp", "#include <csp/csp.h>\nlong v = __cplusplus;\n")
        self.assertIn("= 202002L",
                      self.chansan("cxx", "-E", "a.cpp").stdout)
        self.assertIn("= 202302L", self.chansan("cxx", "-std=c++23", "-E",
                                                "a.cpp").stdout)

    def test_writes_dependencies_where_the_compiler_does(self):
        self.write("a.cpp", HELLO)
        self.chansan("cxx", "--cxx=g++", "--race", "-MD", "a.cpp", "-o", "a")
        self.assertIn("csp/chan.h", self.read("a-a.d"))
        self.chansan("cxx", "--race", "-MMD", "-MF", "b.d", "-c", "a.cpp")
        self.assertIn("a.cpp", self.read("b.d"))

    def test_shared_object_uses_the_runtime_of_its_program(self):
        self.write("part.cpp", "#include <csp/csp.h>\n"
                               "void part(csp::chan<int> c) { c << 7; }\n")
        self.write("main.cpp", HELLO.replace("int main", "void part("
                                             "csp::chan<int>);\nint main")
                   .replace("[c] { c << 7; }", "part, c"))
        for race in ([], ["--race"]):
            self.chansan("cxx", *race, "-shared", "-fPIC", "part.cpp", "-o",
                         "libpart.so")
            self.chansan("cxx", *race, "main.cpp", "./libpart.so", "-o",
                         "main")
            self.assertEqual(self.call(self.path("main")).stdout, "7\n")

    def test_status_and_messages_are_the_compilers(self):
        self.write("bad.cpp", "int main() { return x; }\n")
        for cxx in ("clang++-22", "g++"):
            for race in ([], ["--race"]):
                ended = self.chansan("cxx", *race, "--cxx=" + cxx, "bad.cpp",
                                     status=1)
                self.assertIn("bad.cpp:1:21: error", ended.stderr)
        self.assertFalse(os.path.exists(self.path("a.out")))

    def test_questions_go_to_the_compiler(self):
        self.assertRegex(self.chansan("cxx", "--cxx=g++",
                                      "-dumpversion").stdout, r"^\d+\n$")

    def test_compiler_is_chosen_and_refused_by_name(self):
        self.write("a.cpp", "int main() {}\n")
        ended = self.chansan("cxx", "--verbose", "-c", "a.cpp",
                             CHANSAN_CXX="g++")
        self.assertRegex(ended.stderr, r"^g\+\+ ")
        ended = self.chansan("cxx", "--verbose", "--cxx=clang++-22", "-c",
                             "a.cpp", CHANSAN_CXX="g++")
        self.assertRegex(ended.stderr, r"^clang\+\+-22 ")
        for environment in ({"CHANSAN_CXX": "nonesuch"}, {"PATH": "/none"}):
            ended = self.chansan("cxx", "a.cpp", status=2, **environment)
            self.assertRegex(ended.stderr, "^chansan cxx: ")

    def test_too_old_a_compiler_is_refused(self):
        self.write("old++", "#!/bin/sh\necho '#define __GNUC__ 8'\n")
        os.chmod(self.path("old++"), 0o755)
        ended = self.chansan("cxx", "--cxx=" + self.path("old++"), "a.cpp",
                             status=2)
        self.assertIn("version 8", ended.stderr)
        self.assertIn("g++ 12", ended.stderr)

    def test_prints_without_running_when_asked(self):
        self.write("a.cpp", HELLO)
        ended = self.chansan("cxx", "--race", "--cxx=g++", "-###", "a.cpp")
        self.assertEqual(len(re.findall(r"^g\+\+ ", ended.stderr,
                                        re.MULTILINE)), 2)
        self.assertFalse(os.path.exists(self.path("a.out")))

    def test_instrumented_program_finds_its_race(self):
        for cxx in ("clang++-22", "g++"):
            program = self.program("racy", RACY, "--race", "--cxx=" + cxx)
            ended = self.call(program, status=66)
            self.assertIn("Location is global 'shared' of size 4",
                          ended.stderr)

    def test_race_is_found_under_other_options_too(self):
        for cxx in ("clang++-22", "g++"):
            for option in ("-flto", "-fsanitize=undefined"):
                program = self.program("racy", RACY, "--race", option,
                                       "--cxx=" + cxx)
                self.assertIn("WARNING: DATA RACE",
                              self.call(program, status=66).stderr, option)

    def test_race_as_sarif_has_both_places(self):
        program = self.program("racy", RACY, "--race", "--cxx=g++")
        ended = self.chansan("run", "--format=sarif", "--", program, status=66)
        [run] = json.loads(ended.stdout)["runs"]
        [race] = run["results"]
        self.assertIn("'shared'", race["message"]["text"])
        places = [each["physicalLocation"]
                  for each in race["locations"] + race["relatedLocations"]]
        files = {os.path.basename(place["artifactLocation"]["uri"])
                 for place in places}
        self.assertEqual(files, {"racy.cpp"})
        self.assertGreaterEqual(len(places), 2)

    def test_sarif_says_what_was_forgotten(self):
        program = self.program("much", MUCH_MEMORY, "--race", "--cxx=g++")
        ended = self.chansan("run", "--format=sarif", "--", program,
                             CHANSAN_OPTIONS="memory_limit_mb=4")
        [run] = json.loads(ended.stdout)["runs"]
        [said] = run["invocations"][0]["toolExecutionNotifications"]
        self.assertEqual(said["level"], "warning")
        self.assertRegex(said["message"]["text"],
                         r"^0 data races; [1-9]\d* accesses dropped "
                         r"\(memory_limit_mb=4\)")


class RunTest(Case):
    def test_streams_and_status_are_the_programs(self):
        ended = self.chansan("run", "--", "sh", "-c",
                             "cat; echo err >&2; exit 5", stdin="in\n",
                             status=5)
        self.assertEqual((ended.stdout, ended.stderr), ("in\n", "err\n"))

    def test_separator_may_be_left_out(self):
        self.assertEqual(self.chansan("run", "echo", "-n", "a").stdout, "a")

    def test_signal_that_ends_the_program_ends_us(self):
        self.chansan("run", "--", "sh", "-c", "kill -TERM $$",
                     status=-signal.SIGTERM)

    def test_signal_is_passed_on(self):
        program = ("import os, signal\n"
                   "signal.signal(signal.SIGTERM, lambda *_: os._exit(9))\n"
                   "print('ready', flush=True)\n"
                   "while True: signal.pause()\n")
        process = subprocess.Popen(
            [CHANSAN, "run", "--", sys.executable, "-c", program],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env=self.environment)
        self.addCleanup(process.kill)
        self.assertEqual(process.stdout.readline(), "ready\n")
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=TIMEOUT_S)
        self.assertEqual(process.returncode, 9)

    def test_leak_of_an_instrumented_program_is_told_each_time(self):
        # Where the environment sets nothing: what malloc has freed lies in
        # other places then.
        self.environment.pop("GOMAXPROCS", None)
        for compiler in ("clang++-22", "g++"):
            for level in ("-O0", "-O2"):
                self.program("leaky", LEAKY, "--race", level,
                             f"--cxx={compiler}")
                for _ in range(5):
                    ended = self.call(self.path("leaky"), status=66)
                    self.assertIn("WARNING: GOROUTINE LEAK", ended.stderr)

    def test_program_that_is_not_there(self):
        ended = self.chansan("run", "--", "./nonesuch", status=2)
        self.assertIn("cannot run './nonesuch'", ended.stderr)

    def test_race_is_printed_as_text(self):
        program = self.program("racy", RACY, "--race")
        ended = self.chansan("run", "--", program, status=66)
        self.assertIn("WARNING: DATA RACE", ended.stdout)
        self.assertNotIn("WARNING: DATA RACE", ended.stderr)

    def test_race_of_a_program_that_fails_keeps_its_status(self):
        program = self.program("racy", RACY.replace(
            "csp::yield();", "csp::yield();\n  return 3;"), "--race")
        self.chansan("run", "--", program, status=3)

    def test_findings_of_a_plain_build_come_from_its_last_words(self):
        program = self.program(
            "stuck", "#include <csp/csp.h>\n"
            "int main() { csp::make_chan<int>().recv(); }\n")
        ended = self.chansan("run", "--format=json", "--", program, status=2)
        self.assertIn("all goroutines are asleep", ended.stderr)
        document = json.loads(ended.stdout)
        self.assertEqual([each["id"] for each in document["findings"]],
                         ["deadlock"])
        self.chansan("run", "-o", "report.txt", "--", program, status=2)
        self.assertRegex(self.read("report.txt"), "^Deadlock: ")

    def test_silent_program_has_an_empty_document(self):
        ended = self.chansan("run", "--format=json", "--", "true")
        self.assertEqual(json.loads(ended.stdout)["findings"], [])

    def test_users_options_reach_the_program(self):
        program = self.program("racy", RACY, "--race")
        self.chansan("run", "--", program, status=7,
                     CHANSAN_OPTIONS="exitcode=7")

    def test_log_of_the_users_own_is_left_to_the_user(self):
        program = self.program("racy", RACY, "--race")
        options = "log_path=" + self.path("log")
        self.chansan("run", "--", program, status=66, CHANSAN_OPTIONS=options)
        logs = [name for name in os.listdir(self.directory)
                if name.startswith("log.")]
        self.assertEqual(len(logs), 1)
        ended = self.chansan("run", "--format=json", "--", program, status=2,
                             CHANSAN_OPTIONS=options)
        self.assertIn("log_path", ended.stderr)

    def test_output_that_cannot_be_written(self):
        ended = self.chansan("run", "-o", "/none/such", "--", "true", status=2)
        self.assertIn("cannot write /none/such", ended.stderr)


class ExplainTest(Case):
    def test_reads_a_go_dump_from_standard_input(self):
        with open(os.path.join(TESTDATA, "dumps", "go_deadlock.txt"),
                  encoding="utf-8") as file:
            ended = self.chansan("explain", "-", stdin=file.read())
        self.assertRegex(ended.stdout, "^Deadlock: both goroutines")
        self.assertIn("main.main() at /home/user/orders/main.go:14",
                      ended.stdout)

    def test_turns_a_dump_into_json_and_reads_that(self):
        dump = os.path.join(TESTDATA, "dumps", "csp_deadlock.txt")
        self.chansan("explain", "--format=json", "-o", "a.json", dump)
        self.assertEqual(self.chansan("explain", "a.json").stdout,
                         self.chansan("explain", dump).stdout)

    def test_shows_the_source(self):
        program = self.program(
            "stuck", "#include <csp/csp.h>\nint main() {\n"
            "  csp::chan<int> nobody;\n  nobody << 1;\n}\n")
        ended = self.call(program, status=2)
        told = self.chansan("explain", "-", stdin=ended.stderr).stdout
        self.assertRegex(told, r"main\(\) at \S*stuck.cpp:4\n"
                               r" +nobody << 1;\n")
        self.assertIn("nothing: the channel is nil", told)

    def test_broken_input_is_an_error(self):
        self.write("newer.json",
                   '{"format":"chansan-findings","version":99,"findings":[]}')
        self.write("broken.json", '{"format":"chansan-findings",')
        self.write("other.txt", "nothing of the kind\n")
        self.write("empty", "")
        for name, says in (("newer.json", "version 99"),
                           ("broken.json", "broken"),
                           ("other.txt", "neither"), ("empty", "neither"),
                           ("missing", "cannot read"), (".", "cannot read")):
            ended = self.chansan("explain", name, status=2)
            self.assertIn(says, ended.stderr)
            self.assertEqual(ended.stdout, "")

    def test_color_is_asked_for(self):
        dump = os.path.join(TESTDATA, "dumps", "csp_deadlock.txt")
        plain = self.chansan("explain", dump).stdout
        self.assertNotIn("\033", plain)
        colored = self.chansan("explain", "--color=always", dump).stdout
        self.assertEqual(re.sub("\033\\[[0-9;]*m", "", colored), plain)
        self.assertNotEqual(colored, plain)


if __name__ == "__main__":
    CHANSAN, TESTDATA = sys.argv[1:3]
    unittest.main(argv=sys.argv[:1] + sys.argv[3:])
