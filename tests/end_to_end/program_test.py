"""Builds and runs one program of testdata/programs/ and compares what it says.

A program is a directory: sources, whose comments `// lint: ID` mark the lines
of the lint's findings, and expect.json:

  output   lines of standard output and their order: exact, any, or prefix
           (the lines are its beginning). Absent: not compared.
  processors
           GOMAXPROCS of the first run (1); the second has 4
  stdin, stdin_after_lines
           what is typed, once that many lines have been printed
  run      status; of a program that dies: message, the first line of what it
           says; goroutines, their wait reasons, main's or the culprit's first
           (null: any); at, where the first one is
  race     what an instrumented build reports besides: variable; at, the file
           of both accesses

Modes: lint, plain, race. Anything reported that is not expected is a failure.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import threading

TIMEOUT_S = 300


class Failure(Exception):
    pass


def expect(condition, message):
    if not condition:
        raise Failure(message)


class Finished:
    """How a program ended and what it printed."""

    def __init__(self, status, out, err):
        self.status, self.out, self.err = status, out, err

    def __str__(self):
        return (f"status {self.status}\n--- stdout\n{self.out}"
                f"--- stderr\n{self.err}")


def call(command, environment=None):
    ended = subprocess.run(command, stdin=subprocess.DEVNULL,
                           capture_output=True, text=True, timeout=TIMEOUT_S,
                           env=environment, check=False)
    return Finished(ended.returncode, ended.stdout, ended.stderr)


def converse(command, expected, environment):
    """Runs a program, typing its input when its output is that far."""
    with tempfile.TemporaryFile("w+") as errors:
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=errors, text=True, env=environment)
        # A program that hangs is a failure to report, not one to share.
        watchdog = threading.Timer(TIMEOUT_S, process.kill)
        watchdog.start()
        lines = []
        for _ in range(expected.get("stdin_after_lines", 0)):
            line = process.stdout.readline()
            if not line:
                break
            lines.append(line)
        rest, _ = process.communicate(expected.get("stdin", ""))
        watchdog.cancel()
        errors.seek(0)
        return Finished(process.returncode, "".join(lines) + rest,
                        errors.read())


def check_output(expected, ended):
    output = expected.get("output")
    if output is None:
        return
    actual = ended.out.splitlines()
    wanted = output["lines"]
    order = output["order"]
    if order == "any":
        actual, wanted = sorted(actual), sorted(wanted)
    elif order == "prefix":
        actual = actual[:len(wanted)]
    expect(actual == wanted, f"output is {actual}, not {wanted}\n{ended}")


def check_death(expected, ended):
    message = expected["run"].get("message")
    first = ended.err.splitlines()[:1]
    if message is None:
        died = re.search(r"^(panic|fatal error): ", ended.err, re.MULTILINE)
        expect(not died, f"it died\n{ended}")
    else:
        expect(first == [message], f"says {first}, not {message}\n{ended}")


def expected_status(expected, mode):
    status = expected["run"]["status"]
    return 66 if status == 0 and mode == "race" and "race" in expected \
        else status


def user_place(stack):
    for frame in stack:
        if not frame.get("library"):
            return f"{os.path.basename(frame['file'])}:{frame['line']}"
    return None


def check_death_finding(run, finding):
    expect(finding["message"] == run["message"], f"message of {finding}")
    goroutines = finding["goroutines"]
    reasons = [each["status"] for each in goroutines]
    expect(len(reasons) == len(run["goroutines"]) and all(
        wanted in (None, actual)
        for wanted, actual in zip(run["goroutines"], reasons)),
        f"goroutines are {reasons}, not {run['goroutines']}")
    place = user_place(goroutines[0]["stack"])
    expect(place == run["at"], f"it is at {place}, not {run['at']}")


def check_race_finding(race, finding):
    name = finding["memory"].get("name")
    expect(name == race["variable"],
           f"the race is on {name}, not {race['variable']}")
    expect(len(finding["accesses"]) == 2, f"accesses of {finding}")
    for access in finding["accesses"]:
        place = user_place(access["stack"])
        expect(place is not None and place.startswith(race["at"] + ":"),
               f"an access is at {place}, not in {race['at']}")


def check_findings(expected, mode, document):
    findings = document["findings"]
    deaths = [each for each in findings if each["id"] != "race"]
    races = [each for each in findings if each["id"] == "race"]
    run = expected["run"]
    expect(len(deaths) == (1 if "message" in run else 0),
           f"deaths reported: {deaths}")
    for death in deaths:
        check_death_finding(run, death)
    wants_race = mode == "race" and "race" in expected
    expect(bool(races) == wants_race, f"races reported: {races}")
    for race in races:
        check_race_finding(expected["race"], race)


def check_explanation(chansan, path, document):
    told = call([chansan, "explain", path])
    expect(told.status == 0, f"explain failed\n{told}")
    if not document["findings"]:
        verdict = "No findings."
    else:
        first = document["findings"][0]
        verdict = {"race": "Data race on global '",
                   "deadlock": "Deadlock: ",
                   "panic": "Panic in "}[first["id"]]
    expect(told.out.startswith(verdict), f"the verdict comes first\n{told}")


def run_program(options, expected, directory):
    program = os.path.join(directory, "program")
    command = [options.chansan, "cxx", "--cxx=" + options.cxx, "-O1", "-Wall",
               "-Wextra", "-Werror", "-o", program]
    if options.mode == "race":
        command.append("--race")
    built = call(command + sources(options.program))
    expect(built.status == 0, f"does not build\n{built}")
    expect(built.out + built.err == "", f"the compiler complains\n{built}")

    status = expected_status(expected, options.mode)
    processors = str(expected.get("processors", 1))
    ended = converse([program], expected,
                     dict(os.environ, GOMAXPROCS=processors))
    expect(ended.status == status,
           f"ends with {ended.status}, not {status}\n{ended}")
    check_output(expected, ended)
    check_death(expected, ended)
    raced = "WARNING: DATA RACE" in ended.err
    expect(raced == (status == 66), f"race: {raced}\n{ended}")

    path = os.path.join(directory, "findings.json")
    ended = converse([options.chansan, "run", "--format=json", "-o", path,
                      "--", program], expected,
                     dict(os.environ, GOMAXPROCS="4"))
    expect(ended.status == status,
           f"run ends with {ended.status}, not {status}\n{ended}")
    check_output(expected, ended)
    with open(path, encoding="utf-8") as file:
        document = json.load(file)
    check_findings(expected, options.mode, document)
    check_explanation(options.chansan, path, document)


def sources(program):
    return [os.path.join(program, name) for name in sorted(os.listdir(program))
            if name.endswith(".cpp")]


def marked_findings(program):
    marked = []
    for path in sources(program):
        with open(path, encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                for check in re.findall(r"// lint: ([\w-]+)", line):
                    marked.append((os.path.basename(path), number, check))
    return sorted(marked)


def lint_program(options):
    paths = sources(options.program)
    ended = call([options.chansan, "check", "--format=json", *paths, "--",
                  "-std=c++20"])
    wanted = marked_findings(options.program)
    expect(ended.status == (1 if wanted else 0),
           f"check ends with {ended.status}\n{ended}")
    actual = sorted(
        (os.path.basename(each["location"]["file"]), each["location"]["line"],
         each["id"]) for each in json.loads(ended.out)["findings"])
    expect(actual == wanted, f"finds {actual}, not {wanted}\n{ended}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--chansan", required=True)
    parser.add_argument("--program", required=True)
    parser.add_argument("--cxx")
    parser.add_argument("--mode", required=True,
                        choices=["lint", "plain", "race"])
    options = parser.parse_args()
    try:
        if options.mode == "lint":
            lint_program(options)
            return 0
        with open(os.path.join(options.program, "expect.json"),
                  encoding="utf-8") as file:
            expected = json.load(file)
        with tempfile.TemporaryDirectory(prefix="chansan-") as directory:
            run_program(options, expected, directory)
    except Failure as failure:
        print(failure, file=sys.stderr)
        return 1
    return 0


sys.exit(main())
