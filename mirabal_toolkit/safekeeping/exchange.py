"""Two folders that change places in one step, where the system can do that.

Linux has renameat2 with RENAME_EXCHANGE, macOS renamex_np with RENAME_SWAP; Python offers neither, so the C
library is asked. Where it cannot (Windows, some network disks), two renames do it, and `finish` mends what a
cut between them left.

References
----------
Linux manual page rename(2); macOS manual page renamex_np(2).
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import sys
from collections.abc import Callable
from pathlib import Path

_AT_FDCWD = -100
_EXCHANGE_LINUX = 2
_SWAP_MACOS = 2
#: What a system or a disk answers that cannot exchange.
_CANNOT = (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP)


def put_in_place(new: Path, place: Path) -> None:
    """Let the folder `new` take the place of `place`; what stood there goes to where `new` was, if anything did.

    Parameters
    ----------
    new : Path
        A finished folder beside `place`.
    place : Path
        May not exist yet.

    Raises
    ------
    OSError
        If the system refuses; both folders are then as they were.
    """
    if not place.exists():
        new.rename(place)
    elif not _exchange(new, place):
        _two_renames(new, place)


def _exchange(first: Path, second: Path) -> bool:
    """Exchange two folders in one step; False where the system cannot."""
    call = _system_call()
    if call is None:
        return False
    if call(os.fsencode(first.absolute()), os.fsencode(second.absolute())) == 0:
        return True
    code = ctypes.get_errno()
    if code in _CANNOT:
        return False
    raise OSError(code, os.strerror(code), str(second))


def _system_call() -> Callable[[bytes, bytes], int] | None:
    if sys.platform == "linux":
        with contextlib.suppress(AttributeError, OSError):
            rename = ctypes.CDLL(None, use_errno=True).renameat2
            rename.argtypes = (ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_uint)
            return lambda one, other: int(rename(_AT_FDCWD, one, _AT_FDCWD, other, _EXCHANGE_LINUX))
    if sys.platform == "darwin":
        with contextlib.suppress(AttributeError, OSError):
            swap = ctypes.CDLL(None, use_errno=True).renamex_np
            swap.argtypes = (ctypes.c_char_p, ctypes.c_char_p, ctypes.c_uint)
            return lambda one, other: int(swap(one, other, _SWAP_MACOS))
    return None


def set_aside(place: Path) -> Path:
    """Return where the old folder stands while two renames are needed."""
    return place.absolute().with_name(f".{place.absolute().name}.old")


def _two_renames(new: Path, place: Path) -> None:
    old = set_aside(place)
    place.rename(old)
    try:
        new.rename(place)
    except OSError:
        old.rename(place)
        raise
    old.rename(new)


def finish(place: Path) -> None:
    """Put back the old folder, if a run was cut off between the two renames.

    Raises
    ------
    OSError
        If the system refuses.
    """
    old = set_aside(place)
    if old.is_dir() and not place.exists():
        old.rename(place)
