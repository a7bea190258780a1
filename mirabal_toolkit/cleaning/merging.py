"""Ids that somebody confirmed to be one person's are brought together, and counted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pandas as pd

from mirabal_toolkit.cleaning.cells import Cells, has_answers
from mirabal_toolkit.cleaning.identity import tidy_id
from mirabal_toolkit.cleaning.links import pairs_said
from mirabal_toolkit.cleaning.step import Step, StepResult
from mirabal_toolkit.core.data import Finding
from mirabal_toolkit.core.instrument import Instrument


def merge_linked_ids(cells: Cells, instrument: Instrument, step: Step) -> StepResult:
    """Bring confirmed ids together; see `MERGE_LINKED_IDS`."""
    before = int(cells.person.nunique())
    target = _targets(pairs_said(step.parameters["links"], "yes"))
    here = cells.person.isin(list(target)).to_numpy()
    if not here.any():
        return StepResult(cells, (step.counted("people", before, before),))
    groups = cells.person[here].map(target)
    clashing = _clashing(groups, cells, instrument, here)
    merged = cells.person.copy()
    merged[here] = groups.where(~groups.isin(clashing), cells.person[here])
    after = int(merged.nunique())
    findings = (*_merged_finding(before - after), *_clash_finding(len(clashing)))
    return StepResult(replace(cells, person=merged), (step.counted("people", before, after),), findings)


def _targets(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return id → the id all its links lead to; ids that nothing is linked to lead to themselves."""
    leads: dict[str, str] = {}

    def end(name: str) -> str:
        while leads.setdefault(name, name) != name:
            name = leads[name]
        return name

    for late, other in sorted(pairs):
        source, goal = end(tidy_id(late)), end(tidy_id(other))
        leads[source] = goal
    return {name: end(name) for name in list(leads)}


def _clashing(
    groups: pd.Series[str], cells: Cells, instrument: Instrument, here: np.ndarray[tuple[int], np.dtype[np.bool_]]
) -> set[str]:
    """Return the people of whom two ids hold answers at one wave: the link cannot be right as it stands."""
    content = has_answers(cells, instrument)[here]
    table = pd.DataFrame({"group": groups, "wave": cells.wave[here], "id": cells.person[here]})[content]
    counts = table.groupby(["group", "wave"])["id"].nunique()
    return set(counts.index[counts > 1].get_level_values("group"))


def _merged_finding(count: int) -> tuple[Finding, ...]:
    if not count:
        return ()
    text = f"{count} id(s) were brought together with another, as the links file says"
    return (Finding("note", "ids_merged", text, count=count),)


def _clash_finding(count: int) -> tuple[Finding, ...]:
    if not count:
        return ()
    text = f"the ids of {count} person(s) in the links file hold answers at the same wave; they were kept apart"
    advice = "one woman cannot be interviewed twice at a wave: correct the links file, or the waves in the data"
    return (Finding("error", "linked_ids_in_conflict", text, count=count, advice=advice),)


MERGE_LINKED_IDS = Step(
    "merge_linked_ids",
    what="ids that were confirmed to be one person's brought together",
    why="A woman whose id was mistyped at one wave must be followed under one id.",
    rule="Pairs marked “same: yes” in the links file become one person, under the earlier id, unless both ids hold "
    "answers at the same wave. Without a links file nothing is merged.",
    run=merge_linked_ids,
    parameters={"links": ()},
    after=("normalise_ids", "drop_rows_without_id"),
)
