"""The record that somebody was removed: lines are only added, each with the hash of the one before."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mirabal_toolkit.errors import InputError
from mirabal_toolkit.safekeeping.files import whole_file

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
    """Add a line; the log can be read by its owner only.

    Raises
    ------
    InputError
        If it cannot be written; it is then as it was.
    """
    before = log.read_bytes() if log.exists() else b""
    with whole_file(log) as place:
        place.write_bytes(before + line)
