"""How commands speak: data to stdout, messages to stderr, nothing that only a terminal can show elsewhere."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from mirabal_toolkit.workflow import Progress


@dataclass(frozen=True, slots=True)
class Voice:
    """What the user asked to hear.

    Parameters
    ----------
    as_json : bool
        Data as JSON on stdout.
    quiet : bool
        No messages, only data and errors.
    progress : bool
        Whether progress may be shown (it is only on a terminal).
    """

    as_json: bool = False
    quiet: bool = False
    progress: bool = True

    def say(self, text: str) -> None:
        """Print a message for people to stderr."""
        if not self.quiet:
            console(stderr=True).print(text, markup=False, highlight=False, soft_wrap=True)

    def data(self, table: RenderableType, as_json: Any) -> None:
        """Print data to stdout: `as_json` if JSON was asked for, else the table or text."""
        if self.as_json:
            sys.stdout.write(json.dumps(as_json, ensure_ascii=False, indent=2, allow_nan=False) + "\n")
        else:
            console().print(table, highlight=False, markup=False, soft_wrap=isinstance(table, str))

    @contextmanager
    def working(self) -> Iterator[Progress]:
        """Give a function that shows each step as it starts; silent when not on a terminal."""
        if self.quiet or not self.progress or not sys.stderr.isatty():
            yield _silent
            return
        from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

        columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
        with Progress(*columns, console=console(stderr=True), transient=True) as bar:
            task = bar.add_task("Starting", total=None)
            yield lambda text, done, total: bar.update(task, description=text, completed=done, total=total)


def _silent(text: str, done: int, total: int) -> None:
    """Show nothing."""


def console(*, stderr: bool = False) -> Console:
    """Return a console; without a terminal it is plain, and as wide as COLUMNS says, else 100 characters."""
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    return Console(stderr=stderr, width=None if stream.isatty() or "COLUMNS" in os.environ else 100)


def speak_utf8() -> None:
    """Write UTF-8 wherever the system would write something that cannot hold every sign (Windows pipes, LC_ALL=C)."""
    for stream in (sys.stdout, sys.stderr):
        encoding = (getattr(stream, "encoding", None) or "").lower().replace("-", "")
        if encoding != "utf8" and hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")


def print_error(error: Exception) -> None:
    """Print an error the user can mend; never a traceback, never a respondent's value."""
    sys.stderr.write(f"Error: {error}\n")
