"""Protection of estimates of arms, countries, subgroups and sites: parts of a whole that is shown too.

Where the count of one part must be hidden, all parts of that cell are: the last of them would follow from the
whole and the others. Where the whole is hidden, so are its parts. What was computed from hidden parts goes too.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mirabal_toolkit.core.results import DisclosureProfile
from mirabal_toolkit.disclosure.rules import Verdict, judge_row, missing, waves_of

Row = dict[str, Any]

#: Percentages (or means) of parts, recomputed from rounded counts.
PARTS = frozenset({"arm_level", "group_level", "balance"})
#: Numbers from models, or from comparing parts.
OF_PARTS = frozenset(
    {
        "arm_change",
        "completers_change",
        "arm_difference",
        "e_value",
        "group_test",
        "group_difference",
        "subgroup_test",
        "subgroup_change",
        "site_change",
        "site_variation",
        "site_estimate",
    }
)
#: Degrees of freedom of these count sites, groups or terms, not people.
FEW_DF = frozenset({"group_test", "subgroup_test", "site_change", "site_variation"})


def is_share(row: Row) -> bool:
    """Say whether a row of a part holds a percentage of people, with its count."""
    return row["analysis"] in PARTS and row["scale"] == "percent"


def hidden_parts(rows: Sequence[Row], wholes: set[tuple[str, str, int]], profile: DisclosureProfile) -> set[int]:
    """Return the positions of rows that are hidden because of a part, or of the whole.

    Parameters
    ----------
    rows : sequence of dict
        All estimates.
    wholes : set of (outcome, estimand, wave)
        Cells of everybody that are hidden.
    """
    closed = {cell for row in rows for cell in [_cell(row)] if cell is not None and _is_small(row, profile)}
    closed |= {cell for row in rows for cell in [_cell(row)] if cell is not None and cell[1:] in wholes}
    return {place for place, row in enumerate(rows) if _hidden(row, closed, wholes, profile)}


def _cell(row: Row) -> tuple[str, str, str, int] | None:
    """Return (kind of part, outcome, estimand, wave) of a row that counts people of a part."""
    if row["analysis"] not in PARTS or row["term"].startswith(("difference", "effective")):
        return None
    return _kind(row), row["outcome"], row["estimand"], 0 if missing(row["wave"]) else int(row["wave"])


def _kind(row: Row) -> str:
    # The first values in a table of balance are those of the arms at the first wave.
    return "group" if row["analysis"].startswith("group") else "arm"


def _verdict(row: Row, profile: DisclosureProfile) -> Verdict:
    """Judge the count of a part; of a mean the few whose score is not zero."""
    return judge_row(row, profile, alone=not is_share(row))


def _is_small(row: Row, profile: DisclosureProfile) -> bool:
    return _verdict(row, profile) != "shown"


def _hidden(
    row: Row, closed: set[tuple[str, str, str, int]], wholes: set[tuple[str, str, int]], profile: DisclosureProfile
) -> bool:
    if row["analysis"] in ("subgroup_change", "site_estimate", "completers_change") and _is_small(row, profile):
        return True
    if row["analysis"] not in PARTS | OF_PARTS:
        return False
    # What is asked once a person stands at wave 0.
    cells = [(row["outcome"], row["estimand"], wave) for wave in waves_of(row) or [0]]
    return any(cell in wholes or (_kind(row), *cell) in closed for cell in cells)


def verdict_of_parts(row: Row, profile: DisclosureProfile) -> Verdict:
    """Judge a part by its count, and what was computed from parts by the people it rests on."""
    if row["analysis"] in PARTS:
        return _verdict(row, profile)
    too_few = not missing(row["df"]) and row["df"] < profile.minimum_df and row["analysis"] not in FEW_DF
    small = not missing(row["n_persons"]) and row["n_persons"] < profile.minimum_base
    return "base" if too_few or small else "shown"
