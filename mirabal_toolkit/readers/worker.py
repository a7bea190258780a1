"""The program of the child process in which untrusted files are read; run by path, never imported.

It imports as little as it can, since its start is felt with every file. It takes a request (JSON)
on standard input and answers on standard output: one line of JSON about the variables, then the
rows as an Arrow stream, part by part, so that nothing touches the disk and the caller can count
along. Why it failed is told by its exit code, or by the name of a reason and a place: no text of
the file ends in a message.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

EXIT_MEMORY, EXIT_ENCODING, EXIT_DAMAGED, EXIT_INSTALLATION, EXIT_UNKNOWN_ENCODING = 13, 14, 15, 16, 17

#: Cells read at a time: some 100 MB of Python objects.
CELLS_AT_A_TIME = 3_000_000
#: Rows read first, before the number of variables is known.
FIRST_ROWS = 2_000

#: Files beside this one that read a kind of file; other functions are those of pyreadstat.
PROGRAMS = {
    "workbook": "worker_workbook.py",
    "parquet": "worker_parquet.py",
    "stata": "worker_stata.py",
    "study": "worker_study.py",
}
#: Those that need pandas.
NEED_PANDAS = frozenset({"stata"})

META = (
    "column_names",
    "column_labels",
    "file_encoding",
    "original_variable_types",
    "readstat_variable_types",
    "missing_ranges",
    "variable_measure",
    "variable_storage_width",
    "file_label",
    "number_rows",
)


class Refused(Exception):  # noqa: N818  (a decision, not a failure)
    """Reading is refused for a reason that has a name, at a place that can be told."""

    def __init__(self, why: str, at: str = "") -> None:
        super().__init__(why)
        self.told = {"refused": why, "at": at}


class NoPandas:
    """Keeps pandas out: pyarrow loads it only to ask whether it is given a pandas object, for half a second."""

    @staticmethod
    def find_spec(name: str, path: Any = None, target: Any = None) -> None:  # noqa: ARG004  (the import protocol)
        """Refuse pandas, leave everything else to the other finders."""
        if name == "pandas":
            raise ModuleNotFoundError(name)


def limit_resources(memory: int, seconds: float) -> None:
    """Hold this process to `memory` bytes and `seconds` of computing, where the system can."""
    try:
        import resource
    except ImportError:  # Windows has no such limits; the caller watches the clock
        return
    wanted = {"RLIMIT_AS": memory, "RLIMIT_CPU": int(seconds) + 1, "RLIMIT_CORE": 0, "RLIMIT_FSIZE": 0}
    for name, value in wanted.items():
        with contextlib.suppress(ValueError, OSError):
            hard = resource.getrlimit(getattr(resource, name))[1]
            most = value if hard == resource.RLIM_INFINITY else min(value, hard)
            resource.setrlimit(getattr(resource, name), (most, most))


def describe(meta: Any) -> dict[str, Any]:
    """Return what JSON can hold of pyreadstat's metadata; value labels as pairs, since keys are numbers."""
    told = {name: getattr(meta, name, None) for name in META}
    told["value_labels"] = {name: list(labels.items()) for name, labels in meta.variable_value_labels.items()}
    told["mr_sets"] = {
        name: list(entry.get("variable_list", [])) for name, entry in (getattr(meta, "mr_sets", None) or {}).items()
    }
    return told


def sibling(name: str) -> Any:
    """Load a file beside this one, by its path."""
    path = Path(__file__).with_name(name)
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise ImportError(name)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def load_libraries(function: str) -> Any:
    """Load what reads this kind of file and nothing it does not need; return the function that yields the parts."""
    if function not in NEED_PANDAS:
        sys.meta_path.insert(0, NoPandas)
    import pyarrow as pa  # noqa: F401

    if function in PROGRAMS:
        return sibling(PROGRAMS[function]).parts
    import pyreadstat  # noqa: F401

    return statistics_parts


def read_statistics(request: dict[str, Any], function: str) -> Iterator[tuple[dict[str, list[Any]], Any]]:
    """Yield (columns, metadata) part by part, from the first row to the last, by a function of pyreadstat."""
    import pyreadstat

    read = getattr(pyreadstat, function)
    start, rows = 0, FIRST_ROWS
    while True:
        columns, meta = read(
            request["path"], output_format="dict", row_offset=start, row_limit=rows, **request["arguments"]
        )
        if len(columns) != len(meta.column_names):
            sys.exit(EXIT_DAMAGED)  # two variables of one name: one would be lost without a word
        got = len(next(iter(columns.values()), ()))
        width = len(columns)
        yield columns, meta
        columns.clear()  # so that no part is held while the next is read
        if got < rows:
            return
        start += got
        rows = max(FIRST_ROWS, CELLS_AT_A_TIME // max(1, width))


def statistics_parts(request: dict[str, Any], function: str = "") -> Iterator[Any]:
    """Yield (description, schema), then lists of arrays, of a file that pyreadstat reads."""
    import pyarrow as pa

    kinds: list[Any] = []
    for columns, meta in read_statistics(request, function or request["function"]):
        if not kinds:
            texts = [meta.readstat_variable_types.get(name) == "string" for name in columns]
            kinds = [pa.large_string() if text else pa.float64() for text in texts]
            yield describe(meta), pa.schema([pa.field(str(place), kind) for place, kind in enumerate(kinds)])
        # each list is let go once it is an array
        yield [as_array(columns.pop(name), kind) for name, kind in zip(tuple(columns), kinds, strict=True)]


def as_array(values: list[Any], kind: Any) -> Any:
    """Return an Arrow array; letters among numbers are missing codes, kept as Stata keeps them."""
    import pyarrow as pa

    try:
        return pa.array(values, kind)
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        if kind != pa.float64():
            raise
        return pa.array([special(value) if isinstance(value, str) else value for value in values], kind)


def special(letter: str) -> float:
    """Return the number that stands for a missing code; the same as `raw.special_number`."""
    return float(2.0**1023 * (1 + (1 + "abcdefghijklmnopqrstuvwxyz_".index(letter.lower())) / 4096))


def answer(parts: Any, request: dict[str, Any], out: BinaryIO) -> None:
    """Write description and rows to `out`."""
    import pyarrow as pa

    coming = parts(request)
    try:
        description, schema = next(coming)
    except Exception as error:
        told = getattr(error, "told", None)
        if told is None:
            raise
        out.write(json.dumps(told).encode() + b"\n")
        out.flush()
        return
    out.write(json.dumps(description, default=str).encode() + b"\n")
    with pa.ipc.new_stream(out, schema) as writer:
        for arrays in coming:
            writer.write_batch(pa.RecordBatch.from_arrays(arrays, schema=schema))
            arrays.clear()
    out.flush()


def exit_code_of(error: Exception) -> int:
    """Return the exit code that tells why reading failed."""
    text = str(error).lower()
    if isinstance(error, MemoryError) or "allocate" in text or "malloc" in text:
        return EXIT_MEMORY
    if isinstance(error, UnicodeError) or "invalid byte sequence" in text or "convert string" in text:
        return EXIT_ENCODING
    if "unsupported" in text and "character set" in text:
        return EXIT_UNKNOWN_ENCODING
    return EXIT_DAMAGED


def main() -> int:
    """Serve one request."""
    request = json.load(sys.stdin)
    # What a library might print goes nowhere: standard output belongs to the answer.
    out = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    try:
        parts = load_libraries(request["function"])
    except ImportError:
        return EXIT_INSTALLATION
    limit_resources(request["memory"], request["seconds"])  # after loading: that is ours, what follows is the file's
    try:
        answer(parts, request, out)
    except Exception as error:  # noqa: BLE001  (whatever it is, the caller learns the kind, not the text)
        return exit_code_of(error)
    return 0


if __name__ == "__main__":
    os._exit(main())  # at once: no destructors over a memory that may be damaged
