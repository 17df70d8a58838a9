"""Writes docs/diagnosis-goker.md: what is reported of each of the 68 blocking
mechanisms of GoBench's GoKer in testdata/stuck/, and of its fixed twin.

Usage: table.py build/release/tests/stuck/stuck_programs > docs/diagnosis-goker.md
"""

import json
import os
import re
import subprocess
import sys
import tempfile

TIMEOUT_S = 300
SOURCES = os.path.join(os.path.dirname(__file__), "../../testdata/stuck")
PROJECTS = ("cockroach", "etcd", "grpc", "hugo", "istio", "kubernetes", "moby",
            "serving", "syncthing")

HEAD = """# GoKer's blocking bugs, reported

`ctest -R '^stuck\\.'` compares class, knot, wait reasons and lines of these
programs with what their comments say must be found. This table is written by

```
python3 tests/stuck/table.py build/release/tests/stuck/stuck_programs
```

Each program in `testdata/stuck/` tells the mechanism of one bug of GoBench's
GoKer anew. *Knot* and *behind it* are Go's wait reasons and the lines of the
program. A deadlock ends the program; a leak is found when main returns
(`CHANSAN_OPTIONS=leaks=1`).

| program | mechanism | found | class | knot | behind it |
|---|---|---|---|---|---|
"""


def findings_of(executable, run, processors):
    with tempfile.TemporaryDirectory(prefix="chansan-") as directory:
        log = os.path.join(directory, "log")
        environment = dict(
            os.environ, GOMAXPROCS=str(processors),
            CHANSAN_OPTIONS=f"leaks=1:format=json:log_path={log}")
        subprocess.run([executable, run], capture_output=True, check=False,
                       timeout=TIMEOUT_S, env=environment)
        found = []
        for name in os.listdir(directory):
            with open(os.path.join(directory, name), encoding="utf-8") as file:
                text = file.read()
            if text:
                found += json.loads(text)["findings"]
        return found


def mechanism_of(source):
    """The first comment, up to the line that says what is found."""
    lines = []
    for line in source.splitlines():
        if not line.startswith("// ") or re.match("// (deadlock|leak): ", line):
            break
        lines.append(line[3:])
    return " ".join(lines).rstrip(".")


def line_in(stack, program):
    for frame in stack:
        if os.path.basename(frame.get("file", "")) == program:
            return frame["line"]
    return 0


def places(goroutines, program):
    counts = {}
    for each in goroutines:
        place = f"{each['status']} :{line_in(each.get('stack', []), program)}"
        counts[place] = counts.get(place, 0) + each.get("count", 1)
    return "<br>".join(place if count == 1 else f"{count} × {place}"
                       for place, count in counts.items())


def row(executable, name):
    with open(os.path.join(SOURCES, name), encoding="utf-8") as file:
        source = file.read()
    # As the test does it: see stuck_test.py.
    leaves_early = "\n// leak: " in source and "csp::yield()" in source
    processors = 1 if leaves_early else 2
    program = name.removesuffix(".cpp")
    found = findings_of(executable, "bug_" + program, processors)
    wrong = findings_of(executable, "fixed_" + program, processors)
    if len(found) != 1 or wrong:
        sys.exit(f"{name}: {len(found)} findings, {len(wrong)} in its twin")
    goroutines = found[0]["goroutines"]
    knot = [each for each in goroutines if each.get("in_knot")]
    behind = [each for each in goroutines if not each.get("in_knot")]
    cells = [program, mechanism_of(source), found[0]["id"], found[0]["kind"],
             places(knot, name), places(behind, name)]
    return "| " + " | ".join(cells) + " |\n"


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    names = sorted(name for name in os.listdir(SOURCES)
                   if name.split("_")[0] in PROJECTS)
    rows = [row(sys.argv[1], name) for name in names]
    sys.stdout.write(HEAD + "".join(rows))


main()
