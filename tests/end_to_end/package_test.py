"""Chansan as other projects use it: installed, or as a subdirectory.

Modes: installed (cmake --install into a scratch prefix, moved afterwards, then
find_package, pkg-config and the installed command), subdirectory.
"""

import argparse
import os
import subprocess
import sys
import tempfile

GREETING = "hello from outside\n"


class Failure(Exception):
    pass


def call(command, wanted=0, environment=None, directory=None):
    """Runs a command that is to end with a status; returns its output."""
    ended = subprocess.run(command, capture_output=True, text=True,
                           check=False, env=environment, cwd=directory,
                           timeout=600)
    if ended.returncode != wanted:
        raise Failure(f"{' '.join(command)}\nended with {ended.returncode}, "
                      f"not {wanted}\n{ended.stdout}{ended.stderr}")
    return ended.stdout, ended.stderr


def expect(condition, message):
    if not condition:
        raise Failure(message)


def check_race(out, err):
    expect(out == GREETING, f"prints {out}")
    expect("WARNING: DATA RACE" in err and "'greetings'" in err,
           f"no race is reported:\n{err}")


def build(options, scratch, *settings):
    directory = os.path.join(scratch, "build")
    call(["cmake", "-S", os.path.join(os.path.dirname(__file__), "outside"),
          "-B", directory, "-G", "Ninja",
          f"-DCMAKE_CXX_COMPILER={options.cxx}",
          "-DCMAKE_BUILD_TYPE=RelWithDebInfo", *settings])
    return directory


def find_package(options, scratch, prefix):
    directory = build(options, scratch, f"-DCMAKE_PREFIX_PATH={prefix}")
    call(["ninja", "-C", directory, "app", "app.race"])
    out, err = call([os.path.join(directory, "app")])
    expect((out, err) == (GREETING, ""), f"app prints {out}{err}")
    check_race(*call([os.path.join(directory, "app.race")], wanted=66))
    # The variant is registered with CTest, and a race makes it fail.
    out, _ = call(["ctest", "-N"], directory=directory)
    expect("app.race" in out, f"no test app.race:\n{out}")
    call(["ctest"], wanted=8, directory=directory)
    # The race takes both files to be seen.
    out, _ = call(["ninja", "-C", directory, "app.check"], wanted=1)
    expect("greeting.cpp:9:" in out and "[chansan-race-shared-global]" in out,
           f"no finding:\n{out}")


def pkg_config(options, scratch, prefix):
    paths = [os.path.join(root, "pkgconfig")
             for root, names, _ in os.walk(prefix) if "pkgconfig" in names]
    environment = dict(os.environ, PKG_CONFIG_PATH=":".join(paths))

    def flags(module, what):
        return call(["pkg-config", what, module],
                    environment=environment)[0].split()

    sources = os.path.join(os.path.dirname(__file__), "outside")
    for module, status in (("csp", 0), ("csp-race", 66)):
        objects = []
        for name in ("main", "greeting"):
            objects.append(os.path.join(scratch, f"{module}-{name}.o"))
            call([options.cxx, "-std=c++20", f'-DGREETING="{GREETING[:-1]}"',
                  *flags(module, "--cflags"), "-c",
                  os.path.join(sources, name + ".cpp"), "-o", objects[-1]])
        program = os.path.join(scratch, module)
        call([options.cxx, *objects, *flags(module, "--libs"), "-o", program])
        out, err = call([program], wanted=status)
        if status == 66:
            check_race(out, err)
        else:
            expect((out, err) == (GREETING, ""), f"prints {out}{err}")


def installed_command(options, scratch, prefix):
    chansan = os.path.join(prefix, "bin", "chansan")
    sources = os.path.join(os.path.dirname(__file__), "outside")
    program = os.path.join(scratch, "by-command")
    words = [chansan, "cxx", f"--cxx={options.cxx}", "--verbose",
             f'-DGREETING="{GREETING[:-1]}"',
             os.path.join(sources, "main.cpp"),
             os.path.join(sources, "greeting.cpp"), "-o", program]
    _, commands = call(words)
    for place in ("include", "lib"):
        expect(os.path.join(prefix, place) in commands,
               f"{place} is not the installation's:\n{commands}")
    expect(call([program])[0] == GREETING, "wrong greeting")
    call(words + ["--race"])
    check_race(*call([program], wanted=66))
    listed, _ = call([chansan, "checks"])
    expect("race-shared-global" in listed, f"checks lists\n{listed}")
    page, _ = call([chansan, "checks", "race-shared-global"])
    expect(len(page.splitlines()) > 5, f"no page:\n{page}")


def installed(options, scratch):
    staged = os.path.join(scratch, "staged")
    call(["cmake", "--install", options.build, "--prefix", staged])
    # Nothing in it may depend on where it was put first.
    prefix = os.path.join(scratch, "moved")
    os.rename(staged, prefix)
    find_package(options, scratch, prefix)
    pkg_config(options, scratch, prefix)
    installed_command(options, scratch, prefix)


def subdirectory(options, scratch):
    directory = build(options, scratch,
                      f"-DCHANSAN_SUBDIRECTORY={options.source}")
    call(["ninja", "-C", directory, "app"])
    expect(call([os.path.join(directory, "app")])[0] == GREETING,
           "wrong greeting")
    # What is a subdirectory's own business stays there.
    out, _ = call(["ctest", "-N"], directory=directory)
    expect("Total Tests: 1" in out, f"tests of chansan's own:\n{out}")
    expect(not os.path.exists(os.path.join(directory, "chansan", "tool")),
           "the command is built though nobody asked for it")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--mode", required=True,
                        choices=["installed", "subdirectory"])
    parser.add_argument("--cxx", required=True)
    parser.add_argument("--build", help="the build tree of chansan")
    parser.add_argument("--source", help="the source tree of chansan")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="chansan-") as scratch:
        try:
            globals()[options.mode](options, scratch)
        except Failure as failure:
            print(failure, file=sys.stderr)
            return 1
    return 0


sys.exit(main())
