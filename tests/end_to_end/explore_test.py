"""chansan explore and chansan replay on programs that fail now and then.

Usage: explore_test.py CHANSAN TESTDATA [TESTCASE]
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import unittest

CHANSAN = ""
TESTDATA = ""
TIMEOUT_S = 300


def call(*command, status=0):
    ended = subprocess.run(command, capture_output=True, text=True,
                           check=False, timeout=TIMEOUT_S)
    if ended.returncode != status:
        raise AssertionError(f"{command} ended with {ended.returncode}\n"
                             f"{ended.stdout}{ended.stderr}")
    return ended


class ExploreTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        scratch = tempfile.TemporaryDirectory(prefix="chansan-")
        cls.addClassCleanup(scratch.cleanup)
        cls.directory = scratch.name
        for name in ("two_orders", "pipeline"):
            call(CHANSAN, "cxx", "-O1", "-g",
                 os.path.join(TESTDATA, "explain", name + ".cpp"),
                 "-o", cls.path(name))

    @classmethod
    def path(cls, name):
        return os.path.join(cls.directory, name)

    def explore(self, *words, status=0):
        return call(CHANSAN, "explore", *words, status=status)

    def test_finds_the_deadlock_of_a_few_schedules(self):
        ended = self.explore("--", self.path("two_orders"), status=1)
        self.assertRegex(ended.stdout, r"^seed \d+: exit status 2\n"
                                       r"Deadlock: lock cycle: ")
        self.assertRegex(ended.stderr, r"^explored \d+ schedules in \S+ s: "
                                       r"\d+ failed\n$")

    def test_replay_of_a_token_fails_in_the_same_way_each_time(self):
        found = self.explore("--", self.path("two_orders"), status=1).stdout
        token = re.search(r"^Token: (c1\.\d+\.[0-9a-f]{8})$", found, re.M)[1]
        again = re.search(r"^Again: (.*)$", found, re.M)[1]
        self.assertEqual(
            again, f"chansan replay {token} -- {self.path('two_orders')}")
        reports = set()
        for _ in range(5):
            ended = call(CHANSAN, "replay", token, "--",
                         self.path("two_orders"), status=2)
            reports.add(re.sub(r" \+0x[0-9a-f]+|, for [^\n]*", "",
                               ended.stderr))
        self.assertEqual(len(reports), 1)
        self.assertIn("all goroutines are asleep", reports.pop())

    def test_a_right_program_passes(self):
        ended = self.explore("--seeds=40", "-j", "2", "--",
                             self.path("pipeline"))
        self.assertEqual(ended.stdout, "No findings.\n")
        self.assertIn("explored 40 schedules", ended.stderr)

    def test_shards_are_the_whole(self):
        seeds = []
        for shard in ("1/3", "2/3", "3/3"):
            ended = self.explore("--seeds=90", "--keep-going", "--shard",
                                 shard, "--", self.path("two_orders"),
                                 status=1)
            self.assertIn("explored 30 schedules", ended.stderr)
            seeds.append(int(re.search(r"seed (\d+)", ended.stdout)[1]))
        whole = self.explore("--seeds=90", "--keep-going", "--",
                             self.path("two_orders"), status=1).stdout
        self.assertEqual(int(re.search(r"seed (\d+)", whole)[1]), min(seeds))

    def test_findings_as_json_say_how_to_see_them_again(self):
        ended = self.explore("--format=json", "--", self.path("two_orders"),
                             status=1)
        finding = json.loads(ended.stdout)["findings"][0]
        self.assertEqual(finding["id"], "deadlock")
        self.assertRegex(finding["reproduce"], r"^chansan replay c1\.")

    def test_a_status_without_a_report_and_a_hang_are_failures(self):
        ended = self.explore("--seeds=1", "--", "sh", "-c", "exit 3", status=1)
        self.assertIn("exit status 3", ended.stdout)
        ended = self.explore("--seeds=1", "--timeout=1", "--", "sleep", "100",
                             status=1)
        self.assertIn("no end within 1 s", ended.stdout)

    def test_mistakes_are_told(self):
        self.explore("--", "/missing", status=2)
        self.explore(status=2)
        self.explore("--shard=4/3", "--", "true", status=2)
        for token in ("nonsense", "c1.x.0", "c1.1"):
            call(CHANSAN, "replay", token, "--", "true", status=2)
        ended = call(CHANSAN, "replay", "c1.1.00000001", "--",
                     self.path("pipeline"))
        self.assertIn("not the build", ended.stderr)


if __name__ == "__main__":
    CHANSAN, TESTDATA = sys.argv[1:3]
    unittest.main(argv=sys.argv[:1] + sys.argv[3:])
