"""Drives one program of testdata/stuck/ into its bug and compares what is
reported; and its fixed twin, of which nothing may be reported. All of them are
one executable: see CMakeLists.txt.

The first comment of a program ends with a line that says what is found:

  // deadlock: CLASS    the program ends by itself, with status 2
  // leak: CLASS        main returns; the report makes the status 66
  // none               a correct program, no twin

a line after it may say how many are stuck:

  // goroutines: 20

and comments at the end of lines say who is stuck there:

  // knot: REASON       a goroutine of the knot, with Go's wait reason; others
                        in the same place may stand beside it
  // stuck: REASON      another one that is stuck
  // taken              where a lock of the knot was taken, if one line says so

The twin is the same source with FIXED=1.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile

TIMEOUT_S = 300


class Failure(Exception):
    pass


def expect(condition, message):
    if not condition:
        raise Failure(message)


def wanted(path):
    with open(path, encoding="utf-8") as file:
        lines = file.read().splitlines()
    header = [line for line in lines if
              re.match(r"// (deadlock: |leak: |none$)", line)]
    expect(len(header) == 1, f"{path} does not say what is found")
    how, _, kind = header[0][3:].partition(": ")
    marks = []
    for number, line in enumerate(lines, 1):
        mark = re.search(r"// (knot|stuck): (.*)$", line)
        if mark:
            marks.append((number, mark[2], mark[1] == "knot"))
    taken = {number for number, line in enumerate(lines, 1)
             if line.endswith("// taken")}
    counts = [int(line.split()[2]) for line in lines
              if line.startswith("// goroutines: ")]
    return how, kind, marks, taken, counts


def remembers(options, diagnose):
    """Whether the last operations on each object are known."""
    return diagnose or options.instrumented


def run(options, directory, twin, processors, diagnose=0, leaks="1"):
    log = os.path.join(directory, "log")
    environment = dict(
        os.environ, GOMAXPROCS=str(processors),
        CHANSAN_OPTIONS=f"leaks={leaks}:diagnose={diagnose}:format=json:"
                        f"log_path={log}")
    name = os.path.basename(options.program).removesuffix(".cpp")
    ended = subprocess.run([options.executable, f"{twin}_{name}"],
                           capture_output=True, text=True, timeout=TIMEOUT_S,
                           env=environment, check=False)
    findings = []
    for name in os.listdir(directory):
        if name.startswith("log."):
            path = os.path.join(directory, name)
            with open(path, encoding="utf-8") as file:
                text = file.read()
            os.remove(path)
            if text:
                findings += json.loads(text)["findings"]
    return ended, findings


def line_in(stack, program):
    for frame in stack:
        if os.path.basename(frame.get("file", "")) == program:
            return frame["line"]
    return 0


def yields(path):
    with open(path, encoding="utf-8") as file:
        return "csp::yield()" in file.read()


def places(goroutines, in_knot=False):
    return {(line, reason) for line, reason, knot in goroutines
            if knot or not in_knot}


def check_history(finding, name, diagnose, told):
    steps = [step for each in finding.get("objects", [])
             for step in each.get("history", [])]
    expect(diagnose or not steps, f"remembers unasked{told}")
    for step in steps:
        at = step.get("location", {}).get("file")
        expect(at is None or os.path.basename(at) == name,
               f"not a place of the program: {step}{told}")


def check_bug(options, directory, processors, diagnose, how, kind, marks,
              taken, counts):
    ended, findings = run(options, directory, "bug", processors, diagnose)
    status = {"deadlock": 2, "leak": 66, "none": 0}[how]
    told = f"\n{ended.stdout}{ended.stderr}\n{json.dumps(findings)}"
    expect(ended.returncode == status, f"status {ended.returncode}{told}")
    expect(not ended.stdout, f"it complains{told}")
    if how == "none":
        expect(not findings, f"not silent{told}")
        return
    expect([each["id"] for each in findings] == [how], f"finds{told}")
    finding = findings[0]
    expect(finding.get("kind") == kind,
           f"class is {finding.get('kind')}, not {kind}{told}")
    name = os.path.basename(options.program)
    check_history(finding, name, remembers(options, diagnose), told)
    actual = [(line_in(each.get("stack", []), name), each["status"],
               each.get("in_knot", False)) for each in finding["goroutines"]]
    expect(places(actual) == places(marks) and
           places(actual, in_knot=True) == places(marks, in_knot=True),
           f"stuck are {actual}, not {marks}{told}")
    count = sum(each.get("count", 1) for each in finding["goroutines"])
    expect(counts in ([], [count]), f"{count} are stuck{told}")
    expect(finding.get("why"), f"no reason{told}")
    expect("reproduce" in finding, f"no command{told}")
    for each in finding["goroutines"]:
        nil = "nil chan" in each["status"]
        expect(nil or not each.get("in_knot") or each.get("wakers"),
               f"who could wake {each['id']}?{told}")
    said = re.findall(
        r"^ +has .*, taken at .*" + re.escape(name) + r":(\d+)$",
        ended.stderr, re.MULTILINE)
    expect(not taken or {int(line) for line in said} == taken,
           f"taken at {said}, not {sorted(taken)}{told}")
    if how == "deadlock":
        first = ended.stderr.splitlines()[0]
        expect(first == "fatal error: all goroutines are asleep - deadlock!",
               f"Go's first line{told}")
        expect("\nDeadlock: " + kind + ": " in ended.stderr, f"text{told}")


def check_unasked(options, directory, kind):
    """A program that nobody asked for leaks warns of lost locks alone."""
    ended, findings = run(options, directory, "bug", 1, leaks="auto")
    told = f"\n{ended.stderr}\n{json.dumps(findings)}"
    expect(ended.returncode == 0, f"unasked, status {ended.returncode}{told}")
    kinds = [each.get("kind") for each in findings]
    lock = kind in ("lock cycle", "self deadlock", "owner ended while holding")
    expect(kinds == ([kind] if lock else []), f"unasked, tells {kinds}{told}")


def main():
    parser = argparse.ArgumentParser()
    for name in ("program", "executable"):
        parser.add_argument("--" + name, required=True)
    parser.add_argument("--instrumented", action="store_true")
    options = parser.parse_args()
    try:
        how, kind, marks, taken, counts = wanted(options.program)
        with tempfile.TemporaryDirectory(prefix="chansan-") as directory:
            # Main ends when the others are stuck: with one processor they are as
            # soon as main has yielded.
            processors = 1 if how == "leak" and yields(options.program) else 2
            for diagnose in (0,) if options.instrumented else (0, 1):
                check_bug(options, directory, processors, diagnose, how, kind,
                          marks, taken, counts)
            if how == "leak" and yields(options.program) and \
                    not options.instrumented:
                check_unasked(options, directory, kind)
            if how != "none":
                ended, findings = run(options, directory, "fixed",
                                      processors)
                expect(ended.returncode == 0 and not findings,
                       f"the fixed twin: {ended.returncode}\n{ended.stderr}"
                       f"\n{findings}")
    except Failure as failure:
        print(failure, file=sys.stderr)
        return 1
    return 0


sys.exit(main())
