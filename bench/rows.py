"""What scripts/bench measures: the rows of its table, in their order."""
import dataclasses
from typing import Optional


@dataclasses.dataclass(frozen=True)
class Row:
    name: str
    label: str
    target_1: Optional[float] = None  # our time by Go's, with one processor
    target_2: Optional[float] = None
    unit: str = "ns"
    per_unit: float = 1.0  # nanoseconds of one operation in a unit

    def target(self, processors):
        return self.target_1 if processors == 1 else self.target_2


def row(name, label, target=None, target_2=None, **rest):
    return Row(name, label, target, target if target_2 is None else target_2,
               **rest)


ROWS = [
    row("ping_pong", "unbuffered ping-pong, round trip", 0.35, 0.7),
    row("stream", "unbuffered one-way stream, item", 0.5),
    row("buffered", "buffered (128), one producer, one consumer, item", 0.6),
    row("many_to_many", "buffered (128), 8 producers, 8 consumers, item", 0.7),
    row("fan_in", "out to 8 workers and back in, buffered (64), item"),
    row("yield", "yield between two goroutines", 0.3),
    *(row(f"select_{cases}_{state}", f"select of {cases} {state} cases", 0.5)
      for state in ("ready", "blocked") for cases in (2, 4, 8)),
    row("mutex", "mutex, uncontended", 1.0),
    row("mutex_contended", "mutex, 8 goroutines", 0.8),
    row("mutex_yield", "mutex held across a yield, 8 goroutines", 0.8),
    row("ring", "ring of 10,000 goroutines, hop", 0.35),
    # An operation is one prime of 2,000.
    row("sieve", "prime sieve, 2,000 primes", 0.5, unit="ms",
        per_unit=1e6 / 2000),
    row("spawn_one", "spawn and join one", 0.35),
    row("spawn_batch", "spawn and join a batch of 1 M, each", 0.5),
    row("parked", "1 M parked, woken, ended, each", 0.7),
    # The longest sleep is 50 ms, which everybody waits for.
    row("sleepers", "100,000 sleepers of 1 to 50 ms, all", 0.8, unit="ms",
        per_unit=1e6 / 100_000),
    row("echo_1", "TCP echo on loopback, 1 connection", 0.8, unit="µs",
        per_unit=1e3),
    row("echo_64", "TCP echo on loopback, 64 connections", 0.8, unit="µs",
        per_unit=1e3),
]

MEMORY = "memory"  # no row: a table of its own
