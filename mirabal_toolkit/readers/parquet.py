"""Parquet files that other programs wrote; study files of this toolkit are read by `study`."""

from __future__ import annotations

from mirabal_toolkit.core.data import Finding
from mirabal_toolkit.core.frames import SealedFrame
from mirabal_toolkit.readers.child import ChildRequest, run_child
from mirabal_toolkit.readers.described import label_warnings, to_frame, variables_of
from mirabal_toolkit.readers.options import ReadOptions
from mirabal_toolkit.readers.raw import RawTable
from mirabal_toolkit.readers.sniff import SniffedFile, check_unchanged, sha256_of


def read_parquet(
    file: SniffedFile,
    options: ReadOptions = ReadOptions(),  # noqa: B008  (frozen)
) -> tuple[RawTable, ...]:
    """Read a Parquet file of another program: numbers, texts, dates; categories as their texts.

    Parameters
    ----------
    file : SniffedFile
        Of kind ``parquet``.
    options : ReadOptions

    Raises
    ------
    InputError
        If the file is damaged, too large, or a column holds lists or tables.
    """
    sha256 = sha256_of(file.path)
    answer = run_child(ChildRequest(file.path, "parquet"), options.limits, options.progress)
    check_unchanged(file)
    variables = variables_of(answer.meta, file)
    said = Finding(
        "note",
        "format_loses",
        f"{file.path.name}: Parquet files keep no labels and no missing codes",
        advice="check in the mapping that codes are read as you mean them",
    )
    frame = to_frame(answer.table, [variable.name for variable in variables])
    warnings = (said, *label_warnings(variables))
    return (RawTable(SealedFrame(frame), variables, "UTF-8", sha256, file.kind, file.path.name, warnings),)
