"""Rows: the waves of the study, rows given twice, and one row for every person at every wave."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mirabal_toolkit.cleaning.cells import NO_REASON, Cells, Mask, has_answers, wave_items
from mirabal_toolkit.cleaning.step import Step, StepResult
from mirabal_toolkit.core.data import PERSON, WAVE, Finding
from mirabal_toolkit.core.instrument import Instrument
from mirabal_toolkit.errors import FindingsError


def settle_waves(cells: Cells, instrument: Instrument, step: Step) -> StepResult:
    """Keep the waves that took place; see `SETTLE_WAVES`."""
    known = np.isin(cells.wave, [wave.number for wave in instrument.waves])
    content = has_answers(cells, instrument)
    if not content.any():
        raise FindingsError(
            "there is not one answer at any wave",
            fix="check that the mapping names the right variables and that the file is not an empty template",
        )
    last = int(cells.wave[content].max())
    later = known & (cells.wave > last)
    kept = cells.keep(known & ~later)
    audit = step.counted("rows", len(cells), len(kept))
    findings = [*_unknown_waves(~known), *_empty_waves(cells, later, content, last, instrument)]
    return StepResult(kept, (audit,), tuple(findings))


def _unknown_waves(unknown: Mask) -> list[Finding]:
    count = int(unknown.sum())
    if not count:
        return []
    text = f"{count} row(s) belong to no wave of the questionnaire and were left out"
    return [Finding("error", "unknown_wave", text, count=count, advice="correct the wave number or the mapping")]


def _empty_waves(cells: Cells, later: Mask, content: Mask, last: int, instrument: Instrument) -> list[Finding]:
    findings = []
    for wave in np.unique(cells.wave[later]):
        text = f"wave {wave} has no answers and no outcome of contact for anybody; it was taken as not yet held"
        advice = "if it was held, record how contact ended for each woman"
        findings.append(Finding("note", "wave_not_held", text, wave=int(wave), advice=advice))
    for number in (wave.number for wave in instrument.waves):
        if number <= last and not (content & (cells.wave == number)).any():
            text = f"wave {number} has no answers for anybody, though later waves have"
            advice = "check that its file or its variables are mapped"
            findings.append(Finding("error", "empty_wave", text, wave=number, advice=advice))
    return findings


def drop_duplicates(cells: Cells, instrument: Instrument, step: Step) -> StepResult:
    """Leave one row for each person at each wave; see `DROP_DUPLICATES`."""
    keys = pd.DataFrame({PERSON: cells.person, WAVE: cells.wave})
    repeated = keys.duplicated(keep=False).to_numpy()
    if not repeated.any():
        return StepResult(cells, (step.counted("rows", len(cells), len(cells)),))
    rows = np.flatnonzero(repeated)
    ranked = _rank(cells, instrument, rows)
    first = ~ranked.duplicated([PERSON, WAVE]).to_numpy()
    best = ranked[first].set_index([PERSON, WAVE])["content"]
    lost = ranked[~first]
    same = lost["content"].to_numpy() == best.loc[pd.MultiIndex.from_frame(lost[[PERSON, WAVE]])].to_numpy()
    empty = (lost["valid"] == 0).to_numpy() & ~same
    keep = np.ones(len(cells), dtype=bool)
    keep[lost["row"].to_numpy()] = False
    counts = {"identical": int(same.sum()), "empty": int(empty.sum()), "differing": int((~same & ~empty).sum())}
    audit, n_rows = [], len(cells)
    for kind, count in counts.items():
        audit.append(step.counted("rows", n_rows, n_rows - count, what=f"{step.what}: {kind}"))
        n_rows -= count
    return StepResult(cells.keep(keep), tuple(audit), _duplicate_findings(counts))


def _rank(cells: Cells, instrument: Instrument, rows: NDArray[np.intp]) -> pd.DataFrame:
    """The repeated rows, best first within each person-wave: most complete, latest, then by content."""
    answers = cells.answers.iloc[rows]
    at_waves = [item.id for item in wave_items(instrument)]
    content = pd.concat([answers[at_waves], cells.reasons.iloc[rows][at_waves].add_suffix("?")], axis=1)
    date = instrument.roles.interview_date
    table = pd.DataFrame(
        {
            PERSON: cells.person.iloc[rows].to_numpy(),
            WAVE: cells.wave[rows],
            "valid": answers[at_waves].notna().sum(axis=1).to_numpy(),
            "date": answers[date].to_numpy() if date else np.datetime64("NaT", "us"),
            "content": pd.util.hash_pandas_object(content, index=False).to_numpy(),
            "row": rows,
        }
    )
    return table.sort_values([PERSON, WAVE, "valid", "date", "content"], ascending=[True, True, False, False, True])


def _duplicate_findings(counts: dict[str, int]) -> tuple[Finding, ...]:
    findings = []
    if counts["differing"]:
        text = f"{counts['differing']} row(s) repeat a person at a wave with other answers; the most complete was kept"
        advice = "find out which row is right, and remove the other from the file"
        findings.append(Finding("error", "duplicate_differs", text, count=counts["differing"], advice=advice))
    if counts["identical"]:
        text = f"{counts['identical']} row(s) repeat a person at a wave word for word; one was kept"
        findings.append(Finding("note", "duplicate_identical", text, count=counts["identical"]))
    return tuple(findings)


def complete_grid(cells: Cells, instrument: Instrument, step: Step) -> StepResult:
    """Make one row for every person at every wave, in order; see `COMPLETE_GRID`."""
    waves = np.array([wave.number for wave in instrument.waves if wave.number <= cells.wave.max()], dtype=np.int64)
    people, who = np.unique(cells.person.to_numpy(dtype=object).astype(str), return_inverse=True)
    place = who * len(waves) + np.searchsorted(waves, cells.wave)
    n_rows = len(people) * len(waves)
    if len(np.unique(place)) < len(place):
        raise FindingsError("a person stands twice at one wave", fix="leave the cleaning step drop_duplicates in place")
    audit = step.counted("rows", len(cells), n_rows)
    if n_rows == len(cells) and (place == np.arange(n_rows)).all():
        return StepResult(cells, (audit,))
    origin = np.full(n_rows, -1, dtype=np.intp)
    origin[place] = np.arange(len(cells))
    once = _any_row_of_person(origin, len(waves))
    answers, reasons = {}, {}
    for item in instrument.items:
        source = once if item.per_person else origin
        answers[item.id] = _taken(cells.answers[item.id], source)
        reasons[item.id] = np.where(source >= 0, cells.reason(item.id)[source], np.int8(NO_REASON))
    person = pd.Series(np.repeat(people, len(waves)), dtype="str")
    grid = Cells(person, np.tile(waves, len(people)), pd.DataFrame(answers), pd.DataFrame(reasons))
    return StepResult(grid, (audit,))


def _any_row_of_person(origin: NDArray[np.intp], n_waves: int) -> NDArray[np.intp]:
    """For each row of the grid, a row the person has; what is asked once is the same on all of them."""
    return np.repeat(origin.reshape(-1, n_waves).max(axis=1), n_waves)


def _taken(column: pd.Series[Any], source: NDArray[np.intp]) -> Any:
    return pd.api.extensions.take(column.array, source, allow_fill=True)


def broadcast_person_items(cells: Cells, instrument: Instrument, step: Step) -> StepResult:
    """Give every row of a person what was asked of her once; see `BROADCAST_PERSON_ITEMS`."""
    result = cells
    audit, findings = [], []
    who, people = pd.factorize(cells.person, sort=False)
    for item in instrument.items:
        if not item.per_person:
            continue
        told = result.answers[item.id].notna().to_numpy()
        if _says_one_thing(result.answers[item.id], told, who, len(people)):
            continue
        spread, differing = _spread(result, item.id, who)
        filled = spread.answers[item.id].notna().to_numpy()
        before = int(result.answers[item.id].notna().sum())
        changed = int((~_same(result.answers[item.id], spread.answers[item.id])).sum())
        audit.append(step.counted("cells", before, int(filled.sum()), changed, item=item.id))
        if differing:
            text = f"differs between rows of the same person, {differing} time(s); the earliest wave was used"
            advice = "this should not change over time: find out which is right, or whether an id was mistyped"
            findings.append(Finding("warning", "person_item_changes", text, item.id, count=differing, advice=advice))
        result = spread
    done = tuple(entry for entry in audit if entry.changed) or (
        step.counted("cells", cells.n_valid, result.n_valid, abs(result.n_valid - cells.n_valid)),
    )
    return StepResult(result, done, tuple(findings))


def _same(one: pd.Series[Any], other: pd.Series[Any]) -> Mask:
    return (one.eq(other) | (one.isna() & other.isna())).to_numpy(dtype=bool)


def _says_one_thing(column: pd.Series[Any], told: Mask, who: NDArray[np.intp], n_people: int) -> bool:
    """Whether every row has an answer, and the same as all rows of the person: then there is nothing to do."""
    if not told.all():
        return False
    first = np.zeros(n_people, dtype=np.intp)
    first[who[::-1]] = np.arange(len(who) - 1, -1, -1)
    return bool(column.eq(column.take(first[who]).set_axis(column.index)).all())


def _spread(cells: Cells, item_id: str, who: NDArray[np.intp]) -> tuple[Cells, int]:
    """One person-level item, the value of the earliest wave on all rows; and how many people had two."""
    table = pd.DataFrame(
        {"who": who, "wave": cells.wave, "value": cells.answers[item_id], "reason": cells.reason(item_id)}
    )
    valid = table[table["value"].notna()].sort_values(["who", "wave", "value"])
    distinct = valid.drop_duplicates(["who", "value"])["who"]
    differing = int(distinct[distinct.duplicated()].nunique())
    first = valid.drop_duplicates("who").set_index("who")["value"]
    spread = first.reindex(who).reset_index(drop=True)
    # Where nobody's row holds an answer, the earliest row with a reason gives it.
    said = table[table["reason"] != NO_REASON].sort_values(["who", "wave", "reason"]).drop_duplicates("who")
    why = said.set_index("who")["reason"].reindex(who, fill_value=NO_REASON).to_numpy(dtype=np.int8)
    why = np.where(spread.notna().to_numpy(), np.int8(NO_REASON), why)
    return replace(
        cells, answers=cells.answers.assign(**{item_id: spread}), reasons=cells.reasons.assign(**{item_id: why})
    ), differing


SETTLE_WAVES = Step(
    "settle_waves",
    what="rows of waves that do not exist or were not held removed",
    why="Only rounds that took place can have been missed.",
    rule="Rows of waves that the questionnaire does not have are left out, and so are the last waves if nobody has an "
    "answer or an outcome of contact in them.",
    run=settle_waves,
    after=("read_missing_codes", "drop_impossible_values", "drop_rows_without_id", "erase_as_asked"),
    needed=True,
)

BROADCAST_PERSON_ITEMS = Step(
    "broadcast_person_items",
    what="answers asked once copied to all waves of the person",
    why="What is asked once holds at all waves.",
    rule="An item asked once a person gets, at all her waves, the answer from the earliest wave that has one.",
    run=broadcast_person_items,
    after=("normalise_ids", "merge_linked_ids", "drop_rows_without_id", SETTLE_WAVES.name),
    needed=True,
)

DROP_DUPLICATES = Step(
    "drop_duplicates",
    what="repeated rows removed",
    why="One woman at one wave counts once.",
    rule="Of several rows for a person at a wave, the one with most answers is kept, then the latest by date.",
    run=drop_duplicates,
    after=(BROADCAST_PERSON_ITEMS.name, SETTLE_WAVES.name),
    needed=True,
)

COMPLETE_GRID = Step(
    "complete_grid",
    what="rows added so that every person has every wave",
    why="A wave that a woman missed must be seen as missed, not as absent.",
    rule="One row is made for every person at every wave of the study, sorted by person and wave.",
    run=complete_grid,
    after=(DROP_DUPLICATES.name,),
    needed=True,
)
