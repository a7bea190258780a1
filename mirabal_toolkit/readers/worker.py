"""The program of the child process in which binary files are read; run by path, never imported.

It imports as little as it can, since its start is felt with every file. It takes a request (JSON)
on standard input and answers on standard output: one line of JSON about the variables, then the
rows as an Arrow stream, part by part, so that nothing touches the disk and the caller can count
along. Why it failed is told by its exit code alone: no text of the file ends in a message.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from typing import Any, BinaryIO

EXIT_MEMORY, EXIT_ENCODING, EXIT_DAMAGED, EXIT_INSTALLATION, EXIT_UNKNOWN_ENCODING = 13, 14, 15, 16, 17

#: Cells read at a time: some 100 MB of Python objects.
CELLS_AT_A_TIME = 3_000_000
#: Rows read first, before the number of variables is known.
FIRST_ROWS = 2_000

META = (
    "column_names",
    "column_labels",
    "file_encoding",
    "original_variable_types",
    "readstat_variable_types",
    "missing_ranges",
    "variable_measure",
    "file_label",
)


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


def load_libraries() -> None:
    """Load what reads files, and nothing it does not need."""
    sys.meta_path.insert(0, NoPandas)
    import pyarrow as pa  # noqa: F401
    import pyreadstat  # noqa: F401


def read_parts(request: dict[str, Any]) -> Any:
    """Yield (columns, metadata) part by part, from the first row to the last."""
    import pyreadstat

    function = getattr(pyreadstat, request["function"])
    start, rows = 0, FIRST_ROWS
    while True:
        columns, meta = function(
            request["path"], output_format="dict", row_offset=start, row_limit=rows, **request["arguments"]
        )
        if len(columns) != len(meta.column_names):
            sys.exit(EXIT_DAMAGED)  # two variables of one name: one would be lost without a word
        got = len(next(iter(columns.values()), ()))
        yield columns, meta
        if got < rows:
            return
        start += got
        rows = max(FIRST_ROWS, CELLS_AT_A_TIME // max(1, len(columns)))


def answer(request: dict[str, Any], out: BinaryIO) -> None:
    """Write metadata and rows to `out`."""
    import pyarrow as pa

    writer = None
    for columns, meta in read_parts(request):
        if writer is None:
            texts = [meta.readstat_variable_types.get(name) == "string" for name in columns]
            kinds = [pa.large_string() if text else pa.float64() for text in texts]
            schema = pa.schema([pa.field(str(place), kind) for place, kind in enumerate(kinds)])
            out.write(json.dumps(describe(meta), default=str).encode() + b"\n")
            writer = pa.ipc.new_stream(out, schema)
        arrays = [pa.array(values, kind) for values, kind in zip(columns.values(), kinds, strict=True)]
        writer.write_batch(pa.RecordBatch.from_arrays(arrays, schema=schema))
    if writer is not None:
        writer.close()
    out.flush()


def exit_code_of(error: Exception) -> int:
    """Return the exit code that tells why reading failed."""
    text = str(error).lower()
    if isinstance(error, MemoryError) or "allocate" in text:
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
        load_libraries()
    except ImportError:
        return EXIT_INSTALLATION
    limit_resources(request["memory"], request["seconds"])  # after loading: that is ours, what follows is the file's
    try:
        answer(request, out)
    except Exception as error:  # noqa: BLE001  (whatever it is, the caller learns the kind, not the text)
        return exit_code_of(error)
    return 0


if __name__ == "__main__":
    os._exit(main())  # at once: no destructors over a memory that may be damaged
