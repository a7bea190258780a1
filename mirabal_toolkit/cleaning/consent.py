"""Withdrawal in its three states: no more contact; no more, but keep what was given; erase everything."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mirabal_toolkit.cleaning.cells import Cells, Mask, open_cells
from mirabal_toolkit.cleaning.codes import READ_MISSING_CODES
from mirabal_toolkit.cleaning.identity import DROP_ROWS_WITHOUT_ID, NORMALISE_IDS
from mirabal_toolkit.cleaning.links import Link
from mirabal_toolkit.cleaning.merging import MERGE_LINKED_IDS
from mirabal_toolkit.cleaning.step import Step, StepResult
from mirabal_toolkit.core.data import Finding, WaveData
from mirabal_toolkit.core.frames import SealedFrame
from mirabal_toolkit.core.instrument import Instrument, WithdrawalState

_SAID: dict[WithdrawalState, str] = {
    "stop_contact": "asked not to be contacted any more; what they told stays in",
    "keep": "withdrew and agreed that what they told stays in",
}


def erase_as_asked(cells: Cells, instrument: Instrument, step: Step) -> StepResult:
    """Remove everything of those who asked for it, count the other two states; see `ERASE_AS_ASKED`."""
    before = int(cells.person.nunique())
    gone = _said(cells, instrument, "erase")
    kept = cells.keep(~cells.person.isin(cells.person[gone].unique()).to_numpy()) if gone.any() else cells
    after = int(kept.person.nunique())
    findings = [*_erased_finding(before - after), *_kept_findings(kept, instrument)]
    return StepResult(kept, (step.counted("people", before, after),), tuple(findings))


def without_erased(waves: WaveData, links: Sequence[Link] = ()) -> WaveData:
    """Return the waves without the people who asked to be erased, before anything is written.

    Rows otherwise stay as they were; how many people were taken out is among the findings.

    Parameters
    ----------
    waves : WaveData
    links : sequence of Link
        Ids that somebody said are one person's.
    """
    if not waves.instrument.roles.withdrawal:
        return waves
    cells = open_cells(waves)
    for step in (READ_MISSING_CODES, NORMALISE_IDS, MERGE_LINKED_IDS.with_parameters(links=tuple(links))):
        cells = step(cells, waves.instrument).cells
    gone = _said(cells, waves.instrument, "erase") & cells.person.notna().to_numpy()
    if not gone.any():
        return waves
    erased = cells.person[gone].unique()
    kept = ~cells.person.isin(erased).to_numpy()
    answers = SealedFrame(waves.answers.frame[kept].reset_index(drop=True))
    reasons = SealedFrame(waves.reasons.frame[kept].reset_index(drop=True))
    findings = (*waves.findings, *_erased_finding(len(erased)))
    return WaveData(waves.instrument, answers, reasons, waves.sources, findings)


def _said(cells: Cells, instrument: Instrument, state: WithdrawalState) -> Mask:
    """Rows in which she is recorded as wishing this."""
    roles = instrument.roles
    names = [name for name, means in roles.withdrawal.items() if means == state]
    if roles.wave_outcome is None or not names:
        return np.zeros(len(cells), dtype=bool)
    codes = [instrument.option_codes[roles.wave_outcome][name] for name in names]
    found: Mask = np.isin(cells.answer(roles.wave_outcome), codes)
    return found


def _erased_finding(count: int) -> tuple[Finding, ...]:
    if not count:
        return ()
    text = f"{count} person(s) asked that everything be erased; all their rows were taken out before anything else"
    advice = "the files you brought still hold them: erase them there too, and in copies of earlier outputs"
    return (Finding("warning", "erased_as_asked", text, count=count, advice=advice),)


def _kept_findings(cells: Cells, instrument: Instrument) -> list[Finding]:
    findings = []
    for state, text in _SAID.items():
        count = int(cells.person[_said(cells, instrument, state)].nunique())
        if count:
            findings.append(Finding("note", f"withdrawal_{state}", f"{count} person(s) {text}", count=count))
    return findings


ERASE_AS_ASKED = Step(
    "erase_as_asked",
    what="people who asked to be erased taken out",
    why="Who withdraws decides what becomes of what she told: it is a promise made to her.",
    rule="Where the outcome of a wave is recorded as “erase everything”, all rows of the person, at all waves, are "
    "removed, before anything is computed or written. “No more contact” and “withdrew, keep” end her later waves "
    "and keep the earlier.",
    run=erase_as_asked,
    after=(READ_MISSING_CODES.name, NORMALISE_IDS.name, DROP_ROWS_WITHOUT_ID.name, MERGE_LINKED_IDS.name),
    needed=True,
)
