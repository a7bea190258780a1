"""The released numbers as JSON: every estimate one record, the flow, what cleaning did, and what was asked.

Together they hold all a report says, so that `opening` can make it again without data and models.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import pandas as pd

from mirabal_toolkit.core.frames import rows_of
from mirabal_toolkit.core.plain import as_plain
from mirabal_toolkit.core.quality import ReleasableCheck
from mirabal_toolkit.core.results import ESTIMATE_COLUMNS, ReleasableResults

#: Raised when a key changes its meaning or goes; new keys do not raise it.
SCHEMA_VERSION = 1

#: Files of an output folder that hold what was found and asked.
RESULTS, FLOW, AUDIT, REGISTER, STUDY = "results.json", "flow.json", "audit.json", "register.json", "study.json"


def record_files(released: ReleasableResults) -> dict[str, bytes]:
    """Return the files that hold everything of `released`, by name."""
    return {
        RESULTS: results_json(released),
        FLOW: flow_json(released),
        AUDIT: audit_json(released),
        REGISTER: register_json(released),
        STUDY: study_json(released),
    }


def results_json(released: ReleasableResults) -> bytes:
    """Return ``results.json``: what was analysed, by which rules, and every released estimate.

    A number that is hidden or does not exist is null; one that is infinite is null and named in ``infinite``,
    a key that other estimates do not have.
    """
    plan, profile = released.plan, released.profile
    return _bytes(
        {
            "schema": SCHEMA_VERSION,
            "instrument": {"id": released.instrument.id, "version": released.instrument.version},
            "plan": {"id": plan.id, "version": plan.version, "sha256": plan.fingerprint},
            "profile": asdict(profile),
            "months": {str(wave): _plain(months) for wave, months in released.months.items()},
            "untrusted": released.untrusted,
            "decisions": [asdict(decision) for decision in released.decisions],
            "estimates": _estimates(released.estimates.frame),
        }
    )


def _estimates(frame: pd.DataFrame) -> list[dict[str, Any]]:
    columns = {name: frame[name].tolist() for name in ESTIMATE_COLUMNS}
    plain = [[_plain(value) for value in values] for values in columns.values()]
    records: list[dict[str, Any]] = [dict(zip(columns, row, strict=True)) for row in zip(*plain, strict=True)]
    for name, values in columns.items():
        for record, value in zip(records, values, strict=True):
            if isinstance(value, float) and math.isinf(value):
                record.setdefault("infinite", {})[name] = math.copysign(1, value)
    return records


def study_json(released: ReleasableResults) -> bytes:
    """Return ``study.json``: the instrument and the plan as they were used, what was read, and by which programs.

    Holds no answer and no path.
    """
    return _bytes(
        {
            "schema": SCHEMA_VERSION,
            "instrument": as_plain(released.instrument),
            "plan": as_plain(released.plan),
            "sources": as_plain(released.sources),
            "panel": released.fingerprint,
            "versions": dict(released.versions),
        }
    )


def register_json(released: ReleasableResults) -> bytes:
    """Return ``register.json``: what leaves, and what has left so far, for whoever decides what may leave.

    Later releases into the same folder are held against it.
    """
    return _bytes(
        {
            "schema": SCHEMA_VERSION,
            "outputs": as_plain(released.outputs),
            "releases": as_plain(released.releases),
        }
    )


def flow_json(released: ReleasableResults) -> bytes:
    """Return ``flow.json``: per wave, how many were to be interviewed and what became of each attempt."""
    frame = released.flow.frame
    rows = rows_of(frame.reset_index(names="wave"))
    months = released.months
    return _bytes(
        {
            "schema": SCHEMA_VERSION,
            "waves": [{"months": _plain(months.get(int(row["wave"]))), **_record(row)} for row in rows],
        }
    )


def audit_json(released: ReleasableResults) -> bytes:
    """Return ``audit.json``: cleaning steps and findings, counts only."""
    return _bytes(
        {
            "schema": SCHEMA_VERSION,
            "steps": [_record(row) for row in rows_of(released.audit.frame)],
            "findings": [_record(row) for row in rows_of(released.findings.frame)],
        }
    )


def check_json(check: ReleasableCheck) -> bytes:
    """Return ``check.json``: findings, flow, missing answers by item and wave, labels; counts only."""
    released = check.released
    return _bytes(
        {
            "schema": SCHEMA_VERSION,
            "instrument": {"id": released.instrument.id, "version": released.instrument.version},
            "profile": asdict(released.profile),
            "findings": [_record(row) for row in rows_of(released.findings.frame)],
            "flow": [_record(row) for row in rows_of(released.flow.frame.reset_index(names="wave"))],
            "missing": [_record(row) for row in rows_of(check.missing.frame)],
            "labels": [asdict(one) for one in check.agreement],
        }
    )


def _record(row: dict[Any, Any]) -> dict[str, Any]:
    return {str(name): _plain(value) for name, value in row.items()}


def _plain(value: Any) -> Any:
    """Return a value as JSON knows it: NaN and NA null, whole floats whole, tuples lists."""
    if isinstance(value, tuple):
        return [str(part) for part in value]
    if isinstance(value, str | bool):
        return value
    if value is None or value is pd.NA or not math.isfinite(value):
        return None
    number = float(f"{float(value):.12g}")
    return int(number) if number.is_integer() else number


def _bytes(content: Mapping[str, Any]) -> bytes:
    """Return an object as JSON, what it lists one a line: quick to write, and two files can be laid side by side."""
    parts = (
        f"{_json(name)}: {_listed(value) if isinstance(value, list) else _json(value)}"
        for name, value in content.items()
    )
    return ("{\n" + ",\n".join(parts) + "\n}\n").encode()


def _listed(values: list[Any]) -> str:
    return "[\n" + ",\n".join(_json(value) for value in values) + "\n]" if values else "[]"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
