"""Codes: which stand for a missing reason, and which cannot be an answer at all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mirabal_toolkit.cleaning.cells import NO_REASON, REASON_CODE, Cells, Codes, Mask, wave_items
from mirabal_toolkit.cleaning.step import Step, StepResult
from mirabal_toolkit.core.data import AuditStep, Finding
from mirabal_toolkit.core.instrument import Instrument, Item
from mirabal_toolkit.core.missing import MissingReason

#: Values that differ by less are the same code: labels on 2.9999999 exist in real files.
_TOLERANCE = 1e-6

#: No study of ours holds a date outside these years.
_FIRST_YEAR, _LAST_YEAR = 1900, 2100


def read_missing_codes(cells: Cells, instrument: Instrument, step: Step) -> StepResult:
    """Turn codes such as 97, 98 and 99 into missing reasons; see `READ_MISSING_CODES`."""
    answers: dict[str, Any] = {}
    reasons: dict[str, Codes] = {}
    counts: dict[MissingReason, int] = {}
    for item in instrument.items:
        values, why = cells.answer(item.id), cells.reason(item.id)
        stray = (why != NO_REASON) & ~np.isnan(values)
        coded = _coded(values, item, instrument)
        why[stray] = NO_REASON
        for reason, hits in coded.items():
            why[hits] = REASON_CODE[reason]
            counts[reason] = counts.get(reason, 0) + len(hits)
        if coded or stray.any():
            reasons[item.id] = why
        if coded:
            values = values.copy()
            values[np.concatenate(list(coded.values()))] = np.nan
            answers[item.id] = values
    return StepResult(cells.with_columns(answers, reasons), _missing_code_audit(cells.n_valid, counts, step))


def _missing_code_audit(n_valid: int, counts: Mapping[MissingReason, int], step: Step) -> tuple[AuditStep, ...]:
    audit = []
    for reason, count in sorted((reason, count) for reason, count in counts.items() if count):
        audit.append(step.counted("cells", n_valid, n_valid - count, what=f"{step.what}: {reason.value}"))
        n_valid -= count
    return tuple(audit) or (step.counted("cells", n_valid, n_valid),)


def _coded(values: NDArray[np.float64], item: Item, instrument: Instrument) -> dict[MissingReason, NDArray[np.intp]]:
    """Missing reason → the rows that hold its code."""
    if item.response_set is None or not item.is_numeric:
        return {}
    codes = instrument.response_set_by_id[item.response_set].reasons
    if not codes:
        return {}
    near = np.flatnonzero((values > min(codes) - 1) & (values < max(codes) + 1))
    found: dict[MissingReason, list[NDArray[np.intp]]] = {}
    for code, reason in codes.items():
        hits = near[np.abs(values[near] - code) < _TOLERANCE]
        if len(hits):
            found.setdefault(reason, []).append(hits)
    return {reason: np.concatenate(hits) for reason, hits in found.items()}


def drop_impossible_values(cells: Cells, instrument: Instrument, step: Step) -> StepResult:
    """Take out what cannot be an answer; see `DROP_IMPOSSIBLE_VALUES`."""
    cells = _exact_codes(cells, instrument)
    where: dict[str, Mask] = {}
    audit, findings = [], []
    for item in instrument.items:
        outside = _impossible(cells, item, instrument)
        count = int(outside.sum())
        if count:
            where[item.id] = outside
            valid = int(cells.answers[item.id].notna().sum())
            audit.append(step.counted("cells", valid, valid - count, item=item.id))
            findings.append(_impossible_finding(item, count))
    total = cells.n_valid
    done = cells.emptied(where, MissingReason.UNEXPLAINED)
    return StepResult(done, tuple(audit) or (step.counted("cells", total, total),), tuple(findings))


def _exact_codes(cells: Cells, instrument: Instrument) -> Cells:
    """Codes a hair away from a whole number become it, so that later comparisons are exact."""
    answers = {}
    for item in instrument.items:
        if item.type not in ("choice", "integer"):
            continue
        values = cells.answer(item.id)
        nearest = np.round(values)
        with np.errstate(invalid="ignore"):
            off = (values != nearest) & (np.abs(values - nearest) < _TOLERANCE)
        if off.any():
            answers[item.id] = np.where(off, nearest, values)
    return cells.with_columns(answers, {})


def _impossible(cells: Cells, item: Item, instrument: Instrument) -> Mask:
    if item.type == "date":
        years = cells.answers[item.id].dt.year.to_numpy(dtype=float, na_value=np.nan)
        strange: Mask = (years < _FIRST_YEAR) | (years > _LAST_YEAR)
        return strange
    if not item.is_numeric:
        return np.zeros(len(cells), dtype=bool)
    values = cells.answer(item.id)
    outside: Mask = np.isinf(values)
    if item.type == "choice":
        codes = [float(option.code) for option in instrument.options(item.id) if option.kind == "valid"]
        return outside | (~np.isnan(values) & ~np.isin(values, codes))
    if item.type == "integer":
        outside |= _not_whole(values)
    if item.minimum is not None:
        outside |= values < item.minimum
    if item.maximum is not None:
        outside |= values > item.maximum
    return outside


def _not_whole(values: NDArray[np.float64]) -> Mask:
    fraction: Mask = ~np.isnan(values) & (values != np.round(values))
    return fraction


def _impossible_finding(item: Item, count: int) -> Finding:
    if item.type == "date":
        text = f"{count} date(s) lie outside the years {_FIRST_YEAR} to {_LAST_YEAR}"
        return Finding("error", "impossible_date", text, item=item.id, count=count, advice="correct them in the file")
    kind = "answer code(s) that the questionnaire does not have" if item.type == "choice" else "number(s) out of range"
    text = f"{count} {kind}; taken as missing without a known reason"
    advice = "look them up in the records and correct them in the file, or add the code to the mapping"
    return Finding("error", "out_of_range", text, item=item.id, count=count, advice=advice)


def explain_gaps(cells: Cells, instrument: Instrument, step: Step) -> StepResult:
    """Give every cell that is still empty a reason; see `EXPLAIN_GAPS`."""
    reasons: dict[str, Codes] = {}
    n_silent = n_valid = 0
    for item in instrument.items:
        why = cells.reason(item.id)
        empty = cells.answers[item.id].isna().to_numpy()
        silent = empty & (why == NO_REASON)
        n_silent += int(silent.sum())
        n_valid += len(empty) - int(empty.sum())
        why[silent] = REASON_CODE[MissingReason.UNEXPLAINED]
        why[~empty] = NO_REASON
        reasons[item.id] = why
    audit = step.counted("cells", n_valid, n_valid, n_silent)
    return StepResult(cells.with_columns({}, reasons), (audit,), _gap_findings(cells, instrument))


def _gap_findings(cells: Cells, instrument: Instrument) -> tuple[Finding, ...]:
    """Say which required items stay empty, without a reason, for more than one in twenty who were asked."""
    interviewed = np.ones(len(cells), dtype=bool) if cells.status is None else cells.status == NO_REASON
    waves, place = np.unique(cells.wave, return_inverse=True)
    findings: list[Finding] = []
    for item in wave_items(instrument):
        if not item.required:
            continue
        why = cells.reason(item.id)
        answered = cells.answers[item.id].notna().to_numpy() & interviewed
        gap = ((why == NO_REASON) | (why == REASON_CODE[MissingReason.UNEXPLAINED])) & interviewed & ~answered
        counts = np.bincount(place[gap], minlength=len(waves))
        asked = counts + np.bincount(place[answered], minlength=len(waves))
        many = np.flatnonzero(counts > 0.05 * asked)
        findings += [_gap_finding(item.id, int(waves[at]), int(counts[at]), int(asked[at])) for at in many]
    return tuple(findings)


def _gap_finding(item_id: str, wave: int, count: int, asked: int) -> Finding:
    nobody = count == asked
    text = (
        f"nobody has an answer, though {asked} were interviewed and should have been asked"
        if nobody
        else f"{count} of {asked} who should have been asked have neither an answer nor a reason"
    )
    advice = "check that the variable of this wave is mapped" if nobody else "look for a reason in the records"
    code = "empty_at_wave" if nobody else "unexplained_gaps"
    return Finding("warning" if nobody else "note", code, text, item=item_id, wave=wave, count=count, advice=advice)


READ_MISSING_CODES = Step(
    "read_missing_codes",
    what="codes read as missing reasons",
    why="A code such as 99 is not an answer, and each kind of missing means something else.",
    rule="Codes that the response set calls refused, don't know, not applicable or no contact become that reason.",
    run=read_missing_codes,
    needed=True,
)

DROP_IMPOSSIBLE_VALUES = Step(
    "drop_impossible_values",
    what="answers that cannot be right taken out",
    why="A code that the questionnaire does not have, or a number out of range, is not what she said.",
    rule="Codes outside the response set, numbers outside their range, fractions where whole numbers are asked, and "
    f"dates outside {_FIRST_YEAR} to {_LAST_YEAR} become missing, reason unexplained.",
    run=drop_impossible_values,
    after=(READ_MISSING_CODES.name,),
    needed=True,
)

EXPLAIN_GAPS = Step(
    "explain_gaps",
    what="gaps without a known reason marked as unexplained",
    why="A gap without a reason does not exist after cleaning.",
    rule="Cells that are empty and were not routed past, refused or missed get the reason unexplained.",
    run=explain_gaps,
    after=(DROP_IMPOSSIBLE_VALUES.name, "settle_status", "settle_routing", "check_speed", "check_straight_lining"),
    needed=True,
)
