"""Answers given without looking: the same to everything, or faster than anybody can listen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from mirabal_toolkit.cleaning.cells import Cells, Mask, substantive_items
from mirabal_toolkit.cleaning.routing import settle_routing
from mirabal_toolkit.cleaning.step import Step, StepResult
from mirabal_toolkit.core.data import Finding
from mirabal_toolkit.core.instrument import Instrument
from mirabal_toolkit.core.missing import MissingReason


@dataclass(frozen=True, slots=True)
class _Group:
    """Items that share their answers, some of which point one way and some the other."""

    better: tuple[str, ...]
    worse: tuple[str, ...]

    @property
    def items(self) -> tuple[str, ...]:
        return (*self.better, *self.worse)


def check_straight_lining(cells: Cells, instrument: Instrument, step: Step) -> StepResult:
    """Count interviews with one answer to everything; see `CHECK_STRAIGHT_LINING`."""
    groups, before = _opposed_groups(instrument), cells.n_valid
    touched = np.zeros(len(cells), dtype=bool)
    while True:
        where = _straight(cells, instrument, groups, step)
        rows = np.logical_or.reduce(list(where.values())) if where else np.zeros(len(cells), dtype=bool)
        touched |= rows
        if not step.parameters["drop"] or not rows.any():
            break
        # What is taken out here can change what was to be asked, so it is looked at again.
        cells = cells.emptied(where, MissingReason.UNEXPLAINED)
    done = (step.counted("cells", before, cells.n_valid),)
    return StepResult(cells, done, _straight_finding(int(touched.sum()), dropped=bool(step.parameters["drop"])))


def _straight(cells: Cells, instrument: Instrument, groups: list[_Group], step: Step) -> dict[str, Mask]:
    """Item → rows in which its whole group has one answer, as routing leaves it."""
    if not groups:
        return {}
    where: dict[str, Mask] = {}
    for group in groups:
        rows = _one_answer(cells, group, step, _always_asked(group, instrument))
        if not rows.any():
            continue
        # Only these few need be routed: in all others, two answers differ that no routing takes out.
        routed = settle_routing(replace(cells.keep(rows), status=None), instrument, step).cells
        rows[rows] = _one_answer(routed, group, step, set(group.items))
        if rows.any():
            where |= {name: rows & cells.answers[name].notna().to_numpy() for name in group.items}
    return where


def _always_asked(group: _Group, instrument: Instrument) -> set[str]:
    items = [instrument.item(name) for name in group.items]
    return {item.id for item in items if item.ask_if is None and not item.waves}


def _opposed_groups(instrument: Instrument) -> list[_Group]:
    """Groups of items by response set, without those whose scale does not say which end is better."""
    points: dict[str, bool] = {}
    for scale in instrument.scales:
        if scale.direction != "neutral":
            better = scale.direction == "higher_is_better"
            points |= {name: better != (name in scale.reversed) for name in scale.items}
    groups: dict[str, tuple[list[str], list[str]]] = {}
    for name, better in points.items():
        item = instrument.item(name)
        if item.type == "choice" and item.response_set and not item.per_person:
            groups.setdefault(item.response_set, ([], []))[0 if better else 1].append(name)
    return [_Group(tuple(up), tuple(down)) for up, down in groups.values() if up and down]


def _one_answer(cells: Cells, group: _Group, step: Step, compared: set[str]) -> Mask:
    """Rows with answers enough on both sides, and one and the same to all items that are compared."""
    low, high = np.full(len(cells), np.inf), np.full(len(cells), -np.inf)
    counts = []
    for names in (group.better, group.worse):
        count = np.zeros(len(cells), dtype=np.int16)
        for name in names:
            values = cells.answer(name)
            count += ~np.isnan(values)
            if name in compared:
                low, high = np.fmin(low, values), np.fmax(high, values)
        counts.append(count)
    enough = (counts[0] + counts[1] >= step.number("answers")) & (np.minimum(*counts) >= step.number("opposed"))
    same: Mask = enough & ~(low < high)
    return same


def _straight_finding(count: int, *, dropped: bool) -> tuple[Finding, ...]:
    if not count:
        return ()
    text = (
        f"{count} interview(s) give one and the same answer to all questions of a kind, though some of them point the "
        f"other way{'; these answers were taken out' if dropped else ''}"
    )
    advice = "look at how these interviews were held; to leave such answers out: check_straight_lining: {drop: true}"
    return (Finding("warning", "straight_lining", text, count=count, advice="" if dropped else advice),)


def check_speed(cells: Cells, instrument: Instrument, step: Step) -> StepResult:
    """Count interviews too short for what they hold; see `CHECK_SPEED`."""
    item_id, before = instrument.roles.duration, cells.n_valid
    if item_id is None:
        return StepResult(cells, (step.counted("cells", before, before),))
    seconds = cells.answer(item_id) * (1 if instrument.item(item_id).unit == "seconds" else 60)
    routed = settle_routing(replace(cells, status=None), instrument, step).cells
    names = substantive_items(instrument)
    answers = sum((routed.answers[name].notna().to_numpy().astype(np.int32) for name in names), np.zeros(len(cells)))
    fast: Mask = (answers >= step.number("answers")) & (seconds < step.number("seconds_per_answer") * answers)
    if step.parameters["drop"] and fast.any():
        given = {name: fast & cells.answers[name].notna().to_numpy() for name in names}
        cells = cells.emptied(given, MissingReason.UNEXPLAINED)
    findings = tuple(_speed_findings(int(fast.sum()), item_id, dropped=bool(step.parameters["drop"])))
    return StepResult(cells, (step.counted("cells", before, cells.n_valid),), findings)


def _speed_findings(count: int, item_id: str, *, dropped: bool) -> Iterator[Finding]:
    if count:
        taken = "; their answers were taken out" if dropped else ""
        text = f"{count} interview(s) took less time than it takes to hear and answer the questions{taken}"
        advice = (
            "" if dropped else "check the recorded minutes; to leave such interviews out: check_speed: {drop: true}"
        )
        yield Finding("warning", "too_fast", text, item=item_id, count=count, advice=advice)


CHECK_STRAIGHT_LINING = Step(
    "check_straight_lining",
    what="answers that are the same to everything taken out",
    why="One answer to questions that point in opposite directions contradicts itself.",
    rule="Within questions that share their answers, and of which some mean better and some worse, an interview with "
    "one and the same answer to all of them is counted. “Never” to all acts of harm is an ordinary answer and is not "
    "looked at. Answers are taken out only if the plan says so (drop).",
    run=check_straight_lining,
    parameters={"answers": 10, "opposed": 2, "drop": False},
    explained={
        "answers": "at least so many answers",
        "opposed": "at least so many of them point the other way",
        "drop": "whether these answers are taken out",
    },
    after=("read_missing_codes", "drop_impossible_values", "drop_duplicates"),
)

CHECK_SPEED = Step(
    "check_speed",
    what="answers given faster than anybody can listen taken out",
    why="An interview of fifty questions in one minute did not take place.",
    rule="Where the questionnaire records how long an interview took, one with less time for each answer than the "
    "limit is counted. Its answers are taken out only if the plan says so (drop).",
    run=check_speed,
    parameters={"answers": 10, "seconds_per_answer": 2.0, "drop": False},
    explained={
        "answers": "interviews with fewer answers are not judged",
        "seconds_per_answer": "seconds that each answer needs at least",
        "drop": "whether the answers of these interviews are taken out",
    },
    after=("read_missing_codes", "drop_impossible_values", "drop_duplicates", "check_straight_lining"),
)
