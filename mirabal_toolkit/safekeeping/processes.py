"""Several processes that work for one: they end when it ends, however it ends, and are silent when it is stopped."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor
from contextvars import ContextVar
from importlib import import_module
from multiprocessing.connection import wait
from typing import TypeVar

from mirabal_toolkit.errors import MirabalError

Piece = TypeVar("Piece")
Found = TypeVar("Found")


#: The processes that work together now, if any do.
_NOW: ContextVar[ProcessPoolExecutor | None] = ContextVar("_NOW", default=None)


@contextlib.contextmanager
def together(jobs: int, modules: tuple[str, ...]) -> Iterator[None]:
    """Let all work inside the block be done by the same processes; they load at once, while this one goes on.

    Parameters
    ----------
    jobs : int
        How many; with 1 there are none beside this one.
    modules : tuple of str
        What their work will need.
    """
    if jobs <= 1:
        yield
        return
    served = _is_served(modules)
    with _pool(jobs, served=served) as pool:
        if not served:
            for _ in range(jobs):
                pool.submit(_load, modules)
        token = _NOW.set(pool)
        try:
            yield
        finally:
            _NOW.reset(token)


def in_processes(work: Callable[[Piece], Found], pieces: Iterable[Piece], jobs: int) -> Iterator[Found]:
    """Yield what `work` makes of each piece, in order, from so many processes; from this one where `jobs` is 1.

    Inside `together` they are the ones that are there.

    Raises
    ------
    MirabalError
        If a process was ended from outside, as systems do when memory runs out.
    """
    waiting = list(pieces)
    if min(jobs, len(waiting)) <= 1:
        yield from map(work, waiting)
    elif _NOW.get() is not None:
        yield from with_others(work, waiting)
    else:
        with _pool(min(jobs, len(waiting)), served=_is_served()) as pool:
            yield from _shared_out(pool, work, waiting)


def with_others(work: Callable[[Piece], Found], pieces: Iterable[Piece]) -> Iterator[Found]:
    """Yield what `work` makes of each piece, in order, from the processes of `together`; without, from this one.

    Raises
    ------
    MirabalError
        As `in_processes`.
    """
    pool = _NOW.get()
    return map(work, pieces) if pool is None else _shared_out(pool, work, pieces)


def _shared_out(pool: ProcessPoolExecutor, work: Callable[[Piece], Found], pieces: Iterable[Piece]) -> Iterator[Found]:
    try:
        yield from pool.map(work, pieces, chunksize=1)
    except BrokenExecutor:
        raise MirabalError(
            "one of the processes that compute was ended by the system, probably for lack of memory",
            fix="close other programs, or use one process: --jobs 1",
        ) from None


@contextlib.contextmanager
def _pool(jobs: int, *, served: bool) -> Iterator[ProcessPoolExecutor]:
    others = set(multiprocessing.active_children())
    # Never copies of this process, which may have threads.
    context = multiprocessing.get_context("forkserver" if served else "spawn")
    pool = ProcessPoolExecutor(jobs, mp_context=context, initializer=_end_with_parent)
    try:
        yield pool
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        for process in set(multiprocessing.active_children()) - others:
            process.kill()
        raise
    pool.shutdown()


def _is_served(modules: tuple[str, ...] = ()) -> bool:
    """Let one process load for all, and say whether it does: others are copies of it, and need not load themselves.

    Windows has no copies, and the libraries of macOS do not bear being copied. Where one runs already, it stays.
    """
    if sys.platform != "linux":
        return False
    from multiprocessing import forkserver

    forkserver.set_forkserver_preload(list(modules))
    # What Ctrl-C sends is for the process that all work for.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        forkserver.ensure_running()
    except OSError:  # it is reached by a file, and the folder for such files has too long a name, or may hold none
        return False
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    return True


def _load(modules: tuple[str, ...]) -> None:
    for name in modules:
        import_module(name)


def _end_with_parent() -> None:
    """Leave Ctrl-C to the parent, and watch for its end: it may be killed without a word."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_watch, args=(parent.sentinel,), daemon=True).start()


def _watch(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)
