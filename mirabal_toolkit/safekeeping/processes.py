"""Several processes that work for one: they end when it ends, however it ends, and are silent when it is stopped."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor
from multiprocessing.connection import wait
from typing import TypeVar

from mirabal_toolkit.errors import MirabalError

Piece = TypeVar("Piece")
Found = TypeVar("Found")


def in_processes(work: Callable[[Piece], Found], pieces: Iterable[Piece], jobs: int) -> Iterator[Found]:
    """Yield what `work` makes of each piece, in order, from so many processes; from this one where `jobs` is 1.

    Raises
    ------
    MirabalError
        If a process was ended from outside, as systems do when memory runs out.
    """
    waiting = list(pieces)
    if min(jobs, len(waiting)) <= 1:
        yield from map(work, waiting)
        return
    with _pool(min(jobs, len(waiting))) as pool:
        try:
            yield from pool.map(work, waiting, chunksize=1)
        except BrokenExecutor:
            raise MirabalError(
                "one of the processes that compute was ended by the system, probably for lack of memory",
                fix="close other programs, or use one process: --jobs 1",
            ) from None


@contextlib.contextmanager
def _pool(jobs: int) -> Iterator[ProcessPoolExecutor]:
    others = set(multiprocessing.active_children())
    # spawn, not fork: the parent may have threads, and Windows has nothing else.
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(jobs, mp_context=context, initializer=_end_with_parent)
    try:
        yield pool
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        for process in set(multiprocessing.active_children()) - others:
            process.kill()
        raise
    pool.shutdown()


def _end_with_parent() -> None:
    """Leave Ctrl-C to the parent, and watch for its end: it may be killed without a word."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_watch, args=(parent.sentinel,), daemon=True).start()


def _watch(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)
