"""How each person's wave ended: interviewed, or the reason nobody was."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from mirabal_toolkit.cleaning.cells import NO_REASON, REASON_CODE, Cells, Codes, Mask, substantive_items, wave_items
from mirabal_toolkit.cleaning.routing import settle_routing
from mirabal_toolkit.cleaning.step import Step, StepResult
from mirabal_toolkit.core.data import Finding
from mirabal_toolkit.core.instrument import Instrument
from mirabal_toolkit.core.missing import WAVE_REASONS, MissingReason

_UNKNOWN = np.int8(-2)
_MISSED = np.int8(REASON_CODE[MissingReason.WAVE_MISSED])

#: By these nobody may be interviewed, whatever else stands in the row.
_BARRING = (MissingReason.UNSAFE_TO_CONTACT, MissingReason.WITHDRAWN, MissingReason.DIED)

#: These hold for all later waves too, the later in the list before the earlier.
_LASTING = (MissingReason.WITHDRAWN, MissingReason.DIED)


def settle_status(cells: Cells, instrument: Instrument, step: Step) -> StepResult:
    """Decide how every person-wave ended, and empty those without an interview; see `SETTLE_STATUS`."""
    # An answer that routing will take out is no sign of an interview, so routing is looked at first.
    content, spoke = _signs_of_life(cells, instrument, step)
    recorded = _recorded(cells, instrument)
    own = _own_status(cells, instrument, recorded, content, spoke)
    status, returned = _carried_forward(own, len(np.unique(cells.wave)))
    barred = content & (status != NO_REASON)
    emptied = replace(_emptied(cells, status, instrument), status=status)
    audit = step.counted("cells", cells.n_valid, emptied.n_valid)
    findings = [
        *_barred_findings(barred, status),
        *_contradictions(recorded, own, content, returned),
    ]
    return StepResult(emptied, (audit,), tuple(findings))


def _signs_of_life(cells: Cells, instrument: Instrument, step: Step) -> tuple[Mask, Mask]:
    """Rows with an answer, and rows with a refusal or “don't know”, once routing has taken out what it takes out.

    An answer to a question that is always asked stays, so only rows without one need be routed.
    """
    items = [instrument.item(name) for name in substantive_items(instrument)]
    content = cells.any_valid(item.id for item in items if item.ask_if is None and not item.waves)
    spoke = _spoke(cells, instrument)
    unsure = ~content & (spoke | cells.any_valid(item.id for item in items))
    if unsure.any():
        routed = settle_routing(replace(cells.keep(unsure), status=None), instrument, step).cells
        content[unsure] = routed.any_valid(item.id for item in items)
        spoke[unsure] = _spoke(routed, instrument)
    return content, spoke


def _recorded(cells: Cells, instrument: Instrument) -> Codes:
    """What the office wrote down: a reason, `NO_REASON` for an interview, `_UNKNOWN` for nothing."""
    roles = instrument.roles
    recorded = np.full(len(cells), _UNKNOWN)
    if roles.wave_outcome is None:
        return recorded
    values = cells.answer(roles.wave_outcome)
    recorded[~np.isnan(values)] = NO_REASON
    codes = instrument.option_codes[roles.wave_outcome]
    for name, reason in roles.wave_reasons.items():
        recorded[values == codes[name]] = REASON_CODE[reason]
    return recorded


def _own_status(cells: Cells, instrument: Instrument, recorded: Codes, content: Mask, spoke: Mask) -> Codes:
    """Status from the row alone; the first of these rules that applies."""
    barring = np.isin(recorded, [REASON_CODE[reason] for reason in _BARRING])
    failed = _gate_failed(cells, instrument)
    gate = REASON_CODE[instrument.gate.reason] if instrument.gate else NO_REASON
    rules: list[tuple[Mask, NDArray[np.int8] | int]] = [
        (barring, recorded),
        (failed, gate),
        (content, NO_REASON),
        ((recorded == NO_REASON) & spoke, NO_REASON),
        ((recorded != _UNKNOWN) & (recorded != NO_REASON), recorded),
    ]
    return np.select([where for where, _ in rules], [then for _, then in rules], _reason_in_row(cells)).astype(np.int8)


def _gate_failed(cells: Cells, instrument: Instrument) -> Mask:
    failed = np.zeros(len(cells), dtype=bool)
    if instrument.gate is None:
        return failed
    for item_id in instrument.gate.items:
        passed = instrument.option_codes[item_id][instrument.gate.pass_option]
        values = cells.answer(item_id)
        failed |= ~np.isnan(values) & (values != passed)
    return failed


def _spoke(cells: Cells, instrument: Instrument) -> Mask:
    """Rows in which she refused or did not know: she was there, even if she answered nothing."""
    found = np.zeros(len(cells), dtype=bool)
    for item_id in substantive_items(instrument):
        why = cells.reasons[item_id].to_numpy(dtype=np.int8)
        for reason in (MissingReason.REFUSED, MissingReason.DONT_KNOW):
            found |= why == REASON_CODE[reason]
    return found


def _reason_in_row(cells: Cells) -> Codes:
    """A reason for the whole wave that stands in the cells already, the strongest first; else missed."""
    codes = np.array([REASON_CODE[reason] for reason in WAVE_REASONS], dtype=np.int8)
    strength = np.zeros(len(REASON_CODE) + 1, dtype=np.int8)  # the last stands for NO_REASON, which is -1
    strength[codes] = np.arange(len(codes))
    strongest = np.zeros(len(cells), dtype=np.int8)
    for item_id in cells.reasons.columns:
        strongest = np.maximum(strongest, strength[cells.reasons[item_id].to_numpy(dtype=np.int8)])
    return codes[strongest]


def _carried_forward(own: Codes, n_waves: int) -> tuple[Codes, dict[MissingReason, int]]:
    """Death and withdrawal hold on until an interview; count the people who came back from them."""
    table = own.reshape(-1, n_waves).copy()
    held = np.full(len(table), NO_REASON, dtype=np.int8)
    returned = dict.fromkeys(_LASTING, 0)
    for wave in range(n_waves):
        now = table[:, wave]
        interviewed = now == NO_REASON
        for reason in _LASTING:
            returned[reason] += int((interviewed & (held == REASON_CODE[reason])).sum())
            held = np.where(now == REASON_CODE[reason], np.int8(REASON_CODE[reason]), held)
        died_before = ~interviewed & (held != NO_REASON)
        table[:, wave] = np.where(died_before, held, now)
        held = np.where(interviewed, np.int8(NO_REASON), held)
    return table.reshape(-1), returned


def _emptied(cells: Cells, status: Codes, instrument: Instrument) -> Cells:
    """Take out the answers of waves without an interview; what the office wrote and the gate stay."""
    nobody = status != NO_REASON
    kept = set(substantive_items(instrument))
    by_wave = np.zeros(len(REASON_CODE) + 1, dtype=bool)  # the last stands for NO_REASON, which is -1
    by_wave[[REASON_CODE[reason] for reason in WAVE_REASONS]] = True
    answers, reasons = {}, {}
    for item in wave_items(instrument):
        column = cells.answers[item.id]
        empty = column.isna().to_numpy()
        if item.id in kept and not empty[nobody].all():
            answers[item.id] = column.mask(nobody)
            empty = empty | nobody
        why = cells.reason(item.id)
        why[~nobody & by_wave[why]] = NO_REASON
        reasons[item.id] = np.where(nobody & empty, status, why)
    return cells.with_columns(answers, reasons)


def _barred_findings(barred: Mask, status: Codes) -> list[Finding]:
    findings = []
    for reason in _BARRING:
        count = int((barred & (status == REASON_CODE[reason])).sum())
        if count:
            text = f"{count} person-wave(s) hold answers although the wave is recorded as {reason.value}; not used"
            advice = (
                "if she was interviewed safely and agreed that her answers are kept, correct how the wave ended or "
                "the safety questions in the file"
            )
            findings.append(Finding("error", f"answers_though_{reason.value}", text, count=count, advice=advice))
    return findings


def _contradictions(recorded: Codes, own: Codes, content: Mask, returned: dict[MissingReason, int]) -> list[Finding]:
    findings = []
    missed = int((content & (own == NO_REASON) & (recorded == _MISSED)).sum())
    if missed:
        text = f"{missed} person-wave(s) are recorded as not reached but hold answers; taken as interviewed"
        findings.append(Finding("warning", "answers_though_missed", text, count=missed))
    hollow = int(((recorded == NO_REASON) & (own == _MISSED)).sum())
    if hollow:
        text = f"{hollow} person-wave(s) are recorded as interviewed but hold no answer; taken as missed"
        findings.append(Finding("warning", "interview_without_answers", text, count=hollow))
    for reason, count in returned.items():
        if count:
            text = f"{count} person(s) were interviewed after a wave recorded as {reason.value}; the answers are used"
            advice = "check the outcome of the earlier wave and the id, and that she agreed to take part again"
            findings.append(Finding("error", f"interviewed_after_{reason.value}", text, count=count, advice=advice))
    return findings


SETTLE_STATUS = Step(
    "settle_status",
    what="answers of waves without an interview taken out",
    why="Who was not interviewed, and why, decides who is counted.",
    rule="Unsafe, withdrawn and died, as recorded, and a failed safety gate, end the wave: no answer of it is used. "
    "Otherwise answers mean interviewed; recorded outcomes come next; a row without answers is a missed wave. "
    "Withdrawal and death hold for later waves until there is an interview again.",
    run=settle_status,
    after=("complete_grid", "check_straight_lining", "check_speed"),
    needed=True,
)
