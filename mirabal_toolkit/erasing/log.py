"""The record that somebody was removed: lines are only added, each with the hash of the one before."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mirabal_toolkit.errors import InputError

LOG_NAME = "removals.jsonl"
FIRST = "0" * 64


def next_line(log: Path, facts: Mapping[str, Any]) -> bytes:
    """Return the line to add; it names no person, and no file by its name.

    Raises
    ------
    InputError
        If the log was changed, so that nothing can be added to it honestly.
    """
    lines = read_log(log)
    before = hashlib.sha256(lines[-1]).hexdigest() if lines else FIRST
    when = dt.datetime.now(tz=dt.UTC).isoformat(timespec="seconds")
    return json.dumps({"when": when, "what": "a person was removed", **facts, "previous": before}).encode() + b"\n"


def read_log(log: Path) -> list[bytes]:
    """Return the lines of the log, none if there is no log yet.

    Raises
    ------
    InputError
        If a line was changed, moved or taken out.
    """
    lines = log.read_bytes().splitlines() if log.exists() else []
    before = FIRST
    for number, line in enumerate(lines, start=1):
        try:
            told = json.loads(line)["previous"]
        except (ValueError, KeyError, TypeError):
            told = ""
        if told != before:
            raise InputError(
                "the record of removals was changed after it was written",
                where=f"{log.name}, line {number}",
                fix="put back the copy from your backup; a new record can be begun by moving this one away",
            )
        before = hashlib.sha256(line).hexdigest()
    return lines


def add_line(log: Path, line: bytes) -> None:
    """Add a line; the log can be read by its owner only."""
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "ab") as file:
        file.write(line)
        file.flush()
        os.fsync(file.fileno())
