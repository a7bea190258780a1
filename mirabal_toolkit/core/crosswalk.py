"""From the answers to one version of an instrument to those of a later one.

A `Crosswalk` says which item became which, which codes changed, and what cannot be compared. It is
plain data, so that any room can take it; the room of instruments makes it from the change log.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from mirabal_toolkit.core.data import KEYS, PERSON, WAVE, Bridge, Finding, WaveData
from mirabal_toolkit.core.frames import SealedFrame
from mirabal_toolkit.core.instrument import Comparability, Instrument, Item
from mirabal_toolkit.core.missing import MissingReason
from mirabal_toolkit.errors import UsageError

_NOT_ASKED = MissingReason.NOT_ASKED.value


@dataclass(frozen=True, slots=True)
class ItemCrossing:
    """Where the answers to an item come from.

    Parameters
    ----------
    item : str
        Its id in the later version.
    sources : tuple of str
        Its ids in the earlier version. More than one: they were merged, and the highest answer
        counts. None: it was not asked.
    recode : mapping
        Earlier code → later code; codes not named stay as they are.
    comparability : str
        ``no``: its earlier answers are set aside, as if it had not been asked.
    """

    item: str
    sources: tuple[str, ...]
    recode: Mapping[int, int] = field(default_factory=dict)
    comparability: Comparability = "yes"


@dataclass(frozen=True, slots=True)
class Crosswalk:
    """How answers to one version of an instrument become answers to a later one.

    Parameters
    ----------
    instrument : str
        Id of the instrument.
    from_version, to_version : str
    crossings : tuple of ItemCrossing
        One for every item of the later version, in its order.
    outcomes : mapping
        Outcome of the later version → whether scores before and after may be compared.
    dropped : tuple of str
        Items of the earlier version that live on in none.
    """

    instrument: str
    from_version: str
    to_version: str
    crossings: tuple[ItemCrossing, ...]
    outcomes: Mapping[str, Comparability] = field(default_factory=dict)
    dropped: tuple[str, ...] = ()

    @property
    def renamed(self) -> dict[str, str]:
        """Earlier id → later id, where they differ."""
        return {
            one.sources[0]: one.item for one in self.crossings if len(one.sources) == 1 and one.sources[0] != one.item
        }

    @property
    def not_asked(self) -> tuple[str, ...]:
        """Items that the earlier version does not have."""
        return tuple(one.item for one in self.crossings if not one.sources)

    @property
    def not_comparable(self) -> tuple[str, ...]:
        """Items that both versions have, but whose answers cannot be compared."""
        return tuple(one.item for one in self.crossings if one.sources and one.comparability == "no")

    @property
    def partial(self) -> tuple[str, ...]:
        """Items whose answers can be compared in part."""
        return tuple(one.item for one in self.crossings if one.sources and one.comparability == "partial")

    def outcomes_of(self, grade: Comparability) -> tuple[str, ...]:
        """Return the outcomes that can be compared so: ``yes``, ``partial`` or ``no``."""
        return tuple(name for name, found in self.outcomes.items() if found == grade)


def apply_crosswalk(waves: WaveData, crosswalk: Crosswalk, later: Instrument) -> WaveData:
    """Return the answers to an earlier version as answers to a later one.

    Items that the earlier version did not ask, and items that cannot be compared, are empty with the
    reason ``not_asked``. So no change over time is estimated from them; what was set aside, and what
    can be compared in part only, is told in the findings.

    Parameters
    ----------
    waves : WaveData
        Of the version `crosswalk` starts from.
    crosswalk : Crosswalk
    later : Instrument
        The version it leads to.

    Raises
    ------
    UsageError
        If the crosswalk does not lead from the version of `waves` to `later`.
    """
    ends = (waves.instrument.id, waves.instrument.version, later.id, later.version)
    if ends != (crosswalk.instrument, crosswalk.from_version, crosswalk.instrument, crosswalk.to_version):
        leads = f"{crosswalk.instrument} {crosswalk.from_version} → {crosswalk.to_version}"
        raise UsageError(f"this crosswalk leads {leads}, not {waves.instrument.reference} → {later.reference}")
    before, why = waves.answers.frame, waves.reasons.frame
    answers: dict[str, pd.Series[Any]] = {key: before[key] for key in KEYS}
    reasons: dict[str, pd.Series[Any]] = {}
    for crossing in crosswalk.crossings:
        known = [name for name in crossing.sources if name in before.columns]
        if crossing.sources and not known:
            continue  # asked, but not in these files: nothing is said about it
        if not known or crossing.comparability == "no":
            answers[crossing.item] = _empty(later.item(crossing.item), before.index)
            reasons[crossing.item] = pd.Series(_NOT_ASKED, index=before.index, dtype="str")
        else:
            answers[crossing.item] = _carried(before[known], crossing, waves.instrument)
            reasons[crossing.item] = why[known[0]]
    return WaveData(
        later,
        SealedFrame(pd.DataFrame(answers, index=before.index)),
        SealedFrame(pd.DataFrame(reasons, index=before.index)),
        waves.sources,
        (*waves.findings, *_findings(waves, crosswalk)),
        (*waves.bridges, _bridge(waves, crosswalk)),
    )


def _bridge(waves: WaveData, crosswalk: Crosswalk) -> Bridge:
    return Bridge(
        crosswalk.from_version,
        crosswalk.to_version,
        tuple(sorted(int(number) for number in waves.answers.frame[WAVE].dropna().unique())),
        crosswalk.outcomes_of("no"),
        crosswalk.outcomes_of("partial"),
    )


def join_waves(parts: Sequence[WaveData]) -> WaveData:
    """Return person-waves of one version, collected in several files, as one.

    Items that the files of a part never held are ``not_asked`` there.

    Raises
    ------
    UsageError
        If there is none, or they are of several versions.
    """
    references = list(dict.fromkeys(part.instrument.reference for part in parts))
    if len(references) != 1:
        raise UsageError(f"these cannot be joined: {', '.join(references) or 'nothing'}", fix="harmonise them first")
    instrument = parts[0].instrument
    used = {name for part in parts for name in part.reasons.columns}
    items = [item.id for item in instrument.items if item.id in used]
    answers = [_widened(part.answers.frame, items, instrument) for part in parts]
    reasons = [part.reasons.frame.astype("str").reindex(columns=items, fill_value=_NOT_ASKED) for part in parts]
    return WaveData(
        instrument,
        SealedFrame(pd.concat(answers, ignore_index=True)),
        SealedFrame(pd.concat(reasons, ignore_index=True)),
        tuple(source for part in parts for source in part.sources),
        tuple(dict.fromkeys(_still_true(parts))),
        tuple(dict.fromkeys(bridge for part in parts for bridge in part.bridges)),
    )


def _still_true(parts: Sequence[WaveData]) -> Iterator[Finding]:
    """What was found in the parts, but for waves without rows that another part has."""
    numbers = {int(number) for part in parts for number in part.answers.frame[WAVE].dropna().unique()}
    for part in parts:
        for finding in part.findings:
            if finding.code != "wave_without_rows" or finding.wave not in numbers:
                yield finding


def _widened(frame: pd.DataFrame, items: Sequence[str], instrument: Instrument) -> pd.DataFrame:
    columns = {key: frame[key] for key in KEYS}
    for name in items:
        columns[name] = frame[name] if name in frame.columns else _empty(instrument.item(name), frame.index)
    return pd.DataFrame(columns, index=frame.index)


def _empty(item: Item, index: pd.Index[Any]) -> pd.Series[Any]:
    """A column without answers, of the type of the item."""
    if item.is_numeric:
        return pd.Series(np.nan, index=index, dtype=float)
    return pd.Series([None] * len(index), index=index, dtype="datetime64[us]" if item.type == "date" else "str")


def _carried(answers: pd.DataFrame, crossing: ItemCrossing, earlier: Instrument) -> pd.Series[Any]:
    """The answers to an item: recoded, and of merged items the highest."""
    first = answers.iloc[:, 0]
    if len(crossing.sources) > 1:
        first = _highest(answers, earlier)
    if not crossing.recode:
        return first
    codes = {float(old): float(new) for old, new in crossing.recode.items()}
    return first.map(lambda code: codes.get(code, code)).astype(first.dtype)


def _highest(answers: pd.DataFrame, earlier: Instrument) -> pd.Series[Any]:
    """The highest answer in a row; a missing code counts only where there is no answer."""
    valid = answers.copy()
    for name in answers.columns:
        item = earlier.item(str(name))
        response_set = earlier.response_set_by_id.get(item.response_set or "")
        missing = [float(code) for code in response_set.reasons] if response_set else []
        valid[name] = answers[name].mask(answers[name].isin(missing))
    return valid.max(axis=1).fillna(answers.iloc[:, 0])


def _findings(waves: WaveData, crosswalk: Crosswalk) -> Iterator[Finding]:
    frame = waves.answers.frame
    steps = f"{crosswalk.from_version} → {crosswalk.to_version}"
    numbers = ", ".join(str(number) for number in sorted(frame[WAVE].dropna().unique()))
    what = f"answers to {crosswalk.from_version} (waves {numbers}) were carried over to {crosswalk.to_version}"
    yield Finding("note", "harmonised", what, count=len(frame))
    for crossing in crosswalk.crossings:
        answered = _answered(frame, crossing.sources)
        if not crossing.sources or not answered:
            continue
        if crossing.comparability == "no":
            what = f"answers of {steps} cannot be compared: the earlier ones are set aside, no change is estimated"
            yield Finding("warning", "not_comparable", what, crossing.item, count=answered)
        elif crossing.comparability == "partial":
            what = f"answers of {steps} can be compared in part only"
            yield Finding("warning", "partly_comparable", what, crossing.item, count=answered)
    for grade, code, words in (
        ("no", "outcome_not_comparable", "scores cannot be compared over"),
        ("partial", "outcome_partly_comparable", "scores can be compared in part only over"),
    ):
        for name in crosswalk.outcomes_of(grade):  # type: ignore[arg-type]
            people = int(frame[PERSON].nunique())
            yield Finding("warning", code, f"{words} {steps}", name, count=people)
    for name in crosswalk.dropped:
        if _answered(frame, (name,)):
            what = f"is not asked any more in {crosswalk.to_version}; its answers are left out"
            yield Finding("note", "item_dropped", what, name, count=_answered(frame, (name,)))


def _answered(frame: pd.DataFrame, names: Sequence[str]) -> int:
    known = [name for name in names if name in frame.columns]
    return int(frame[known].notna().any(axis=1).sum()) if known else 0
