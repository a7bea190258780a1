"""What data were asked for, and how files become waves: the first step of every road.

Like `workflow`, this joins rooms and computes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from mirabal_toolkit.core.instrument import Instrument
from mirabal_toolkit.errors import UsageError
from mirabal_toolkit.instruments.harmonising import harmonise
from mirabal_toolkit.instruments.index import find_candidates

if TYPE_CHECKING:
    from mirabal_toolkit.protecting.sealing import Keyring
    from mirabal_toolkit.readers import Import


@dataclass(frozen=True, slots=True)
class DataRequest:
    """Which files to read, and how where they do not say it themselves.

    Parameters
    ----------
    files : tuple of Path
    instrument : str, Instrument or None
        Id, ``id@version``, path or the instrument itself; detected when None.
    mapping : Path or None
        A mapping file; proposed from names and labels when None.
    waves : tuple of int
        The wave of the file, or of each file.
    encoding : str or None
        Of texts in files that declare a wrong one.
    links : Path or None
        A links file: which ids somebody said to be one person's.
    strict : float or None
        Refuse what was recognised with less confidence than this, 0–1; take it, and say so, when None.
    sheets : tuple of str
        Sheets of workbooks, in the order of waves; found when empty.
    decimal, delimiter : str or None
        In text files: the sign before decimals, ``.`` or ``,``, and the sign between fields (``tab`` for tabs);
        found when None.
    keyring : Keyring or None
        What opens sealed files; they are refused when None.
    """

    files: tuple[Path, ...]
    instrument: str | Instrument | None = None
    mapping: Path | None = None
    waves: tuple[int, ...] = ()
    encoding: str | None = None
    links: Path | None = None
    strict: float | None = None
    sheets: tuple[str, ...] = ()
    decimal: Literal[".", ","] | None = None
    delimiter: str | None = None
    keyring: Keyring | None = None


def read_files(request: DataRequest, progress: Callable[[str], None] | None = None) -> Import:
    """Read what was asked for, with the mapping by which it was read."""
    from mirabal_toolkit.protecting.sealing import Keyring, opened
    from mirabal_toolkit.readers import ReadOptions, read_by_version

    options = ReadOptions(
        encoding=request.encoding,
        delimiter="\t" if request.delimiter == "tab" else request.delimiter,
        decimal=request.decimal,
        sheets=request.sheets,
        progress=progress,
    )
    candidates = find_candidates(request.instrument)
    with opened(request.files, request.keyring or Keyring()) as files:
        parts = read_by_version(files, candidates, mapping=request.mapping, wave=request.waves or None, options=options)
    for part in parts:
        if request.strict is not None and part.mapping is not None:
            part.mapping.refuse_doubts(request.strict)
    return parts[0] if len(parts) == 1 else _as_one_version(parts)


def links_beside(files: Sequence[Path]) -> Path | None:
    """Return the links file that lies beside a study file, as `mirabal import` writes it; None where there is none.

    Raises
    ------
    UsageError
        If several lie there: a woman joined in one of them would count twice by the other.
    """
    places = dict.fromkeys(file.with_suffix(".links.yaml") for file in files if file.suffix == ".parquet")
    found = [place for place in places if place.is_file()]
    if len(found) > 1:
        names = ", ".join(place.name for place in found)
        fix = "put their lines into one file, and give it: --links FILE"
        raise UsageError(f"{len(found)} links files lie beside the study files", where=names, fix=fix)
    return found[0] if found else None


def _as_one_version(parts: Sequence[Import]) -> Import:
    """Return data collected with several versions of an instrument as collected with the newest of them."""
    from mirabal_toolkit.protecting import fitting_together, protection_of
    from mirabal_toolkit.readers import Import

    fitting = fitting_together([part.waves for part in parts])
    waves = replace(harmonise(fitting), protection=protection_of(fitting))
    return Import(waves, None, tuple(variables for part in parts for variables in part.variables))
