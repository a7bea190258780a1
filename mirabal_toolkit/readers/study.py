"""Study files: person-waves in Parquet, with missing reasons beside the answers and their history in the schema."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from mirabal_toolkit.core.candidates import Candidate, as_candidates
from mirabal_toolkit.core.data import KEYS, PERSON, WAVE, Bridge, CleanedData, Finding, Protection, Source, WaveData
from mirabal_toolkit.core.frames import SealedFrame
from mirabal_toolkit.core.instrument import Instrument
from mirabal_toolkit.core.missing import REASON_DTYPE
from mirabal_toolkit.errors import InputError
from mirabal_toolkit.readers.child import ChildAnswer, ChildRequest, DamagedError, run_child
from mirabal_toolkit.readers.limits import DEFAULT_LIMITS
from mirabal_toolkit.readers.mapping import Mapping
from mirabal_toolkit.readers.mapping_file import mapping_hash
from mirabal_toolkit.readers.sniff import cannot_open
from mirabal_toolkit.safekeeping.files import tidy, whole_file

#: Column of the missing reason of an item: its name and this.
MISSING_SUFFIX = "__missing"
#: How a person-wave ended, in files of cleaned data.
STATUS_COLUMN = "wave_status"

_KEY = b"mirabal"
_LONGEST_FOOTER = 16_000_000
_FORMAT = "1"
#: A study file may unpack to this, or to so many times its own size: answers repeat themselves.
_MOST_UNPACKED, _MOST_TIMES = 4_000_000_000, 200
#: The day that a date of 0 days since the first interview stands for, where a column must hold dates.
_START = np.datetime64("2000-01-01", "us")
_DAY = np.timedelta64(1, "D")


def write_study(data: WaveData | CleanedData, path: Path, *, mapping: Mapping | None = None) -> Path:
    """Write a study file; an existing one is replaced only once the new one is complete.

    Parameters
    ----------
    data : WaveData or CleanedData
    path : Path
        Should end in ``.parquet``.
    mapping : Mapping, optional
        By which it was read; its SHA-256 is recorded.

    Returns
    -------
    Path
        `path`.

    Raises
    ------
    InputError
        If the file cannot be written.
    """
    table = pa.Table.from_pandas(_in_days(_as_frame(data), data), preserve_index=False)
    history = json.dumps(_history(data, mapping)).encode()
    table = table.replace_schema_metadata({**(table.schema.metadata or {}), _KEY: history})
    with whole_file(path) as place:
        pq.write_table(table, place, compression="zstd")
    return path


def _as_frame(data: WaveData | CleanedData) -> pd.DataFrame:
    """Return keys, then each item with its missing reason beside it."""
    answers, reasons = data.answers.frame, data.reasons.frame
    columns: dict[str, pd.Series] = {}
    if isinstance(data, CleanedData):
        status = data.status.frame["status"].reset_index(drop=True)
        keys = answers.index.to_frame(index=False)
        answers, reasons = answers.reset_index(drop=True), reasons.reset_index(drop=True)
        columns |= {PERSON: keys[PERSON], WAVE: keys[WAVE], STATUS_COLUMN: status}
    else:
        columns |= {PERSON: answers[PERSON], WAVE: answers[WAVE]}
    for item in answers.columns:
        if item not in KEYS:
            columns[item] = answers[item]
            columns[f"{item}{MISSING_SUFFIX}"] = reasons[item].astype("str")
    return pd.DataFrame(columns)


def _in_days(frame: pd.DataFrame, data: WaveData | CleanedData) -> pd.DataFrame:
    """Return relative dates as whole numbers of days, so that nobody takes them for real ones."""
    named = data.protection.in_days if isinstance(data, WaveData) else ()
    days = {name: ((frame[name] - _START) / _DAY).round().astype("Int32") for name in named if name in frame}
    return frame.assign(**days)


def _history(data: WaveData | CleanedData, mapping: Mapping | None) -> dict[str, Any]:
    return {
        "format": _FORMAT,
        "instrument": data.instrument.id,
        "version": data.instrument.version,
        "instrument_fingerprint": data.instrument.fingerprint,
        "mapping_sha256": mapping_hash(mapping) if mapping is not None else "",
        "sources": [asdict(source) for source in data.sources],
        "findings": [asdict(finding) for finding in data.findings],
        "bridges": [asdict(bridge) for bridge in data.bridges],
        "cleaned": isinstance(data, CleanedData),
        **({"protection": asdict(data.protection)} if isinstance(data, WaveData) else {}),
    }


def study_history(path: Path) -> dict[str, Any]:
    """Return what a study file says about itself: instrument, version, mapping, sources, findings.

    Raises
    ------
    InputError
        If it is not a study file of this toolkit.
    """
    return _history_in(_asked(path, rows=False), path)


def _asked(path: Path, *, rows: bool) -> ChildAnswer:
    """Let a process of its own open the file: what says that it is a study file may have been made to do harm."""
    try:
        size = path.stat().st_size
        unpacked = min(_MOST_UNPACKED, max(DEFAULT_LIMITS.unpacked_bytes, _MOST_TIMES * size))
        limits = replace(DEFAULT_LIMITS, unpacked_bytes=unpacked, columns=2 * DEFAULT_LIMITS.columns)
        return run_child(ChildRequest(path, "study", {"rows": rows}), limits)
    except OSError as error:
        raise cannot_open(error, path) from None
    except DamagedError:
        raise _damaged(path) from None


def _history_in(answer: ChildAnswer, path: Path) -> dict[str, Any]:
    text = answer.meta.get("history", "")
    if not text:
        raise _no_study(path)
    try:
        history = json.loads(text)
    except ValueError:
        raise _damaged(path) from None
    if not isinstance(history, dict) or not {"instrument", "version", "sources", "findings"} <= history.keys():
        raise _no_study(path)
    return history


def study_table(path: Path) -> pa.Table:
    """Return a study file column by column as it stands, with what it says about itself, to be written anew.

    Raises
    ------
    InputError
        If it is damaged, or not a study file of this toolkit.
    """
    try:
        if not is_study(path):
            raise _no_study(path)
    except OSError as error:
        raise cannot_open(error, path) from None
    answer = _asked(path, rows=True)
    _history_in(answer, path)
    told = {key.encode("latin-1"): value.encode("latin-1") for key, value in answer.meta["metadata"].items()}
    return answer.table.rename_columns(answer.meta["column_names"]).replace_schema_metadata(told)


def study_protection(path: Path) -> Protection:
    """Return what was done to a study file so that it points to nobody; nothing where it is none of ours."""
    try:
        return _protection(study_history(path).get("protection", {}))
    except InputError:
        return Protection()


def is_study(path: Path) -> bool:
    """Tell whether a Parquet file was written by this toolkit, by the names at its end; nothing else of it is read."""
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(0, size - 8))
        length = int.from_bytes(file.read(4), "little")
        file.seek(max(0, size - 8 - min(length, _LONGEST_FOOTER)))
        return _KEY in file.read(_LONGEST_FOOTER)


def _no_study(path: Path) -> InputError:
    fix = "give what mirabal import wrote; in a raw export, change things with the program that made it"
    return InputError("this is not a study file of the toolkit", where=path.name, fix=fix)


def _damaged(path: Path) -> InputError:
    return InputError("the study file is damaged or cut short", where=path.name, fix="import the raw data again")


def read_study(path: Path, candidates: Sequence[Instrument | Candidate]) -> WaveData:
    """Read a study file.

    Parameters
    ----------
    path : Path
    candidates : sequence of Instrument or Candidate
        Among which is the instrument the file was written with.

    Raises
    ------
    InputError
        If it is damaged, not a study file, or its instrument is not among `candidates`.
    """
    tidy(path.absolute().parent)
    answer = _asked(path, rows=True)
    history = _history_in(answer, path)
    reference = f"{history['instrument']}@{history['version']}"
    instrument = next((one.load() for one in as_candidates(candidates) if one.reference == reference), None)
    if instrument is None:
        known = ", ".join(one.reference for one in candidates)
        raise InputError(
            f"the study is of {reference}, which is not among: {known}",
            where=path.name,
            fix="leave --instrument out: a study file knows its own",
        )
    try:
        frame = answer.table.rename_columns(answer.meta["column_names"]).to_pandas()
        items = [name for name in frame.columns if f"{name}{MISSING_SUFFIX}" in frame.columns]
        reasons = pd.DataFrame({item: frame[f"{item}{MISSING_SUFFIX}"].astype(REASON_DTYPE) for item in items})
        answers = frame[[*KEYS, *items]].astype({WAVE: "int64"})
        sources = tuple(Source(**source) for source in history["sources"])
        findings = tuple(Finding(**finding) for finding in history["findings"])
        bridges = tuple(_bridge(bridge) for bridge in history.get("bridges", ()))
        protection = _protection(history.get("protection", {}))
        answers = _in_dates(answers, protection.in_days)
    except (OSError, pa.ArrowException, ValueError, KeyError, TypeError):
        raise _damaged(path) from None
    return WaveData(instrument, SealedFrame(answers), SealedFrame(reasons), sources, findings, bridges, protection)


def _bridge(parts: dict[str, Any]) -> Bridge:
    """A bridge as JSON has it: lists for tuples."""
    whole: dict[str, Any] = {name: tuple(part) if isinstance(part, list) else part for name, part in parts.items()}
    return Bridge(**whole)


def _protection(parts: dict[str, Any]) -> Protection:
    partners, in_days, kept_out = (tuple(parts.get(name, ())) for name in ("partners", "in_days", "kept_out"))
    return Protection(str(parts.get("key_id", "")), partners, in_days, kept_out)


def _in_dates(answers: pd.DataFrame, in_days: Sequence[str]) -> pd.DataFrame:
    """Return days since the first interview as dates from 1 January 2000 on, as `_in_days` found them."""
    dates = {
        name: (_START + pd.to_timedelta(answers[name].astype("Int64"), unit="D")).astype("datetime64[us]")
        for name in in_days
        if name in answers
    }
    return answers.assign(**dates)
