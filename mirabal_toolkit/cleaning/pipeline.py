"""Cleaning from end to end: named steps in order, each counted."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from mirabal_toolkit.cleaning.arranging import arranged
from mirabal_toolkit.cleaning.attention import CHECK_SPEED, CHECK_STRAIGHT_LINING
from mirabal_toolkit.cleaning.cells import REASON_CODE, Cells, Codes, key_frame, open_cells, reason_frame
from mirabal_toolkit.cleaning.codes import DROP_IMPOSSIBLE_VALUES, EXPLAIN_GAPS, READ_MISSING_CODES
from mirabal_toolkit.cleaning.consent import ERASE_AS_ASKED
from mirabal_toolkit.cleaning.dates import CHECK_DATES
from mirabal_toolkit.cleaning.identity import DROP_ROWS_WITHOUT_ID, NORMALISE_IDS
from mirabal_toolkit.cleaning.links import Link
from mirabal_toolkit.cleaning.merging import MERGE_LINKED_IDS
from mirabal_toolkit.cleaning.partners import CHECK_PARTNERS
from mirabal_toolkit.cleaning.reversals import CHECK_REVERSALS
from mirabal_toolkit.cleaning.routing import SETTLE_ROUTING
from mirabal_toolkit.cleaning.rows import BROADCAST_PERSON_ITEMS, COMPLETE_GRID, DROP_DUPLICATES, SETTLE_WAVES
from mirabal_toolkit.cleaning.similar import REPORT_SIMILAR_IDS, find_links
from mirabal_toolkit.cleaning.status import SETTLE_STATUS
from mirabal_toolkit.cleaning.step import Step
from mirabal_toolkit.core.cleaning_rules import CleaningRules
from mirabal_toolkit.core.data import (
    INTERVIEWED,
    KEYS,
    WAVE_STATUSES,
    AuditStep,
    AuditTrail,
    CleanedData,
    Finding,
    WaveData,
)
from mirabal_toolkit.core.frames import SealedFrame
from mirabal_toolkit.core.missing import REASON_DTYPE, MissingReason
from mirabal_toolkit.errors import FindingsError

#: The steps, in the order they must run.
DEFAULT_STEPS: tuple[Step, ...] = (
    READ_MISSING_CODES,
    DROP_IMPOSSIBLE_VALUES,
    NORMALISE_IDS,
    DROP_ROWS_WITHOUT_ID,
    MERGE_LINKED_IDS,
    ERASE_AS_ASKED,
    SETTLE_WAVES,
    BROADCAST_PERSON_ITEMS,
    DROP_DUPLICATES,
    COMPLETE_GRID,
    CHECK_DATES,
    REPORT_SIMILAR_IDS,
    CHECK_STRAIGHT_LINING,
    CHECK_SPEED,
    SETTLE_STATUS,
    SETTLE_ROUTING,
    CHECK_REVERSALS,
    CHECK_PARTNERS,
    EXPLAIN_GAPS,
)


def clean(
    waves: WaveData,
    steps: Sequence[Step] = DEFAULT_STEPS,
    *,
    rules: CleaningRules | None = None,
    links: Sequence[Link] = (),
    progress: Callable[[str], None] | None = None,
) -> CleanedData:
    """Clean person-waves: one row a person and wave, every gap with a reason, every step counted.

    Cleaning its own output changes nothing, and neither does the order of the rows.

    Parameters
    ----------
    waves : WaveData
    steps : sequence of Step
        The pipeline; `DEFAULT_STEPS` unless the user adds a step (`with_step`).
    rules : CleaningRules, optional
        What a plan switches off, moves, or gives other parameters.
    links : sequence of Link
        From a links file: ids that somebody said are one person's, or are not.
    progress : callable, optional
        Called with the name of each step before it runs.

    Returns
    -------
    CleanedData
        With the audit trail, and the findings of reading and cleaning.

    Raises
    ------
    FindingsError
        If nothing is left to clean, the rules cannot be followed, or the steps do not end in a sound
        panel.
    """
    cells = open_cells(waves)
    audit: list[AuditStep] = []
    findings: list[Finding] = list(waves.findings)
    for step in arranged(steps, rules, links):
        if progress is not None:
            progress(step.name)
        result = step(cells, waves.instrument)
        cells = result.cells
        audit += result.audit
        findings += result.findings
    return _sealed(cells, waves, AuditTrail(tuple(audit)), tuple(findings))


def propose_links(waves: WaveData, *, links: Sequence[Link] = ()) -> tuple[Link, ...]:
    """Return the pairs of ids that may be one person's, after those that were decided on in `links`."""
    cells = open_cells(waves)
    for step in arranged(DEFAULT_STEPS, None, links):
        if step.name == REPORT_SIMILAR_IDS.name:
            return (*links, *find_links(cells, waves.instrument, step))
        cells = step(cells, waves.instrument).cells
    return tuple(links)


def _sealed(cells: Cells, waves: WaveData, trail: AuditTrail, findings: tuple[Finding, ...]) -> CleanedData:
    if cells.status is None:
        raise FindingsError("the cleaning steps do not settle who was interviewed", fix="keep the step settle_status")
    index = pd.MultiIndex.from_frame(key_frame(cells), names=KEYS)
    return CleanedData(
        instrument=waves.instrument,
        answers=SealedFrame(cells.answers.set_axis(index)),
        reasons=SealedFrame(reason_frame(cells).set_axis(index)),
        status=SealedFrame(pd.DataFrame({"status": _status_names(cells.status)}, index=index)),
        trail=trail,
        sources=waves.sources,
        findings=findings,
        bridges=waves.bridges,
    )


def _status_names(status: Codes) -> pd.Categorical[str]:
    place = np.zeros(len(REASON_DTYPE.categories) + 1, dtype=np.int8)  # the last stands for NO_REASON, which is -1
    for number, name in enumerate(WAVE_STATUSES):
        if name != INTERVIEWED:
            place[REASON_CODE[MissingReason(name)]] = number
    return pd.Categorical.from_codes(place[status], categories=pd.Index(WAVE_STATUSES))


def reopen(cleaned: CleanedData) -> WaveData:
    """Return cleaned data as person-waves again, to be cleaned once more or written to a study file.

    Findings are left behind, since cleaning would find them anew.
    """
    # put beside each other: keys inserted one by one into many separate columns make pandas warn
    keys = cleaned.answers.frame.index.to_frame(index=False)
    answers = pd.concat([keys, cleaned.answers.frame.reset_index(drop=True)], axis=1)
    reasons = cleaned.reasons.frame.reset_index(drop=True)
    return WaveData(
        cleaned.instrument, SealedFrame(answers), SealedFrame(reasons), cleaned.sources, bridges=cleaned.bridges
    )
