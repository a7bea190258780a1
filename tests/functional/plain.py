"""The before–after figures of the example, by plain pandas from the raw file: nothing of the package is used."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyreadstat

WAVES = (1, 2, 3, 4, 5)
PHYSICAL = [f"c{i}" for i in range(1, 9)]
SEXUAL = ["d1", "d2", "d3"]
INTIMIDATION = [f"e{i}" for i in range(1, 9)]
COERCION = [f"f{i}" for i in range(1, 11)]
IN_PERSON_OR_REMOTE = [*PHYSICAL, "c8a", *SEXUAL, *INTIMIDATION, *COERCION]

ANY = {"physical_any": PHYSICAL, "sexual_any": SEXUAL, "intimidation_any": INTIMIDATION, "coercion_any": COERCION}
SEVERE = {"physical_severe": ["c4", "c5", "c6", "c7", "c8a"], "intimidation_severe": ["e2"]}
ABOVE_NEVER = {
    "weapon_used": "c7",
    "injured": "c8",
    "money_control": "f2",
    "isolation": "f1",
    "children_worried": "k4",
    "children_scared": "k3",
}
SAFETY = {"feels_very_safe": {1}, "feels_safe": {1, 2}, "feels_not_safe_at_all": {4}}


@dataclass(frozen=True)
class Shares:
    """Before and after: yes and n at each end, and the two-by-two table of those seen at both."""

    first: tuple[int, int]
    last: tuple[int, int]
    pairs: tuple[int, int, int, int]


def read_long(path):
    """One row a person-wave, the fullest where there are several; ids without spaces, in capitals."""
    wide, _ = pyreadstat.read_sav(path, user_missing=True, disable_datetime_conversion=True)
    wide["person_id"] = wide["person_id"].str.strip().str.upper()
    parts = []
    for wave in WAVES:
        columns = {name: name.removesuffix(f"_w{wave}") for name in wide if name.endswith(f"_w{wave}")}
        part = wide[["person_id", *columns]].rename(columns=columns).rename(columns={"burned": "c5"})
        parts.append(part.assign(wave=wave))
    long = pd.concat(parts, ignore_index=True)
    fullness = long.notna().sum(axis=1)
    return long.assign(fullness=fullness).sort_values("fullness").drop_duplicates(["person_id", "wave"], keep="last")


def interviewed(long):
    gate_passed = (long[["a1", "a2", "a3", "a4"]] == 1).all(axis=1)
    return long[long["a0"].isin([1, 2]) & gate_passed].set_index(["person_id", "wave"])


def answers(rows, item):
    """Valid codes 0–4; what was not asked because she did not meet him counts as never."""
    codes = rows[item]
    valid = codes.where(codes.between(0, 1 if item == "c8a" else 4))
    if item in IN_PERSON_OR_REMOTE:
        valid = valid.mask(codes.eq(97) & rows["b2"].isin([3, 4]), 0.0)
    return valid


def any_above_never(rows, items):
    given = pd.DataFrame({item: answers(rows, item) for item in items})
    # Whether she needed treatment is only asked of those who were hurt: for others it does not apply.
    applicable = pd.DataFrame({item: given[item].notna() | rows[item].ne(97) for item in items}).sum(axis=1)
    enough = given.notna().sum(axis=1) >= 0.7 * applicable - 1e-9
    above = given.gt(0).any(axis=1)
    return above.astype(float).where(above | (enough & applicable.gt(0)))


def indicator(rows, outcome):
    if outcome in ANY:
        return any_above_never(rows, ANY[outcome])
    if outcome in SEVERE:
        return any_above_never(rows, SEVERE[outcome])
    if outcome in SAFETY:
        level = rows["h1"].where(rows["h1"].between(1, 4))
        return level.isin(SAFETY[outcome]).astype(float).where(level.notna())
    given = answers(rows, ABOVE_NEVER[outcome])
    return given.gt(0).astype(float).where(given.notna())


def before_after(path):
    """Outcome → `Shares`, for women interviewed at the first wave."""
    rows = interviewed(read_long(path))
    started = rows.xs(1, level="wave").index
    return {outcome: _shares(indicator(rows, outcome), started) for outcome in (*ANY, *SEVERE, *ABOVE_NEVER, *SAFETY)}


def _shares(values, started):
    table = values.unstack("wave").reindex(started)
    first, last = table[1], table[5]
    both = table[[1, 5]].dropna()
    yes, now = both[1] == 1, both[5] == 1
    pairs = (yes & now, yes & ~now, ~yes & now, ~yes & ~now)
    return Shares(
        first=(int(first.sum()), int(first.notna().sum())),
        last=(int(last.sum()), int(last.notna().sum())),
        pairs=tuple(int(np.sum(part)) for part in pairs),
    )
