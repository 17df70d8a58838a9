"""Goroutines in gdb: `info goroutines`, `goroutine N COMMAND`.

It stands in the section .debug_gdb_scripts of every program that links csp.
gdb loads it by itself if the program lies below its `auto-load safe-path`.
Everything is read through the table csp_debug_layout, so that the runtime
needs no debug information; and from memory only, so that core files work.
"""

import gdb
import gdb.unwinder

_SAVED = ("rbx", "rbp", "r12", "r13", "r14", "r15", "rip")


def _memory(address, size):
    return bytes(gdb.selected_inferior().read_memory(address, size))


def _number(address, size=8, signed=False):
    return int.from_bytes(_memory(address, size), "little", signed=signed)


def _text(address):
    text = b""
    while b"\0" not in text:
        text += _memory(address + len(text), 1)
    return text[:-1].decode(errors="replace")


class _Layout:
    """The table that runtime/src/debug_layout.h describes."""

    VERSION = 1

    def __init__(self):
        try:
            table = int(gdb.parse_and_eval("(unsigned long)&csp_debug_layout"))
        except gdb.error:
            raise gdb.GdbError("This program does not use csp.")
        version, count = _number(table + 16, 4), _number(table + 20, 4)
        if version != self.VERSION:
            raise gdb.GdbError(
                f"The program's csp has layout {version}, this script reads"
                f" {self.VERSION}.")
        self._fields = {}
        fields = _number(table + 24)
        for at in range(fields, fields + 40 * count, 40):
            name = _memory(at, 32).split(b"\0")[0].decode()
            self._fields[name] = _number(at + 32, signed=True)
        self.scheduler = _number(table + 32)
        self._texts = {}
        for kind, at in (("wait_reason", 40), ("status", 48)):
            texts, address = [], _number(table + at)
            while text := _text(address):
                texts.append(text)
                address += len(text) + 1
            self._texts[kind] = texts

    def __getitem__(self, name):
        return self._fields[name]

    def get(self, name):
        return self._fields.get(name)

    def text(self, kind, value):
        texts = self._texts[kind]
        return texts[value] if value < len(texts) else f"{kind} {value}"


class _Goroutine:
    def __init__(self, layout, address):
        self._layout, self._address = layout, address
        self.id = self._member("id")
        self.creator = self._member("creator")
        self._status = self._member("status", 1)
        self.foreign = self._member("foreign", 1) != 0
        self.stack_low = self._member("stack_low")
        self.stack_high = self._member("stack_high")
        self.on_cpu = self._member("on_cpu", 4) != 0

    def _member(self, name, size=8):
        at = self._address + self._layout["goroutine." + name]
        return _number(at, size)

    @property
    def alive(self):
        dead = self._layout["status.dead"], self._layout["status.fresh"]
        return self._status not in dead

    @property
    def status(self):
        if self._status == self._layout["status.waiting"]:
            reason = self._member("wait_reason", 1)
            return self._layout.text("wait_reason", reason)
        return self._layout.text("status", self._status)

    @property
    def name(self):
        string, data = self._member("name"), self._layout.get("string.data")
        if string == 0 or data is None:
            return ""
        size = _number(string + self._layout["string.size"])
        text = _memory(_number(string + data), min(size, 256))
        return text.decode(errors="replace").replace("\n", " ")

    def saved_registers(self):
        """What a parked goroutine goes on with; None if it is not parked."""
        if self.foreign or self.on_cpu:
            return None
        sp = self._member("sp")
        registers = {
            name: _number(sp + self._layout["saved." + name])
            for name in _SAVED
        }
        registers["rsp"] = sp + self._layout["saved.size"]
        return registers

    def heading(self):
        name = f' "{self.name}"' if self.name else ""
        return f"goroutine {self.id} [{self.status}]{name}"


def _goroutines():
    layout = _Layout()
    scheduler = layout.scheduler
    addresses = [scheduler + layout["scheduler.main"]]
    slabs = scheduler + layout["scheduler.slabs"]
    for at in range(_number(slabs), _number(slabs + 8), 8):
        slab = _number(at)
        base = _number(slab + layout["slab.base"])
        slot_bytes = _number(slab + layout["slab.slot_bytes"])
        for slot in range(_number(slab + layout["slab.used"])):
            top = base + (slot + 1) * slot_bytes
            addresses.append(top - layout["stack.header_bytes"])
    foreign = _number(scheduler + layout["scheduler.foreign"])
    while foreign:
        addresses.append(foreign)
        foreign = _number(foreign + layout["goroutine.next"])
    found = (_Goroutine(layout, address) for address in addresses)
    return sorted((g for g in found if g.alive), key=lambda g: g.id)


class _Redirect(gdb.unwinder.Unwinder):
    """Lets a goroutine's stack follow the selected thread's innermost frame.

    Registers of a core file cannot be set, but what a frame was called from
    can be told: so every frame of the goroutine is one that gdb can select.
    """

    def __init__(self):
        super().__init__("csp goroutine")
        self._registers = None
        self._from = None

    def enter(self, registers):
        gdb.invalidate_cached_frames()
        frame = gdb.newest_frame()
        self._from = tuple(
            int(frame.read_register(name)) for name in ("rip", "rsp"))
        self._registers = registers
        gdb.invalidate_cached_frames()

    def leave(self):
        self._registers = None
        gdb.invalidate_cached_frames()

    def __call__(self, frame):
        if self._registers is None:
            return None
        rip, rsp = frame.read_register("rip"), frame.read_register("rsp")
        # Not read_register's for a register that is not known in the frame.
        if (int(rip), int(rsp)) != self._from:
            return None
        # A caller's frame must lie above its callee's.
        below = gdb.Value(self._registers["rsp"] - 16).cast(rsp.type)
        info = frame.create_unwind_info(_FrameId(below, rip))
        for name, value in self._registers.items():
            kind = frame.read_register(name).type
            if kind.code == gdb.TYPE_CODE_PTR:
                saved = gdb.Value(value).cast(kind)
            else:
                saved = gdb.Value(value - (value >> 63 << 64)).cast(kind)
            info.add_saved_register(name, saved)
        return info

    def first_frame(self):
        """The innermost frame of the goroutine."""
        frame = gdb.newest_frame()
        while frame and int(frame.read_register("rsp")) == self._from[1]:
            frame = frame.older()
        return frame


class _FrameId:
    def __init__(self, sp, pc):
        self.sp, self.pc = sp, pc


_redirect = _Redirect()
gdb.unwinder.register_unwinder(None, _redirect, replace=True)


class _Selected:
    """The stack of `goroutine` is the selected one; None: it has none here."""

    def __init__(self, goroutine):
        self._goroutine = goroutine

    def __enter__(self):
        self._thread = gdb.selected_thread()
        self._frame = gdb.selected_frame()
        registers = self._goroutine.saved_registers()
        if registers:
            _redirect.enter(registers)
            frame = _redirect.first_frame()
        else:
            frame = self._running_frame()
        if frame:
            frame.select()
        return frame

    def __exit__(self, *_):
        _redirect.leave()
        self._thread.switch()
        if self._frame.is_valid():
            self._frame.select()

    def _running_frame(self):
        for thread in gdb.selected_inferior().threads():
            thread.switch()
            frame = gdb.newest_frame()
            sp = int(frame.read_register("rsp"))
            if self._goroutine.stack_low <= sp < self._goroutine.stack_high:
                return frame
        return None


def _is_library(frame):
    name = frame.name() or ""
    return not name or name.startswith(("csp::", "csp_", "std::", "__"))


def _place(frame):
    """Where the innermost of the user's functions is."""
    shown = frame
    for _ in range(64):
        if frame is None:
            break
        if not _is_library(frame):
            shown = frame
            break
        frame = frame.older()
    line = shown.find_sal()
    where = f" at {line.symtab.filename}:{line.line}" if line.symtab else ""
    return f"{shown.name() or hex(shown.pc())}(){where}"


def _check_process():
    if gdb.selected_thread() is None:
        raise gdb.GdbError("There is no process and no core file.")


class InfoGoroutines(gdb.Command):
    """Every goroutine: number, what it waits for, and where it is.

info goroutines [WORD]
With a WORD, those whose status or name contains it."""

    def __init__(self):
        super().__init__("info goroutines", gdb.COMMAND_STATUS)

    def invoke(self, argument, from_tty):
        _check_process()
        for goroutine in _goroutines():
            heading = goroutine.heading()
            if argument and argument not in heading:
                continue
            with _Selected(goroutine) as frame:
                place = _place(frame) if frame else "on an OS thread"
            print(f"  {heading} {place}")


class GoroutineCommand(gdb.Command):
    """Run a gdb command in a goroutine.

goroutine N COMMAND...      in goroutine N
goroutine all COMMAND...    in each
Without a COMMAND it is `bt`. Frame numbers begin at 1 for a goroutine that
waits: 0 is the OS thread's own."""

    def __init__(self):
        super().__init__("goroutine", gdb.COMMAND_STACK)

    def invoke(self, argument, from_tty):
        _check_process()
        which, _, command = argument.strip().partition(" ")
        if not which:
            raise gdb.GdbError("Which goroutine? goroutine N|all COMMAND")
        goroutines = _goroutines()
        if which != "all":
            goroutines = [g for g in goroutines if str(g.id) == which]
            if not goroutines:
                raise gdb.GdbError(f"No goroutine {which}.")
        for goroutine in goroutines:
            self._run(goroutine, command.strip() or "bt")
            if which == "all":
                print()

    def _run(self, goroutine, command):
        print(goroutine.heading() + ":")
        with _Selected(goroutine) as frame:
            if frame is None:
                print("  its stack is not known: an OS thread's own")
                return
            level = frame.level()
            text = gdb.execute(command, to_string=True)
        if command.split()[0] in ("bt", "backtrace", "where"):
            # The frames before the goroutine's belong to the OS thread.
            lines = text.splitlines(keepends=True)
            start = [i for i, line in enumerate(lines)
                     if line.startswith(f"#{level} ")]
            text = "".join(lines[start[0]:]) if start else text
        gdb.write(text)


InfoGoroutines()
GoroutineCommand()
