"""Which function reads which kind of file. A new format is one new file and one line here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from mirabal_toolkit.errors import InputError
from mirabal_toolkit.readers.child import Progress
from mirabal_toolkit.readers.limits import DEFAULT_LIMITS, ReadLimits
from mirabal_toolkit.readers.raw import RawTable
from mirabal_toolkit.readers.sniff import KINDS, SniffedFile, sniff
from mirabal_toolkit.readers.spss import read_spss


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How files are read.

    Parameters
    ----------
    encoding : str or None
        Of the text in the files, where they do not declare the right one.
    limits : ReadLimits
        How much a file may ask for.
    progress : callable or None
        Is told, in words, how far reading has come.
    """

    encoding: str | None = None
    limits: ReadLimits = DEFAULT_LIMITS
    progress: Progress | None = None


class Reader(Protocol):
    """What a format provides: read a file of its kind into a `RawTable`."""

    def __call__(
        self, file: SniffedFile, *, encoding: str | None, limits: ReadLimits, progress: Progress | None
    ) -> RawTable:
        """Read a file."""


#: Kind of file, as `sniff` tells it → its reader.
READERS: Mapping[str, Reader] = {"sav": read_spss, "zsav": read_spss}


def read_table(path: Path, options: ReadOptions = ReadOptions()) -> RawTable:
    """Read one file of any known kind.

    Raises
    ------
    InputError
        If it cannot be opened, is of another kind, or is damaged.
    """
    file = sniff(path, options.limits)
    reader = READERS.get(file.kind)
    if reader is None:
        raise InputError(_not_readable(file), where=path.name, fix=_what_to_do(file.kind))
    return reader(file, encoding=options.encoding, limits=options.limits, progress=options.progress)


def _not_readable(file: SniffedFile) -> str:
    ending = file.path.suffix.lower()
    if ending in (".sav", ".zsav"):
        return f"the file is named {ending}, but it is {KINDS[file.kind]}"
    return f"this is {KINDS[file.kind]}, which cannot be read yet"


def _what_to_do(kind: str) -> str:
    if kind == "sav_encrypted":
        return "open it in SPSS with its password, and save it without one in a safe place"
    if kind == "parquet":
        return "study files are given alone: mirabal analyse STUDY.parquet"
    return "open it in the program that made it, and save it as an SPSS file (.sav)"
