"""The released numbers as JSON: every estimate one record, the flow, and what cleaning did."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import pandas as pd

from mirabal_toolkit.core.quality import ReleasableCheck
from mirabal_toolkit.core.results import ESTIMATE_COLUMNS, ReleasableResults
from mirabal_toolkit.reporting.lookup import rows_of

#: Raised when a key changes its meaning or goes; new keys do not raise it.
SCHEMA_VERSION = 1


def results_json(released: ReleasableResults) -> bytes:
    """Return ``results.json``: what was analysed, by which rules, and every released estimate.

    A number that is hidden or does not exist is null.
    """
    plan, profile = released.plan, released.profile
    return _bytes(
        {
            "schema": SCHEMA_VERSION,
            "instrument": {"id": released.instrument.id, "version": released.instrument.version},
            "plan": {"id": plan.id, "version": plan.version, "sha256": plan.fingerprint},
            "profile": asdict(profile),
            "months": {str(wave): months for wave, months in released.months.items()},
            "untrusted": released.untrusted,
            "decisions": [asdict(decision) for decision in released.decisions],
            "estimates": [
                {name: _plain(record[name]) for name in ESTIMATE_COLUMNS}
                for record in rows_of(released.estimates.frame)
            ],
        }
    )


def register_json(released: ReleasableResults) -> bytes:
    """Return ``register.json``: what leaves, and what has left so far, for whoever decides what may leave.

    Later releases into the same folder are held against it.
    """
    return _bytes(
        {
            "schema": SCHEMA_VERSION,
            "outputs": [asdict(output) for output in released.outputs],
            "releases": [asdict(release) for release in released.releases],
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
            "waves": [{"months": months.get(int(row["wave"])), **_record(row)} for row in rows],
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
    if value is None or pd.isna(value) or value in (float("inf"), float("-inf")):
        return None
    number = float(value)
    return int(number) if number.is_integer() else float(f"{number:.12g}")


def _bytes(content: dict[str, Any]) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode()
