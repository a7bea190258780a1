"""Ids that look like a slip of another: proposed for somebody who knows the records, never merged here."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mirabal_toolkit.cleaning.cells import Cells, Mask, substantive_items
from mirabal_toolkit.cleaning.links import Link, pairs_said
from mirabal_toolkit.cleaning.slips import LONGEST, look_of, slips_between
from mirabal_toolkit.cleaning.step import Step, StepResult
from mirabal_toolkit.core.data import Finding
from mirabal_toolkit.core.instrument import Instrument, Item

#: Two slips are looked for only where so few people and such short ids can be compared in a moment.
_FEW_PEOPLE, _SHORT = 20_000, 16

#: Ages of one woman, told at two waves, may differ by so much.
_YEARS_APART = 1.0


def report_similar_ids(cells: Cells, instrument: Instrument, step: Step) -> StepResult:
    """Count the ids that may be a slip of another; see `REPORT_SIMILAR_IDS`."""
    links = find_links(cells, instrument, step)
    n_people = int(cells.person.nunique())
    audit = (step.counted("people", n_people, n_people),)
    if not links:
        return StepResult(cells, audit)
    count = len({link.late for link in links})
    # One count only stands in the words: only that is protected when findings leave.
    text = f"{count} id(s) that first appear after the first wave may be slips of an id that is missing then"
    advice = (
        "`mirabal import` writes a links file that says what speaks for each; decide in it, and give it with --links"
    )
    return StepResult(cells, audit, (Finding("warning", "similar_ids", text, count=count, advice=advice),))


def find_links(cells: Cells, instrument: Instrument, step: Step) -> tuple[Link, ...]:
    """Return the pairs of ids that may be one person's, the best proposal for each late id first.

    For the links file and for tests only: they hold ids.
    """
    codes, ids = pd.factorize(cells.person, sort=True)
    seen = _seen(cells, instrument, codes, len(ids))
    late = np.flatnonzero(~seen[:, 0] & seen.any(axis=1))
    if not len(late):
        return ()
    pairs = _candidates(pd.Index(ids, dtype="str"), late, two=step.number("most_slips") > 1)
    together = (seen[pairs[:, 0]] & seen[pairs[:, 1]]).any(axis=1)
    pairs = pairs[~together & seen[pairs[:, 1]].any(axis=1)]
    agree, differ = _compared(cells, instrument, codes, pairs)
    pairs, agree = pairs[~differ], agree[~differ]
    refused = pairs_said(step.parameters["links"], "no")
    links = _judged(np.asarray(ids, dtype=object), pairs, agree, _once(instrument), step)
    return tuple(link for link in links if (link.late, link.other) not in refused)


def _judged(
    ids: NDArray[np.object_], pairs: NDArray[np.intp], agree: Mask, items: list[Item], step: Step
) -> Iterator[Link]:
    """Yield the pairs that are near enough for what is known of them, at most so many for a late id."""
    needed, most = int(step.number("agreeing_for_two_slips")), int(step.number("proposals_for_an_id"))
    found: dict[str, list[Link]] = {}
    for (late, other), known in zip(pairs, agree, strict=True):
        slips = slips_between(ids[late], ids[other])
        same = tuple(item.id for item, yes in zip(items, known, strict=True) if yes)
        if slips == 1 or (slips == 2 <= step.number("most_slips") and len(same) >= needed):
            found.setdefault(ids[late], []).append(Link(ids[late], ids[other], slips, same))
    for name in sorted(found):
        near = [link for link in found[name] if link.slips == 1]
        # Two slips lie between many numbers: they tell something only where one id fits and no other.
        chosen = near or (found[name] if len(found[name]) == 1 else [])
        yield from sorted(chosen, key=lambda link: (-len(link.agree), link.other))[:most]


def _once(instrument: Instrument) -> list[Item]:
    return [item for item in instrument.items if item.per_person]


def _seen(cells: Cells, instrument: Instrument, codes: NDArray[np.intp], n_people: int) -> Mask:
    """Person × wave: whether she has any answer."""
    waves, place = np.unique(cells.wave, return_inverse=True)
    seen = np.zeros((n_people, len(waves)), dtype=bool)
    content = cells.any_valid(substantive_items(instrument)) & (codes >= 0)
    seen[codes[content], place[content]] = True
    return seen


def _candidates(ids: pd.Index[str], late: NDArray[np.intp], *, two: bool) -> NDArray[np.intp]:
    """Return pairs (late, other) that share a variant; two ids so many slips apart always do.

    Variants of an id are itself, its look, and what is left of it without one or two characters
    (the deletion neighbourhood of Mor & Fraenkel, 1982), so that not all pairs need be compared.
    """
    everyone = _variants(ids, two=two and len(ids) <= _FEW_PEOPLE)
    is_late = np.zeros(len(ids), dtype=bool)
    is_late[late] = True
    searched = everyone[is_late[everyone["id"].to_numpy()]].rename(columns={"id": "late"})
    nearby = everyone[everyone["variant"].isin(searched["variant"])].rename(columns={"id": "other"})
    pairs = searched.merge(nearby, on="variant")[["late", "other"]].drop_duplicates()
    found: NDArray[np.intp] = pairs[pairs["late"] != pairs["other"]].to_numpy(dtype=np.intp)
    return found


def _variants(ids: pd.Index[str], *, two: bool) -> pd.DataFrame:
    names = pd.Series(ids, dtype="str", index=pd.RangeIndex(len(ids)))
    names = names[names.str.len() <= LONGEST]
    longest = int(names.str.len().max()) if len(names) else 0
    looks = pd.Series(["=" + look_of(name) for name in names], index=names.index, dtype="str")
    parts = [names, looks, *(names.str[:place] + names.str[place + 1 :] for place in range(longest))]
    short = names[names.str.len() <= _SHORT] if two else names[:0]
    for first, second in combinations(range(min(longest, _SHORT)), 2) if len(short) else ():
        parts.append(short.str[:first] + short.str[first + 1 : second] + short.str[second + 1 :])
    table = pd.concat([pd.DataFrame({"id": part.index, "variant": part.to_numpy()}) for part in parts])
    return table.drop_duplicates(ignore_index=True)


def _compared(
    cells: Cells, instrument: Instrument, codes: NDArray[np.intp], pairs: NDArray[np.intp]
) -> tuple[Mask, Mask]:
    """For each pair: which things asked once are the same (pair × item), and whether any is another."""
    items = _once(instrument)
    agree = np.zeros((len(pairs), len(items)), dtype=bool)
    differ = np.zeros(len(pairs), dtype=bool)
    people, row_of = np.unique(codes, return_index=True)
    row_of = row_of[people >= 0]
    one, other = row_of[pairs[:, 0]], row_of[pairs[:, 1]]
    for place, item in enumerate(items):
        values = cells.answers[item.id]
        left, right = values.iloc[one].reset_index(drop=True), values.iloc[other].reset_index(drop=True)
        known = (left.notna() & right.notna()).to_numpy()
        same = known & ((left - right).abs() <= _YEARS_APART if item.unit == "years" else left == right).to_numpy()
        agree[:, place] = same
        differ |= known & ~same
    return agree, differ


REPORT_SIMILAR_IDS = Step(
    "report_similar_ids",
    what="ids compared with one another",
    why="A mistyped id makes one woman look like two: one who left and one who came late.",
    rule="Ids that first appear after the first wave are compared with ids that have no answers at the same waves. "
    "Proposed is one slip (a character more, less or other, two neighbours swapped, characters that look alike), "
    "where nothing asked once differs (ages by more than a year), and two slips where enough is known to agree and no "
    "other id fits. "
    "Nothing is merged: a links file is proposed.",
    run=report_similar_ids,
    parameters={"links": (), "most_slips": 2, "agreeing_for_two_slips": 2, "proposals_for_an_id": 3},
    explained={
        "most_slips": "1 or 2",
        "agreeing_for_two_slips": "how many things asked once must agree before two slips are proposed",
        "proposals_for_an_id": "at most so many proposals for one id",
    },
    after=("normalise_ids", "merge_linked_ids", "broadcast_person_items", "complete_grid"),
)
