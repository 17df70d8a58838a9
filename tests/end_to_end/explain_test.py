"""chansan explain on what a program leaves or is: a core file, a live process,
an event log; the page in a browser; the goroutines in gdb.

Usage: explain_test.py CHANSAN TESTDATA [TESTCASE]
"""

import collections
import json
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

CHANSAN = ""
TESTDATA = ""
TIMEOUT_S = 300


def call(*command, status=0, **options):
    ended = subprocess.run(command, capture_output=True, text=True,
                           check=False, timeout=TIMEOUT_S, **options)
    if status is not None and ended.returncode != status:
        raise AssertionError(f"{command} ended with {ended.returncode}\n"
                             f"{ended.stdout}{ended.stderr}")
    return ended


class Case(unittest.TestCase):
    """The programs of testdata/explain, built once for the class."""

    programs = ()

    @classmethod
    def setUpClass(cls):
        scratch = tempfile.TemporaryDirectory(prefix="chansan-")
        cls.addClassCleanup(scratch.cleanup)
        cls.directory = scratch.name
        for name in cls.programs:
            source = os.path.join(TESTDATA, "explain", name + ".cpp")
            call(CHANSAN, "cxx", "-O1", "-g", source, "-o", cls.path(name))

    @classmethod
    def path(cls, name):
        return os.path.join(cls.directory, name)

    def explain(self, *words, status=0):
        return call(CHANSAN, "explain", *words, status=status).stdout

    def start(self, name, **environment):
        """The program, once it has printed that it is ready."""
        if name == "stuck":
            environment["GOMAXPROCS"] = "1"
        process = subprocess.Popen(
            [self.path(name)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            text=True, cwd=self.directory,
            env=dict(os.environ, **environment),
            preexec_fn=lambda: resource.setrlimit(
                resource.RLIMIT_CORE, (resource.RLIM_INFINITY,) * 2))
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.stdin.close)
        self.addCleanup(process.wait, TIMEOUT_S)
        self.addCleanup(process.kill)
        if name in ("stuck", "busy"):
            self.assertEqual(process.stdout.readline(), "ready\n")
        while name == "stuck" and not self.sleeps(process.pid):
            pass
        return process

    @staticmethod
    def sleeps(pid):
        """Whether no thread of the process is on its way to somewhere."""
        tasks = f"/proc/{pid}/task"
        for task in os.listdir(tasks):
            with open(f"{tasks}/{task}/stat", encoding="utf-8") as file:
                if file.read().rsplit(")", 1)[1].split()[0] != "S":
                    return False
        return True

    def core_of(self, name, number=None):
        """The core file of a program that `number` ends, or that crashes."""
        process = self.start(name)
        if number is not None:
            process.send_signal(number)
        process.wait(TIMEOUT_S)
        for entry in os.listdir(self.directory):
            if re.fullmatch(rf"core(\.{process.pid})?", entry):
                os.rename(self.path(entry), self.path(name + ".core"))
                return self.path(name + ".core")
        with open("/proc/sys/kernel/core_pattern", encoding="utf-8") as file:
            pattern = file.read().strip()
        self.skipTest("this system writes core files elsewhere: " + pattern)

    def assert_stuck_is_told(self, text):
        for who, status, line in (("main goroutine", "sync.WaitGroup.Wait", 45),
                                  ('goroutine \\d+ "consumer"',
                                   "chan receive", 15),
                                  ('goroutine \\d+ "producer"',
                                   "sync.Mutex.Lock", 21)):
            self.assertRegex(
                text, rf"(?s){who} \[{re.escape(status)}\]:\n"
                      rf"(?:(?!\n\n).)*\S*stuck.cpp:{line}")
        self.assertRegex(text, r"goroutine \d+ \[sleep\]:")


class CoreTest(Case):
    programs = ("stuck", "crash")

    def test_goroutines_of_a_hung_program(self):
        core = self.core_of("stuck", signal.SIGABRT)
        self.assert_stuck_is_told(self.explain(core))
        document = json.loads(self.explain("--format=json", core))
        goroutines = document["findings"][-1]["goroutines"]
        self.assertEqual(len(goroutines), 4)
        names = {g["id"]: g.get("name") for g in goroutines}
        self.assertEqual(sorted(filter(None, names.values())),
                         ["consumer", "producer"])

    def test_the_one_that_crashed_comes_first(self):
        text = self.explain(self.core_of("crash"))
        self.assertRegex(
            text, r"^Fatal error in goroutine \d+ \(\"breaker\"\) at "
                  r"\S*crash.cpp:6(:\d+)?: SIGABRT.\n")
        self.assertLess(text.index("breaker"), text.index("main goroutine"))
        self.assertIn("main goroutine [chan receive]", text)

    def test_the_knot_is_found_in_memory(self):
        core = self.core_of("stuck", signal.SIGABRT)
        self.assertRegex(
            self.explain(core), r"^Deadlock: channel and lock: .*consumer.*"
                                r"producer.*\n\nThe knot:\n")
        finding = json.loads(
            self.explain("--format=json", core))["findings"][0]
        self.assertEqual(finding["kind"], "channel and lock")
        knot = {g["name"]: g for g in finding["goroutines"]
                if g.get("in_knot")}
        self.assertEqual(sorted(knot), ["consumer", "producer"])
        taken = knot["consumer"]["holds"][0]["taken_at"][0]
        self.assertEqual((taken["function"], taken["line"]), ("consume", 13))
        self.assertIn("consumer", knot["producer"]["wakers"][0]["message"])

    def test_a_stripped_program_still_has_goroutines(self):
        core = self.core_of("stuck", signal.SIGABRT)
        call("strip", "-s", "-o", self.path("stripped"), self.path("stuck"))
        text = self.explain("--exe", self.path("stripped"), core)
        self.assertRegex(text, r'"consumer" \[chan receive\]:\n')
        self.assertRegex(text, r"stripped\+0x[0-9a-f]+\(\) at \?\?")

    def test_what_is_wrong_is_said(self):
        core = self.core_of("stuck", signal.SIGABRT)
        missing = call(CHANSAN, "explain", core, "--exe", "/missing", status=2)
        self.assertIn("--exe", missing.stderr)
        with open(core, "rb") as file:
            start = file.read(5000)
        with open(self.path("cut.core"), "wb") as file:
            file.write(start)
        cut = call(CHANSAN, "explain", self.path("cut.core"), status=2)
        self.assertEqual(cut.stdout, "")


class LiveTest(Case):
    programs = ("stuck", "busy")

    def test_goroutines_of_a_hung_process(self):
        process = self.start("stuck")
        for _ in range(2):
            self.assert_stuck_is_told(
                self.explain("--pid", str(process.pid)))
        self.assertIsNone(process.poll())

    def test_a_working_process_goes_on_unharmed(self):
        process = self.start("busy")
        for _ in range(20):
            text = self.explain("--pid", str(process.pid))
            self.assertIn("main goroutine [IO wait]", text)
        self.assertEqual(process.communicate("", timeout=TIMEOUT_S)[0],
                         "nothing lost\n")
        self.assertEqual(process.returncode, 0)

    def test_what_is_wrong_is_said(self):
        other = subprocess.Popen(["sleep", "100"])
        self.addCleanup(other.wait)
        self.addCleanup(other.kill)
        ended = call(CHANSAN, "explain", "--pid", str(other.pid), status=2)
        self.assertIn("does not use csp", ended.stderr)
        self.assertIsNone(other.poll())
        ended = call(CHANSAN, "explain", "--pid", "999999999", status=2)
        self.assertIn("no such process", ended.stderr)


class GdbTest(Case):
    programs = ("stuck",)

    def gdb(self, *words):
        commands = ["info goroutines", "goroutine all bt"]
        options = [word for command in commands for word in ("-ex", command)]
        return call("gdb", "-nx", "-batch", "-iex",
                    "set auto-load safe-path /", "-iex",
                    "set debuginfod enabled off", *words, *options).stdout

    def assert_goroutines(self, text):
        self.assertRegex(text, r"goroutine 1 \[sync.WaitGroup.Wait\] "
                               r"main\(\) at \S*stuck.cpp:45")
        self.assertRegex(text, r'goroutine \d+ \[chan receive\] "consumer" '
                               r"consume\(\) at \S*stuck.cpp:15")
        self.assertRegex(text, r"goroutine \d+ \[sleep\] ")
        blocks = re.split(r"(?m)^goroutine ", text)[1:]
        self.assertEqual(len(blocks), 4)
        producer = next(b for b in blocks if "producer" in b)
        self.assertRegex(producer, r"(?s)mutex::lock.*produce \(.*csp_entry")

    def test_live(self):
        process = self.start("stuck")
        self.assert_goroutines(self.gdb("-p", str(process.pid)))
        self.assertIsNone(process.poll())

    def test_core(self):
        core = self.core_of("stuck", signal.SIGABRT)
        self.assert_goroutines(self.gdb(self.path("stuck"), core))

    def test_other_commands_in_a_goroutine(self):
        process = self.start("stuck")
        text = call("gdb", "-nx", "-batch", "-iex",
                    "set auto-load safe-path /", "-p", str(process.pid),
                    "-ex", "goroutine 1 frame function main",
                    "-ex", "goroutine 99 bt", status=None)
        self.assertRegex(text.stdout, r"in main \(\) at \S*stuck.cpp:45")
        self.assertIn("No goroutine 99", text.stderr)


class TraceTest(Case):
    programs = ("pipeline", "busy", "forgotten")

    def log(self, **environment):
        call(self.path("pipeline"), env=dict(
            os.environ, CHANSAN_OPTIONS="trace=" + self.path("log"),
            **environment))
        return self.path("log")

    def perfetto(self, log):
        self.explain("--perfetto", self.path("out.json"), log)
        with open(self.path("out.json"), encoding="utf-8") as file:
            return json.load(file)["traceEvents"]

    def test_every_goroutine_has_a_track(self):
        events = self.perfetto(self.log())
        names = {e["args"]["name"] for e in events
                 if e["name"] == "thread_name"}
        self.assertEqual(len(names), 5)
        self.assertIn("main goroutine", names)
        for worker in range(3):
            self.assertTrue(any(f'"worker {worker}"' in n for n in names))
        waits = {e["name"] for e in events if e.get("cat") == "wait"}
        self.assertIn("sync.WaitGroup.Wait", waits)

    def test_slices_of_a_track_follow_each_other(self):
        for processors in ("1", "4"):
            events = self.perfetto(self.log(GOMAXPROCS=processors))
            tracks = collections.defaultdict(list)
            for event in events:
                if event["ph"] == "X":
                    tracks[event["tid"]].append(
                        (event["ts"], event["ts"] + event["dur"]))
            for slices in tracks.values():
                for (_, end), (begin, _) in zip(slices, slices[1:]):
                    self.assertLessEqual(end, begin + 1e-6)

    def test_arrows_have_two_ends_in_time(self):
        events = self.perfetto(self.log(GOMAXPROCS="1"))
        ends = collections.defaultdict(dict)
        for event in events:
            if event["ph"] in "sf":
                ends[event["id"]][event["ph"]] = event
        kinds = collections.Counter()
        for both in ends.values():
            self.assertEqual(set(both), {"s", "f"})
            self.assertLessEqual(both["s"]["ts"], both["f"]["ts"])
            self.assertNotEqual(both["s"]["tid"], both["f"]["tid"])
            kinds[both["s"]["name"]] += 1
        # 30 jobs and the total; each go statement; the last done().
        self.assertEqual(kinds["send to receive"], 31)
        self.assertEqual(kinds["go"], 4)
        self.assertEqual(kinds["done to wait"], 1)
        self.assertGreater(kinds["unlock to lock"], 0)

    def test_what_the_log_names_can_still_leak(self):
        for more in ("", ":trace=" + self.path("log")):
            ended = call(self.path("forgotten"), status=None, env=dict(
                os.environ, CHANSAN_OPTIONS="leaks=1" + more))
            self.assertEqual(ended.returncode, 66, ended.stderr)
            self.assertIn("WARNING: GOROUTINE LEAK", ended.stderr)

    def test_the_log_of_a_killed_process_is_whole(self):
        process = self.start(
            "busy", CHANSAN_OPTIONS="trace_kb=4:trace=" + self.path("killed"))
        self.explain("--pid", str(process.pid))
        process.kill()
        process.wait(TIMEOUT_S)
        text = self.explain(self.path("killed"))
        self.assertRegex(text, r"^\d goroutines in \d+\.\d+ ms of \S*busy.\n"
                               r"\d+ earlier events were overwritten")

    def test_a_cut_off_log_is_read_as_far_as_it_goes(self):
        with open(self.log(), "rb") as file:
            whole = file.read()
        for size in (7, 100, 4096, 4100, 4500, len(whole) // 2):
            with open(self.path("cut"), "wb") as file:
                file.write(whole[:size])
            status = 0 if size > 1096 else 2
            self.explain(self.path("cut"), status=status)

    def test_other_versions_are_refused(self):
        with open(self.log(), "rb") as file:
            whole = bytearray(file.read())
        whole[8] = 9
        with open(self.path("newer"), "wb") as file:
            file.write(whole)
        ended = call(CHANSAN, "explain", self.path("newer"), status=2)
        self.assertIn("version 9", ended.stderr)


@unittest.skipUnless(shutil.which("chromium"), "there is no chromium")
class PageTest(Case):
    programs = ("stuck", "pipeline")

    def browse(self, page):
        """The page as the browser has made it."""
        return call("chromium", "--headless", "--no-sandbox", "--disable-gpu",
                    "--user-data-dir=" + self.path("browser"),
                    "--virtual-time-budget=2000", "--dump-dom",
                    "file://" + page).stdout

    def page(self, *words):
        self.explain("--html", self.path("page.html"), *words)
        return self.path("page.html")

    def after(self, page, script):
        """The page after a script has run in it."""
        with open(page, encoding="utf-8") as file:
            text = file.read()
        text = text.replace("</body>", f"<script>{script}</script></body>")
        with open(self.path("after.html"), "w", encoding="utf-8") as file:
            file.write(text)
        return self.browse(self.path("after.html"))

    def report(self, name):
        return os.path.join(TESTDATA, "reports", name)

    def test_asks_nothing_of_the_network(self):
        with open(self.page(self.report("all.json")),
                  encoding="utf-8") as file:
            text = file.read()
        self.assertNotRegex(text, r"(src|href)=[\"']?(https?:)?//")
        self.assertNotIn("@import", text)
        self.assertIn("default-src 'none'", text)

    def test_a_live_process(self):
        process = self.start("stuck")
        dom = self.browse(self.page("--pid", str(process.pid)))
        self.assertRegex(dom, "<h1>Deadlock: channel and lock: ")
        self.assertEqual(len(re.findall(r"<tr tabindex", dom)), 3)
        # Three goroutines, what each waits for, and four arrows of the knot.
        self.assertEqual(len(re.findall(r'class="node[ "]', dom)), 6)
        self.assertEqual(len(re.findall(r'class="edge knot', dom)), 4)
        self.assertRegex(dom, r'(?s)<div class="at">.{0,60}numbers.recv\(\);')

    def test_a_race_has_two_sides_and_a_command_to_copy(self):
        dom = self.browse(self.page(self.report("race_global.json")))
        self.assertRegex(dom, r"<h1>Data race on global 'counters.hits'")
        self.assertRegex(dom, r'id="side0".*(?s:.)*id="side1"')
        self.assertIn('<pre id="reproduce">', dom)
        self.assertGreaterEqual(dom.count('class="node'), 3)

    def test_keys_move_and_filter(self):
        process = self.start("stuck")
        page = self.page("--pid", str(process.pid))
        press = ("const press = (key) => document.body.dispatchEvent("
                 "new KeyboardEvent('keydown', {key, bubbles: true}));")
        dom = self.after(page, press + "press('ArrowDown');")
        chosen = re.search(r'<tr [^>]*aria-selected="true".*?</tr>', dom)
        self.assertIn("producer", chosen.group())
        self.assertIn("Who could have woken it", dom)
        dom = self.after(page, press + "press('/');"
                         "const f = document.activeElement; f.value = 'sync.mutex';"
                         "f.dispatchEvent(new Event('input'));"
                         "document.title = f.id;")
        self.assertIn("<title>filter</title>", dom)
        self.assertEqual(len(re.findall(r"<tr tabindex", dom)), 1)
        dom = self.after(page, press + "press('t');press('t');")
        self.assertIn('data-theme="dark"', dom)

    def test_names_cannot_break_out_of_the_page(self):
        evil = "</script><img src=x onerror=alert(1)>&lt;\"'"
        with open(self.path("evil.json"), "w", encoding="utf-8") as file:
            json.dump({"format": "chansan-findings", "version": 1,
                       "findings": [{"id": "deadlock", "level": "certain",
                                     "message": evil, "goroutines": [
                                         {"id": 2, "name": evil,
                                          "status": "chan send"}]}]}, file)
        dom = self.browse(self.page(self.path("evil.json")))
        self.assertNotIn("<img", dom)
        self.assertIn("&lt;img", dom)
        self.assertIn("<table", dom)

    def test_a_hundred_thousand_goroutines_are_folded(self):
        with open(self.path("many.txt"), "w", encoding="utf-8") as file:
            file.write("fatal error: all goroutines are asleep - deadlock!\n")
            for number in range(2, 100_002):
                file.write(f"\ngoroutine {number} [chan receive]:\nwait()\n"
                           f"\tmain.cpp:7 +0x1\n")
        page = self.page(self.path("many.txt"))
        self.assertLess(os.path.getsize(page), 1_000_000)
        self.assertIn("100000 shown", self.browse(page))

    def test_the_time_line_of_an_event_log(self):
        call(self.path("pipeline"), env=dict(
            os.environ, CHANSAN_OPTIONS="trace=" + self.path("log")))
        dom = self.browse(self.page(self.path("log")))
        self.assertGreater(dom.count('class="lane'), 20)
        self.assertGreater(dom.count('class="arrow"'), 5)


if __name__ == "__main__":
    CHANSAN, TESTDATA = sys.argv[1:3]
    unittest.main(argv=sys.argv[:1] + sys.argv[3:])
