"""Open what a report was written from, as the report was given it: no data and no models are needed.

The report itself is always written from what is opened here, so writing it again gives the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from mirabal_toolkit.core.data import Source
from mirabal_toolkit.core.frames import SealedFrame
from mirabal_toolkit.core.instrument import Instrument
from mirabal_toolkit.core.plain import from_plain
from mirabal_toolkit.core.plan import AnalysisPlan
from mirabal_toolkit.core.results import (
    Decision,
    DisclosureProfile,
    Output,
    PastRelease,
    ReleasableResults,
    estimates_frame,
)
from mirabal_toolkit.errors import InputError, MirabalError
from mirabal_toolkit.reporting.records import AUDIT, FLOW, REGISTER, RESULTS, SCHEMA_VERSION, STUDY
from mirabal_toolkit.safekeeping.manifest import read_manifest

NEEDED = (RESULTS, FLOW, AUDIT, REGISTER, STUDY)

_AGAIN = "write the report again from the data: mirabal analyse"
_COUNTS = ("before", "after", "changed", "count")


def open_folder(folder: Path) -> ReleasableResults:
    """Return what the report in `folder` was written from.

    Parameters
    ----------
    folder : Path
        As `mirabal analyse` wrote it.

    Raises
    ------
    InputError
        If it is not such a folder, or one of the files needed is missing, was changed, or is of a newer version.
    """
    digests = read_manifest(folder)["outputs"]
    files = {}
    for name in NEEDED:
        files[name] = _content(folder, name)
        if digests.get(name) != hashlib.sha256(files[name]).hexdigest():
            raise InputError("a file was changed after the toolkit wrote it", where=f"{folder.name}/{name}", fix=_AGAIN)
    return read_records(files)


def _content(folder: Path, name: str) -> bytes:
    try:
        return (folder / name).read_bytes()
    except OSError:
        text = f"{folder} is not a complete report of this version of the toolkit: {name} is missing or cannot be read"
        raise InputError(text, fix=f"name the folder that `mirabal analyse` wrote, or {_AGAIN}") from None


def read_records(files: Mapping[str, bytes]) -> ReleasableResults:
    """Return the results that `record_files` wrote.

    Parameters
    ----------
    files : mapping
        File name → content, of every file in `NEEDED`.

    Raises
    ------
    InputError
        If a file is not of the toolkit, or of a newer version of it.
    """
    parsed = {name: _parsed(name, files[name]) for name in NEEDED}
    try:
        return _results(parsed)
    except (KeyError, TypeError, ValueError, AttributeError, MirabalError):
        raise InputError("the files of the report do not hold what they should", where=RESULTS, fix=_AGAIN) from None


def _parsed(name: str, content: bytes) -> dict[str, Any]:
    try:
        parsed = json.loads(content)
    except (ValueError, RecursionError):
        raise InputError("a file of the report cannot be read", where=name, fix=_AGAIN) from None
    if not isinstance(parsed, dict) or not isinstance(parsed.get("schema"), int):
        raise InputError("a file of the report is not of the toolkit", where=name, fix=_AGAIN)
    if parsed["schema"] > SCHEMA_VERSION:
        raise InputError("a newer toolkit wrote this report", where=name, fix="bring the toolkit up to date")
    return parsed


def _results(parsed: Mapping[str, dict[str, Any]]) -> ReleasableResults:
    results, study, register, audit = (parsed[name] for name in (RESULTS, STUDY, REGISTER, AUDIT))
    return ReleasableResults(
        instrument=from_plain(Instrument, study["instrument"]),
        plan=from_plain(AnalysisPlan, study["plan"]),
        estimates=SealedFrame(estimates_frame([_estimate(record) for record in results["estimates"]])),
        flow=SealedFrame(_flow(parsed[FLOW]["waves"])),
        months={int(wave): float(months) for wave, months in results["months"].items()},
        audit=SealedFrame(_listing(audit["steps"])),
        findings=SealedFrame(_listing(audit["findings"])),
        profile=from_plain(DisclosureProfile, results["profile"]),
        decisions=from_plain(tuple[Decision, ...], results["decisions"]),
        sources=from_plain(tuple[Source, ...], study["sources"]),
        fingerprint=study["panel"],
        versions=study["versions"],
        untrusted=results["untrusted"],
        releases=from_plain(tuple[PastRelease, ...], register["releases"]),
        outputs=from_plain(tuple[Output, ...], register["outputs"]),
    )


def _estimate(record: Mapping[str, Any]) -> dict[str, Any]:
    infinite = {name: sign * math.inf for name, sign in record.get("infinite", {}).items()}
    known = {name: value for name, value in record.items() if name != "infinite" and value is not None}
    return known | infinite


def _flow(waves: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    frame = pd.DataFrame(waves).drop(columns="months").set_index("wave")
    return frame.astype("Int64")


def _listing(records: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    frame = pd.DataFrame(records)
    counts = {name: "Int64" for name in _COUNTS if name in frame}
    return frame.astype(counts | ({"wave": "float64"} if "wave" in frame else {}))
