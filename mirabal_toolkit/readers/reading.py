"""Files in, waves of an instrument out: the door of this room."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from mirabal_toolkit.core.candidates import Candidate, as_candidates
from mirabal_toolkit.core.data import Finding, WaveData
from mirabal_toolkit.core.frames import SealedFrame
from mirabal_toolkit.core.instrument import Instrument
from mirabal_toolkit.errors import InputError, UsageError
from mirabal_toolkit.readers.apply import apply_mapping
from mirabal_toolkit.readers.detect import Fit, detect_instrument, detect_versions
from mirabal_toolkit.readers.formats import read_tables
from mirabal_toolkit.readers.mapping import Mapping
from mirabal_toolkit.readers.mapping_file import read_mapping
from mirabal_toolkit.readers.noticed import find_noticed
from mirabal_toolkit.readers.options import ReadOptions
from mirabal_toolkit.readers.propose import propose
from mirabal_toolkit.readers.raw import RawTable, Variable
from mirabal_toolkit.readers.sniff import sniff
from mirabal_toolkit.readers.study import is_study, read_study


@dataclass(frozen=True)
class Import:
    """Waves that were read, the mapping by which (None for a study file), and the variables of each file."""

    waves: WaveData
    mapping: Mapping | None
    variables: tuple[tuple[Variable, ...], ...] = ()


#: The instrument data were collected with, or those from which to find it.
Instruments = Instrument | Sequence[Instrument | Candidate]


def read(
    paths: Sequence[Path],
    instruments: Instruments,
    *,
    mapping: Mapping | Path | None = None,
    wave: int | Sequence[int] | None = None,
    options: ReadOptions = ReadOptions(),  # noqa: B008  (frozen)
) -> WaveData:
    """Read one export (wide or long), one file a wave, or a study file.

    Parameters
    ----------
    paths : sequence of Path
    instruments : Instrument, or sequence of Instrument or Candidate
        The one it was collected with, or candidates from which to find it.
    mapping : Mapping or Path, optional
        Used exactly as it stands; proposed from names and labels when not given.
    wave : int or sequence of int, optional
        The wave of the file, or of each file, where neither names nor rows say it.
    options : ReadOptions

    Returns
    -------
    WaveData
        Rows as they are in the files: repeated people, impossible codes and ids as written are for
        cleaning to count and mend.

    Raises
    ------
    InputError
        If a file cannot be read, or ids, waves or the instrument are not recognised.
    """
    return read_with_mapping(paths, instruments, mapping=mapping, wave=wave, options=options).waves


def read_with_mapping(
    paths: Sequence[Path],
    instruments: Instruments,
    *,
    mapping: Mapping | Path | None = None,
    wave: int | Sequence[int] | None = None,
    options: ReadOptions = ReadOptions(),  # noqa: B008  (frozen)
) -> Import:
    """Read as `read` does, and return the mapping too, for `mirabal import` to write."""
    candidates = as_candidates(instruments)
    files = [Path(path) for path in paths]
    if not files:
        raise UsageError("no file was given", fix="name the export, e.g. waves.sav")
    if len(files) == 1 and _is_study(files[0], options):
        return Import(read_study(files[0], candidates), None)
    tables = [table for path in files for table in read_tables(path, options)]
    given = read_mapping(mapping) if isinstance(mapping, Path) else mapping
    instrument, said = _instrument_of(tables, candidates, given)
    imported = _imported(tables, instrument, given or propose(tables, instrument, _as_waves(wave)), said)
    _let_go(tables)
    return imported


def _let_go(tables: list[RawTable]) -> None:
    """Give the files as they were read back to the system: cleaning needs room, and Arrow would keep it."""
    tables.clear()
    pa.default_memory_pool().release_unused()


def _is_study(path: Path, options: ReadOptions) -> bool:
    return sniff(path, options.limits).kind == "parquet" and is_study(path)


def _imported(
    tables: Sequence[RawTable], instrument: Instrument, mapping: Mapping, said: tuple[Finding, ...]
) -> Import:
    rows = apply_mapping(tables, mapping, instrument)
    findings = (*said, *find_noticed(tables, mapping, rows, instrument))
    sources = tuple(table.source for table in tables)
    waves = WaveData(instrument, SealedFrame(rows.answers), SealedFrame(rows.reasons), sources, findings)
    return Import(waves, mapping, tuple(table.variables for table in tables))


def read_by_version(
    paths: Sequence[Path],
    instruments: Instruments,
    *,
    mapping: Mapping | Path | None = None,
    wave: int | Sequence[int] | None = None,
    options: ReadOptions = ReadOptions(),  # noqa: B008  (frozen)
) -> tuple[Import, ...]:
    """Read files that may have been collected with several versions of an instrument.

    Parameters are those of `read`; study files may be several, and stand beside exports.

    Returns
    -------
    tuple of Import
        One for each version, exports first; just one where all files are of the same version.

    Raises
    ------
    InputError
        As `read`.
    """
    candidates = as_candidates(instruments)
    files = [Path(path) for path in paths]
    studies = [path for path in files if _is_study(path, options)] if len(files) > 1 else []
    exports = [path for path in files if path not in studies]
    parts = [Import(read_study(path, candidates), None) for path in studies]
    if not exports:
        return tuple(parts)
    if mapping is not None or len(candidates) == 1 or len(exports) == 1:
        return (read_with_mapping(exports, candidates, mapping=mapping, wave=wave, options=options), *parts)
    tables = [table for path in exports for table in read_tables(path, options)]
    versions = tuple(_by_version(tables, detect_versions(tables, candidates), _as_waves(wave)))
    _let_go(tables)
    return (*versions, *parts)


def _by_version(tables: Sequence[RawTable], fits: Sequence[Fit], waves: tuple[int, ...]) -> Iterator[Import]:
    """Read the files of each version together."""
    for reference in dict.fromkeys(fit.instrument.reference for fit in fits):
        here = [place for place, fit in enumerate(fits) if fit.instrument.reference == reference]
        chosen = [tables[place] for place in here]
        numbers = tuple(waves[place] for place in here) if len(waves) == len(tables) else waves
        fit = fits[here[0]]
        yield _imported(chosen, fit.instrument, propose(chosen, fit.instrument, numbers), (detected(fit),))


def propose_mapping(
    paths: Sequence[Path],
    instruments: Instruments,
    *,
    wave: int | Sequence[int] | None = None,
    options: ReadOptions = ReadOptions(),  # noqa: B008  (frozen)
) -> Mapping:
    """Propose which variable is which item at which wave, with a confidence and a reason each.

    Parameters and errors are those of `read`.
    """
    candidates = as_candidates(instruments)
    tables = [table for path in paths for table in read_tables(Path(path), options)]
    instrument, _ = _instrument_of(tables, candidates, None)
    return propose(tables, instrument, _as_waves(wave))


def _as_waves(wave: int | Sequence[int] | None) -> tuple[int, ...]:
    if wave is None:
        return ()
    return (wave,) if isinstance(wave, int) else tuple(wave)


def _instrument_of(
    tables: Sequence[RawTable], candidates: Sequence[Candidate], mapping: Mapping | None
) -> tuple[Instrument, tuple[Finding, ...]]:
    """Return the instrument of the mapping, the only one there is, or the one that fits best."""
    if mapping is not None:
        for candidate in candidates:
            if candidate.reference == mapping.instrument:
                return candidate.load(), ()
        known = ", ".join(candidate.reference for candidate in candidates)
        raise InputError(
            f"the mapping is for {mapping.instrument}, which is not among: {known}",
            where="mapping",
            fix="leave --instrument out, or give a mapping made for it by `mirabal import`",
        )
    if len(candidates) == 1:
        return candidates[0].load(), ()
    fit = detect_instrument(tables, candidates)
    return fit.instrument, (detected(fit),)


def detected(fit: Fit) -> Finding:
    """Return the finding that says which instrument was recognised."""
    return Finding(
        "note",
        "instrument_detected",
        f"the files look like {fit.instrument.reference}: {fit.items_found:.0%} of its items are in them",
        advice="if that is wrong, say which: --instrument ID",
    )
