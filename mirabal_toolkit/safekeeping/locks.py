"""One run at a time into one place: a lock that ends with the process that holds it, however that ends.

The operating system keeps it (flock; on Windows a locked byte), so no process that is dead can hold one, and
nobody has to guess from numbers of processes and their times of start.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from collections.abc import Iterator
from contextvars import ContextVar
from pathlib import Path

from mirabal_toolkit.errors import UsageError

#: What the system answers while somebody else holds the lock.
_HELD = (errno.EWOULDBLOCK, errno.EAGAIN, errno.EACCES, errno.EDEADLK)
#: What disks answer that know no locks (some network disks): work goes on without.
_NO_LOCKS = (errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOLCK, errno.ENOSYS, errno.EINVAL)

#: Places that this run holds already: a step of it may ask again. Another thread has none of them.
_OURS: ContextVar[frozenset[Path]] = ContextVar("places held by this run", default=frozenset())


def lock_file(place: Path) -> Path:
    """Return the file that is locked while something is written to `place`: hidden, beside it, empty."""
    whole = place.absolute()
    return whole.with_name(f".{whole.name}.lock")


@contextlib.contextmanager
def only_run(place: Path) -> Iterator[None]:
    """Hold the lock of a file or folder, so that nobody else writes to it at the same time.

    Parameters
    ----------
    place : Path
        Need not exist; the folder it stands in must.

    Raises
    ------
    UsageError
        If another run holds it.
    OSError
        If the lock file cannot be made.
    """
    path = lock_file(place)
    if path in _OURS.get():
        yield
        return
    held = _held(path, place)
    token = _OURS.set(_OURS.get() | {path})
    try:
        yield
    finally:
        _OURS.reset(token)
        # On Windows an open file cannot be removed; elsewhere removing it first leaves nobody a stale one.
        if sys.platform != "win32":
            path.unlink(missing_ok=True)
        os.close(held)
        if sys.platform == "win32":
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)


def _held(path: Path, place: Path) -> int:
    """Return the open lock file, locked; it is the one that stands there now, not one just removed."""
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            lock(descriptor)
        except OSError as error:
            os.close(descriptor)
            if error.errno not in _HELD:
                raise
            raise UsageError(
                f"another run is writing to {place.name} at this moment; nothing was changed",
                fix="wait until it has ended, or choose another place: --out",
            ) from None
        if _still_there(descriptor, path):
            return descriptor
        os.close(descriptor)


def _still_there(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False


def lock(descriptor: int) -> bool:
    """Take the lock of an open file, at once; False where the disk knows no locks.

    Raises
    ------
    OSError
        If somebody else holds it.
    """
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno not in _NO_LOCKS:
            raise
        return False
    return True


def unlock(descriptor: int) -> None:
    """Give the lock of an open file back; closing it does so too, but later on Windows."""
    with contextlib.suppress(OSError):
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_UN)
