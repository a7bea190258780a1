"""Ways in which a run ends early, each with a plain message: stopped by the user or the system, or out of memory."""

from __future__ import annotations

import contextlib
import signal
import sys
from types import FrameType
from typing import NoReturn

STOPPED_EXIT = 130
STOPPED = "Stopped. Nothing that existed was changed.\n"
GO_ON = "Stopped. Nothing that existed was changed. To go on from here: the same command with --resume.\n"
NO_MEMORY = (
    "Error: this computer has too little free memory for this. Nothing that existed was changed.\n"
    "  to mend it: close other programs, use one process (--jobs 1), or a computer with more memory\n"
)
GO_ON_THERE = "  To go on from here: the same command with --resume.\n"


def stop_gently() -> None:
    """Let the end of the session, or a polite kill, be what Ctrl-C is: temporary files are removed before the end."""
    for name in ("SIGTERM", "SIGHUP", "SIGBREAK"):
        number = getattr(signal, name, None)
        if number is not None:
            with contextlib.suppress(ValueError, OSError):  # not in the main thread, or not on this system
                signal.signal(number, _stop)


def _stop(_number: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


def say_stopped() -> int:
    """Tell that the run was stopped; return the exit code."""
    from mirabal_toolkit.safekeeping.finished import was_keeping

    sys.stderr.write(GO_ON if was_keeping() else STOPPED)
    return STOPPED_EXIT


def say_no_memory() -> int:
    """Tell that memory ran out; return the exit code."""
    from mirabal_toolkit.safekeeping.finished import was_keeping

    sys.stderr.write(NO_MEMORY + (GO_ON_THERE if was_keeping() else ""))
    return 1
