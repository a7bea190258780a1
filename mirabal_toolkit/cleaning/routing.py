"""Who was asked what: routed past is neither missing nor zero, and a report of harm is never lost.

The rule, and why it is so, is `docs/decisions/010-answers-though-routed-past.md`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mirabal_toolkit.cleaning.cells import NO_REASON, REASON_CODE, Cells, Codes, Mask, wave_items
from mirabal_toolkit.cleaning.step import Step, StepResult
from mirabal_toolkit.core.data import AuditStep, Finding
from mirabal_toolkit.core.expressions import evaluate
from mirabal_toolkit.core.instrument import Instrument, Item
from mirabal_toolkit.core.missing import MissingReason

_UNEXPLAINED = np.int8(REASON_CODE[MissingReason.UNEXPLAINED])
_NOT_ASKED = np.int8(REASON_CODE[MissingReason.NOT_ASKED])
_NOT_APPLICABLE = np.int8(REASON_CODE[MissingReason.NOT_APPLICABLE])
_NO_CONTACT = np.int8(REASON_CODE[MissingReason.NO_CONTACT])

#: What happens to answers where a question was not to be asked, in the words of the audit trail.
_DROPPED = "answers to a question that was not to be asked taken out"


@dataclass
class _Asked:
    """Evaluates conditions on the cells as they stand; each text only once.

    A condition looks only at items before its own, which are settled when it is reached, so one
    evaluation holds for all items that share it.
    """

    cells: Cells
    instrument: Instrument
    doubted: Mapping[str, Mask] = field(default_factory=dict)
    settled: dict[str, NDArray[np.float64]] = field(default_factory=dict)
    known: dict[str, NDArray[np.float64]] = field(default_factory=dict)

    def truth(self, item: Item) -> NDArray[np.float64]:
        """1 asked, 0 not asked, NaN unknown; for every row."""
        if item.ask_if is None:
            return np.ones(len(self.cells))
        source = item.ask_if.source
        if source not in self.known:
            value = evaluate(item.ask_if, self._answers, self.instrument.option_codes)
            self.known[source] = np.broadcast_to(value, (len(self.cells),))
        return self.known[source]

    def _answers(self, item_id: str) -> NDArray[np.float64]:
        values = self.settled[item_id] if item_id in self.settled else self.cells.answer(item_id)
        doubt = self.doubted.get(item_id)
        return values if doubt is None else np.where(doubt, np.nan, values)


def settle_routing(cells: Cells, instrument: Instrument, step: Step) -> StepResult:
    """Tell routed past from missing, item by item; see `SETTLE_ROUTING`."""
    interviewed = np.ones(len(cells), dtype=bool) if cells.status is None else cells.status == NO_REASON
    floors = harm_floors(instrument)
    doubted = _doubted(cells, instrument, floors, interviewed)
    asked = _Asked(cells, instrument, doubted)
    answers: dict[str, Any] = {}
    reasons: dict[str, Codes] = {}
    audit: list[AuditStep] = []
    findings: list[Finding] = []
    n_marked = 0
    for item in wave_items(instrument):
        settled = _settle_item(cells, item, asked, floors, interviewed)
        if settled.dropped.any():
            answers[item.id] = cells.answers[item.id].mask(settled.dropped)
            asked.settled[item.id] = np.where(settled.dropped, np.nan, cells.answer(item.id))
            before = int(cells.answers[item.id].notna().sum())
            after = before - int(settled.dropped.sum())
            audit.append(step.counted("cells", before, after, item=item.id, what=_DROPPED))
        if settled.changed:
            reasons[item.id] = settled.reasons
            n_marked += settled.changed - int(settled.dropped.sum())
        findings += settled.findings
    done = cells.with_columns(answers, reasons)
    n_valid = done.n_valid
    return StepResult(done, (*audit, step.counted("cells", n_valid, n_valid, n_marked)), tuple(findings))


def harm_floors(instrument: Instrument) -> dict[str, float]:
    """Item id → the code above which an answer reports harm.

    Items, not reversed, of the scales in which higher is worse, the severe ones included.
    """
    floors: dict[str, float] = {}
    for scale in instrument.scales:
        if scale.direction == "higher_is_worse":
            harmful = {*scale.items, *scale.severe} - set(scale.reversed)
            floors |= dict.fromkeys(harmful, scale.minimum)
    return floors


def _doubted(cells: Cells, instrument: Instrument, floors: Mapping[str, float], interviewed: Mask) -> dict[str, Mask]:
    """Item id → rows in which its answer rules out a harm that she reports, so that it is in doubt."""
    asked = _Asked(cells, instrument)
    doubted: dict[str, Mask] = {}
    for item in instrument.items:
        if item.ask_if is None or item.id not in floors or item.per_person:
            continue
        contradicted = interviewed & (asked.truth(item) == 0) & (cells.answer(item.id) > floors[item.id])
        if not contradicted.any():
            continue
        for name in item.ask_if.names:
            if name in instrument.item_by_id:
                doubted[name] = doubted.get(name, False) | contradicted
    return doubted


@dataclass(frozen=True)
class _Settled:
    """One item after routing: which answers go, the reasons, how many cells changed, what to say."""

    dropped: Mask
    reasons: Codes
    changed: int
    findings: list[Finding]


def _settle_item(cells: Cells, item: Item, asked: _Asked, floors: Mapping[str, float], interviewed: Mask) -> _Settled:
    truth = asked.truth(item)
    scheduled = np.isin(cells.wave, item.waves) if item.waves else np.ones(len(cells), dtype=bool)
    past = interviewed & (~scheduled | (truth == 0))
    answered = cells.answers[item.id].notna().to_numpy()
    harm = _above(cells, item, floors)
    dropped = past & answered & ~harm
    before = cells.reason(item.id)
    otherwise = np.where(scheduled, np.int8(REASON_CODE[item.otherwise]), _NOT_ASKED)
    # A file that never held the item says so already; that outranks what routing would say.
    absent = before == _NOT_ASKED
    why = np.where(past & ~(answered & harm) & ~absent, otherwise, before)
    why = _without_made_up_zeros(why, item, truth, asked, interviewed & ~answered & scheduled)
    kept = interviewed & answered & harm & (past | _in_doubt(item, asked, len(cells)))
    findings = _findings(item, dropped, kept, _not_applicable_though_asked(why, truth, item, interviewed & ~past))
    return _Settled(dropped, why.astype(np.int8), int((dropped | (why != before)).sum()), findings)


def _above(cells: Cells, item: Item, floors: Mapping[str, float]) -> Mask:
    if item.id not in floors:
        return np.zeros(len(cells), dtype=bool)
    above: Mask = cells.answer(item.id) > floors[item.id]
    return above


def _in_doubt(item: Item, asked: _Asked, n_rows: int) -> Mask:
    doubt = np.zeros(n_rows, dtype=bool)
    for name in item.ask_if.names if item.ask_if else ():
        doubt |= asked.doubted.get(name, False)
    return doubt


def _without_made_up_zeros(why: Codes, item: Item, truth: NDArray[np.float64], asked: _Asked, empty: Mask) -> Codes:
    """Cells that say "no contact" or "does not apply" against the evidence are unexplained.

    "No contact" counts as never in some scores, so it must not stand where she saw him, or where
    what she reports puts the answer about contact in doubt.
    """
    if item.ask_if is None:
        return why
    doubt = _in_doubt(item, asked, len(why)) & np.isnan(truth) & np.isin(why, [_NO_CONTACT, _NOT_APPLICABLE])
    contact = (truth == 1) & (why == _NO_CONTACT) & (item.otherwise is MissingReason.NO_CONTACT)
    return np.where(empty & (doubt | contact), _UNEXPLAINED, why)


def _not_applicable_though_asked(why: Codes, truth: NDArray[np.float64], item: Item, rows: Mask) -> int:
    if item.ask_if is None:
        return 0
    return int((rows & (truth == 1) & (why == _NOT_APPLICABLE)).sum())


def _findings(item: Item, dropped: Mask, kept: Mask, not_applicable: int) -> list[Finding]:
    findings = []
    n_kept, n_dropped = int(kept.sum()), int(dropped.sum())
    advice = "check the answers that decide whether this is asked, and whether the variable is mapped to the right item"
    if n_kept:
        text = f"{n_kept} answer(s) report harm although other answers say it was not to be asked; they were kept"
        findings.append(Finding("warning", "harm_though_routed_past", text, item.id, count=n_kept, advice=advice))
    if n_dropped:
        text = f"{n_dropped} answer(s) were given although other answers say it was not to be asked; not used"
        findings.append(
            Finding("warning", "answered_though_routed_past", text, item.id, count=n_dropped, advice=advice)
        )
    if not_applicable:
        text = f"{not_applicable} cell(s) say “does not apply” although it was to be asked; left out of the base"
        findings.append(Finding("note", "not_applicable_though_asked", text, item.id, count=not_applicable))
    return findings


SETTLE_ROUTING = Step(
    "settle_routing",
    what="cells marked as rightly not asked",
    why="A question she was rightly not asked is neither missing nor “never”; a harm she reports must not be lost.",
    rule="Where the condition of an item is false, or the item is not asked at that wave, the cell gets the item's "
    "routing reason and an answer there is not used. An answer that reports harm is kept; the answers that rule it "
    "out are then in doubt for that person-wave, and nothing is routed past because of them. “No contact” where she "
    "had contact becomes unexplained.",
    run=settle_routing,
    after=("complete_grid", "settle_status"),
    needed=True,
)
