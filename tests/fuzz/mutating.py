"""Spoil bytes as files are spoilt: bits turned, parts cut out, doubled, moved, signs with a meaning thrown in."""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

SECONDS_FOR_ONE = 60

#: What often breaks a reader of anything.
NUMBERS = (b"-1", b"0", b"1e309", b"NaN", b"Infinity", b"99999999999999999999", b"0x1f", b"1_000", b"1.10", b"\xd9\xa3")
SIGNS = (
    b"\x00",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\r",
    b"\r\n",
    b"\x1a",
    b"\xe2\x80\xae",
    b"\xed\xa0\x80",
    b"\xf0\x9f\x98\x80",
)


@dataclass(frozen=True)
class Target:
    """Something that reads what anybody may have written.

    Parameters
    ----------
    read : callable
        Takes the bytes and an empty folder; must return, or raise one of the toolkit's own errors. It fails
        with AssertionError where something was taken in silence that is not so.
    seeds : sequence of bytes
        Sound examples.
    tokens : sequence of bytes
        Words that mean something in this format.
    few : int
        Cases of the default run.
    """

    read: Callable[[bytes, Path], object]
    seeds: Sequence[bytes]
    tokens: Sequence[bytes]
    few: int


def cases(target: Target, seed: str) -> Iterator[bytes]:
    """Yield the sound examples, then spoilt ones without end; the same for the same seed."""
    yield from target.seeds
    draw = random.Random(seed)  # noqa: S311
    while True:
        data = bytearray(draw.choice(target.seeds))
        for _ in range(draw.choice((1, 1, 1, 2, 3, 8))):
            _spoil(data, draw, target)
        yield bytes(data)


def _spoil(data: bytearray, draw: random.Random, target: Target) -> None:
    start = draw.randint(0, len(data))
    end = min(len(data), start + draw.choice((0, 1, 1, 2, 8, 64, 1000)))
    part = bytes(data[start:end])
    other = draw.randint(0, len(data))
    word = draw.choice((draw.choice(target.tokens), draw.choice(NUMBERS), draw.choice(SIGNS)))
    match draw.randrange(8):
        case 0:
            if data:
                data[start % len(data)] ^= 1 << draw.randrange(8)
        case 1:
            del data[start:end]
        case 2:
            data[start:start] = part * draw.choice((1, 2, 50))
        case 3:
            data[start:end] = word
        case 4:
            data[other:other] = part
        case 5:
            data[start:start] = word * draw.choice((1, 1, 1, 60))
        case 6:
            del data[start:]
        case _:
            data[start:end] = draw.randbytes(end - start)


@contextmanager
def in_time() -> Iterator[None]:
    """Fail when one case takes as long as a user would call a hang."""

    def late(*_: object) -> None:
        raise AssertionError(f"took longer than {SECONDS_FOR_ONE} seconds")

    before = signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, SECONDS_FOR_ONE)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def enough(number: int, few: int, until: float | None) -> bool:
    """Say whether so many cases are enough: `few`, or as many as fit until a time."""
    return number >= few if until is None else time.monotonic() > until
