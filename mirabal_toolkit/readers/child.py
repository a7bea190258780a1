"""Run the binary reader in a process of its own, so that a damaged file is a message and not a crash.

One changed byte can make the C library behind it crash, run without end or ask for gigabytes; no
``except`` catches that. The child has limits of memory and time, writes nothing to disk, and hands
its rows over through a pipe.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa

from mirabal_toolkit.errors import InputError, MirabalError
from mirabal_toolkit.readers import worker
from mirabal_toolkit.readers.limits import DEFAULT_LIMITS, ReadLimits
from mirabal_toolkit.readers.options import Progress
from mirabal_toolkit.readers.refusals import refusal

_LONGEST_DESCRIPTION = 64_000_000
_THREADS = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "ARROW_DEFAULT_MEMORY_POOL": "system"}
_EXPORT_AGAIN = "export it again, and compare the size of the file with that of the original"


class EncodingError(InputError):
    """The text of a file does not fit the encoding it was read with."""


class DamagedError(InputError):
    """The content of a file makes no sense."""


class UnknownEncodingError(InputError):
    """There is no encoding of that name."""


class _Gone(Exception):  # noqa: N818  (internal signal; the exit code of the child says why)
    """The pipe or what came through it is broken: the child has ended."""


@contextlib.contextmanager
def _from_child() -> Iterator[None]:
    """Take what goes wrong inside for the end of the child: not what goes wrong where progress is told."""
    try:
        yield
    except (pa.ArrowException, EOFError, OSError, json.JSONDecodeError):
        raise _Gone from None


@dataclass(frozen=True, slots=True)
class ChildRequest:
    """What the child shall do: read `path` by a function of pyreadstat, or a program beside the worker."""

    path: Path
    function: str
    arguments: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ChildAnswer:
    """What it handed over: rows (columns are named by position) and the metadata."""

    table: pa.Table
    meta: dict[str, Any]


@dataclass(slots=True)
class _Child:
    """A running child and why it was stopped, if it was."""

    process: subprocess.Popen[bytes]
    answer: BinaryIO
    timed_out: bool = False

    def stop(self) -> None:
        self.timed_out = True
        self.process.kill()


def run_child(
    request: ChildRequest, limits: ReadLimits = DEFAULT_LIMITS, progress: Progress | None = None
) -> ChildAnswer:
    """Read a file in a child process.

    Parameters
    ----------
    request : ChildRequest
    limits : ReadLimits
    progress : callable, optional
        Is told how many rows have come.

    Raises
    ------
    EncodingError
        If the text does not fit the encoding.
    InputError
        If the child died, ran out of memory or time, or the file holds more than is allowed.
    """
    with _started(request, limits) as child:
        answer = None
        with contextlib.suppress(_Gone):
            meta = _description(child.answer, request.path, limits)
            answer = ChildAnswer(_rows(child.answer, request.path, limits, progress), meta)
        code = child.process.wait()
        if answer is None or code != 0:
            raise _explain(code, request.path, child.timed_out)
    return answer


@contextlib.contextmanager
def _started(request: ChildRequest, limits: ReadLimits) -> Iterator[_Child]:
    """Start the child, watch its clock, and see to it that it is gone afterwards."""
    seconds = limits.seconds_for(request.path.stat().st_size)
    # -P keeps the folder of the program off the import path. The request goes through a pipe:
    # others on the machine can see a command line, and names of files can name people.
    process = subprocess.Popen(  # noqa: S603  (our own program and arguments)
        [sys.executable, "-P", worker.__file__],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=os.environ | _THREADS,
    )
    with process:
        if process.stdin is None or process.stdout is None:
            raise MirabalError("the reading process could not be started")
        child = _Child(process, process.stdout)  # type: ignore[arg-type]
        clock = threading.Timer(2 * seconds, child.stop)
        clock.daemon = True
        clock.start()
        try:
            with contextlib.suppress(BrokenPipeError):
                process.stdin.write(_as_json(request, limits, seconds))
                process.stdin.close()
            yield child
        finally:
            clock.cancel()
            process.kill()


def _as_json(request: ChildRequest, limits: ReadLimits, seconds: float) -> bytes:
    asked = {
        "path": str(request.path.absolute()),
        "function": request.function,
        "arguments": dict(request.arguments),
        "memory": limits.memory_bytes,
        "unpacked": limits.unpacked_bytes,
        "columns": limits.columns,
        "seconds": seconds,
    }
    return json.dumps(asked).encode()


def _description(answer: BinaryIO, path: Path, limits: ReadLimits) -> dict[str, Any]:
    with _from_child():
        line = answer.readline(_LONGEST_DESCRIPTION)
        if not line.endswith(b"\n"):
            raise EOFError
        meta: dict[str, Any] = json.loads(line)
    if "refused" in meta:
        raise refusal(meta, path.name)
    columns = len(meta["column_names"])
    if columns > limits.columns:
        raise InputError(
            f"the file holds {columns:,} variables; at most {limits.columns:,} are read",
            where=path.name,
            fix="export only the variables of the questionnaire",
        )
    return meta


def _rows(answer: BinaryIO, path: Path, limits: ReadLimits, progress: Progress | None) -> pa.Table:
    """Collect the parts as they come, and stop when they grow beyond the limit."""
    parts, size, rows = [], 0, 0
    with _from_child():
        stream = pa.ipc.open_stream(answer)
    for part in _parts(stream):
        size, rows = size + part.nbytes, rows + part.num_rows
        if size > limits.unpacked_bytes:
            raise InputError(
                f"the file unpacks to more than {limits.unpacked_bytes // 1_000_000:,} MB",
                where=path.name,
                fix="export only the variables of the questionnaire, or split the file",
            )
        parts.append(part)
        if progress is not None and rows:
            progress(f"Reading: {rows:,} rows")
    with _from_child():
        return pa.Table.from_batches(parts, schema=stream.schema)


def _parts(stream: pa.RecordBatchStreamReader) -> Iterator[pa.RecordBatch]:
    with _from_child(), stream:
        for part in stream:
            yield _apart(part)


def _apart(part: pa.RecordBatch) -> pa.RecordBatch:
    """Copy each column into memory of its own.

    A part comes as one piece of memory, which any column still in use would keep whole: ids outlive all others.
    """
    columns = [pa.concat_arrays([column, column.slice(0, 0)]) for column in part.columns]
    return pa.RecordBatch.from_arrays(columns, schema=part.schema)


def _explain(code: int, path: Path, timed_out: bool) -> MirabalError:
    """Return the error that fits the end of the child."""
    where = path.name
    if timed_out or code == -getattr(signal, "SIGXCPU", 10_000):
        return InputError("the file took too long to read; it is probably damaged", where=where, fix=_EXPORT_AGAIN)
    if code == worker.EXIT_ENCODING:
        return EncodingError("the file holds text that does not fit its encoding", where=where)
    if code == worker.EXIT_UNKNOWN_ENCODING:
        return UnknownEncodingError(
            "the file cannot be read with this encoding: there is none of that name", where=where
        )
    if code == worker.EXIT_MEMORY:
        return InputError(
            "the file asks for more memory than its size can explain; it is probably damaged",
            where=where,
            fix=_EXPORT_AGAIN,
        )
    if code == worker.EXIT_INSTALLATION:
        return MirabalError(
            "the packages that read such files cannot be loaded",
            fix="install the toolkit again: python -m pip install --force-reinstall mirabal-toolkit",
        )
    return damaged(path)


def damaged(path: Path) -> DamagedError:
    """Return the error for a file whose content makes no sense."""
    return DamagedError("the file is damaged or cut short, and cannot be read", where=path.name, fix=_EXPORT_AGAIN)
