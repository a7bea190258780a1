"""Ids that look like a slip of another id: proposed, never merged.

Study ids are often numbered, so almost every id is one slip away from another. Only a pair that
could be one woman is proposed: one id first turns up after the first wave, the two never have
answers at the same wave, and nothing asked once a person contradicts it.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from mirabal_toolkit.cleaning.cells import Cells, substantive_items
from mirabal_toolkit.cleaning.step import Step, StepResult
from mirabal_toolkit.core.data import Finding
from mirabal_toolkit.core.instrument import Instrument

#: Characters taken for one another by eye or ear of a typist.
_LOOKALIKE = str.maketrans({"o": "0", "q": "0", "l": "1", "i": "1", "|": "1", "z": "2", "s": "5", "b": "8", "-": ""})

#: Longer ids are not searched: nobody types them.
_LONGEST = 40


def report_similar_ids(cells: Cells, instrument: Instrument, step: Step) -> StepResult:
    """Count the ids that may be a slip of another; see `REPORT_SIMILAR_IDS`."""
    count = len(similar_ids(cells, instrument))
    n_people = int(cells.person.nunique())
    audit = (step.counted("people", n_people, n_people),)
    if not count:
        return StepResult(cells, audit)
    text = f"{count} id(s) that first appear after the first wave are one slip away from an id that is missing then"
    advice = "compare them with the contact records; if they are the same woman, correct the id in the file"
    finding = Finding("warning", "similar_ids", text, item=instrument.roles.person_id, count=count, advice=advice)
    return StepResult(cells, audit, (finding,))


def similar_ids(cells: Cells, instrument: Instrument) -> dict[str, list[str]]:
    """Return, for each id that appears late, the ids it may be a slip of.

    For the secure store and for tests only: ids are never printed.
    """
    seen = _seen(cells, instrument)
    late = seen.index[~seen.iloc[:, 0] & seen.any(axis=1)]
    if late.empty:
        return {}
    pairs = _candidates(seen.index, late)
    together = (seen.loc[pairs["late"]].to_numpy() & seen.loc[pairs["other"]].to_numpy()).any(axis=1)
    pairs = pairs[~together & _agree(cells, instrument, pairs) & seen.loc[pairs["other"]].any(axis=1).to_numpy()]
    found: dict[str, list[str]] = {}
    for one, other in sorted(pairs.itertuples(index=False, name=None)):
        if one_slip_apart(one, other):
            found.setdefault(one, []).append(other)
    return found


def one_slip_apart(one: str, other: str) -> bool:
    """Whether two ids differ by one character, two swapped neighbours, lookalikes, or leading zeros.

    Examples
    --------
    >>> one_slip_apart("AB12", "AB21"), one_slip_apart("A0-1", "AO1"), one_slip_apart("AB12", "AB34")
    (True, True, False)
    """
    if one == other:
        return False
    if _canonical(one) == _canonical(other):
        return True
    if len(one) == len(other):
        differ = [place for place in range(len(one)) if one[place] != other[place]]
        swapped = len(differ) == 2 and differ[1] == differ[0] + 1 and one[differ[0]] == other[differ[1]]
        return len(differ) == 1 or (swapped and one[differ[1]] == other[differ[0]])
    short, long = sorted((one, other), key=len)
    return any(long[:place] + long[place + 1 :] == short for place in range(len(long)))


def _canonical(person_id: str) -> str:
    return person_id.casefold().translate(_LOOKALIKE).lstrip("0")


def _seen(cells: Cells, instrument: Instrument) -> pd.DataFrame:
    """Person × wave: whether she has any answer."""
    content = cells.any_valid(substantive_items(instrument))
    table = pd.DataFrame({"person": cells.person, "wave": cells.wave, "content": content})
    return table.pivot_table(index="person", columns="wave", values="content", aggfunc="any").fillna(False).astype(bool)


def _variants(ids: pd.Index[str]) -> pd.DataFrame:
    """Each id as it is, as it looks, and with each one of its characters left out.

    Two ids one slip apart share at least one variant, so candidates are found without comparing all
    pairs (the deletion neighbourhood of Mor & Fraenkel, 1982).
    """
    names = pd.Series(ids, dtype="str")
    names = names[names.str.len() <= _LONGEST]
    longest = int(names.str.len().max()) if len(names) else 0
    looks = pd.Series(["=" + _canonical(name) for name in names], index=names.index, dtype="str")
    parts = [names, looks, *(names.str[:place] + names.str[place + 1 :] for place in range(longest))]
    table = pd.concat([pd.DataFrame({"id": names, "variant": part}) for part in parts], ignore_index=True)
    return table.drop_duplicates()


def _candidates(ids: pd.Index[str], late: pd.Index[str]) -> pd.DataFrame:
    everyone = _variants(ids)
    searched = everyone[everyone["id"].isin(late)].rename(columns={"id": "late"})
    nearby = everyone[everyone["variant"].isin(searched["variant"])].rename(columns={"id": "other"})
    pairs = searched.merge(nearby, on="variant")[["late", "other"]].drop_duplicates()
    return pairs[pairs["late"] != pairs["other"]]


def _agree(cells: Cells, instrument: Instrument, pairs: pd.DataFrame) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Whether nothing that is asked once a person differs between the two ids."""
    agree = np.ones(len(pairs), dtype=bool)
    first = ~cells.person.duplicated().to_numpy()
    for item in instrument.items:
        if not item.per_person:
            continue
        value = cells.answers.loc[first, item.id].set_axis(cells.person[first])
        one, other = value.reindex(pairs["late"]), value.reindex(pairs["other"])
        known = one.notna().to_numpy() & other.notna().to_numpy()
        agree &= ~known | (one.to_numpy() == other.to_numpy())
    return agree


REPORT_SIMILAR_IDS = Step(
    "report_similar_ids",
    what="ids compared with one another",
    why="A mistyped id makes one woman look like two: one who left and one who came late.",
    rule="Ids that first appear after the first wave are compared with ids that have no answers at the same waves; "
    "one slip apart, and nothing known of the person differing, is reported. Nothing is merged.",
    run=report_similar_ids,
)
