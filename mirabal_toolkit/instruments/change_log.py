"""The change log of a version against what really changed, and what that means for comparing over time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from mirabal_toolkit.core.instrument import Change, Comparability, Instrument, Outcome
from mirabal_toolkit.errors import Problem, UsageError
from mirabal_toolkit.instruments.comparing import VersionPair, compare_versions, merged_ids
from mirabal_toolkit.instruments.differences import (
    UNDECLARED,
    Difference,
    Step,
    heaviest,
    raised,
    step_between,
    version_key,
)

_GRADES: tuple[Comparability, ...] = ("yes", "partial", "no")


@dataclass(frozen=True, slots=True)
class ExplainedDifference:
    """A difference beside what the change log says of it.

    Parameters
    ----------
    difference : Difference
    declared : Change or None
        None where the log is silent.
    """

    difference: Difference
    declared: Change | None

    @property
    def comparability(self) -> Comparability:
        """Whether answers or scores before and after may be compared; nothing said about a major change: no."""
        if self.declared is not None:
            return self.declared.comparability
        if self.difference.kind in UNDECLARED:
            return "yes"
        return {"patch": "yes", "minor": "partial", "major": "no"}[self.difference.step]  # type: ignore[return-value]

    @property
    def step(self) -> Step:
        """How the version number must rise for it: what it weighs, and more where it cannot be compared."""
        if self.difference.kind in ("added", *UNDECLARED) or self.declared is None:
            return self.difference.step
        declared: Step = {"yes": "patch", "partial": "minor", "no": "major"}[self.comparability]  # type: ignore[assignment]
        return heaviest((self.difference.step, declared))


@dataclass(frozen=True)
class Comparison:
    """Two versions compared.

    Parameters
    ----------
    pair : VersionPair
    explained : tuple of ExplainedDifference
        Everything that differs, with what is declared of it.
    unfounded : tuple of Change
        Declared changes that are not to be seen in the files.
    """

    pair: VersionPair
    explained: tuple[ExplainedDifference, ...]
    unfounded: tuple[Change, ...]

    @property
    def least_step(self) -> Step:
        """How the version number must rise at least."""
        return heaviest(one.step for one in self.explained)

    @property
    def least_version(self) -> str:
        """The lowest number the newer version may have."""
        return raised(self.pair.older.version, self.least_step)

    @cached_property
    def items(self) -> dict[str, Comparability]:
        """Item of the newer version → whether its answers may be compared with those of the older."""
        return _item_grades(self)

    @cached_property
    def outcomes(self) -> dict[str, Comparability]:
        """Outcome of the newer version → whether its scores may be compared with those of the older."""
        return {outcome.id: _outcome_grade(outcome, self) for outcome in self.pair.newer.outcomes}


def compare(older: Instrument, newer: Instrument) -> Comparison:
    """Compare two versions of an instrument, and check the change log of the newer one against them.

    Raises
    ------
    UsageError
        If they are two instruments, or the first is not the older one.

    Examples
    --------
    >>> from mirabal_toolkit.instruments.loading import load_instrument
    >>> found = compare(load_instrument("partner-safety@1.0.0"), load_instrument("partner-safety@1.1.0"))
    >>> found.least_step, found.outcomes["physical_any"]
    ('minor', 'yes')
    """
    if older.id != newer.id:
        raise UsageError(
            f"{older.id} and {newer.id} are two instruments, not two versions of one",
            fix=f"name two versions of one, such as {older.id}@{older.version}; `mirabal instruments list` names them",
        )
    if version_key(older.version) > version_key(newer.version):
        raise UsageError(f"{older.version} is newer than {newer.version}", fix="name the older version first")
    pair = VersionPair(older, newer)
    explained = tuple(
        ExplainedDifference(difference, _declared(difference, pair)) for difference in compare_versions(older, newer)
    )
    used = [id(one.declared) for one in explained]
    return Comparison(pair, explained, tuple(change for change in pair.declared if id(change) not in used))


def log_problems(comparison: Comparison) -> Iterator[Problem]:
    """Yield what is wrong with the change log and the number of the newer version."""
    older = comparison.pair.older
    for one in comparison.explained:
        found = one.difference
        if one.declared is None and found.kind not in UNDECLARED:
            what = f"{found.kind} since {older.version}, which the change log does not say ({'; '.join(found.details)})"
            yield Problem(
                what, f"{found.subject} {found.id}", f"add to changes: {{kind: {found.kind}, item: {found.id}, …}}"
            )
    # What a later version took back cannot be seen from here: only neighbours can be held to every word.
    neighbours = all(change.from_version == older.version for change in comparison.pair.declared)
    for change in comparison.unfounded if neighbours else ():
        yield Problem(f"the change log says {change.kind} of {change.item}, which is not to be seen", "changes")
    for change in comparison.pair.declared:
        yield from _recode_problems(change, comparison.pair)
    yield from _number_problems(comparison)


def _number_problems(comparison: Comparison) -> Iterator[Problem]:
    """The number must rise, by at least what the changes ask for."""
    older, newer = comparison.pair.older, comparison.pair.newer
    taken, least = step_between(older.version, newer.version), comparison.least_step
    fix = f"call it {comparison.least_version} or higher"
    if taken is None:
        yield Problem(f"its number is not above {older.version}", "version", fix)
    elif heaviest((taken, least)) != taken:
        what = f"is a {taken.upper()} version, but what changed since {older.version} asks for {least.upper()}"
        yield Problem(what, "version", fix)


def _declared(difference: Difference, pair: VersionPair) -> Change | None:
    """The entry of the log about a difference: of its kind, about its id or that of its response set."""
    names = {difference.id}
    if difference.subject == "item" and difference.kind == "options_changed":
        item = pair.newer.item_by_id.get(difference.id)
        names |= {item.response_set} if item and item.response_set else set()
    if difference.subject == "response set":
        names |= {item.id for item in pair.newer.items if item.response_set == difference.id}
    for change in reversed(pair.declared):
        if change.kind == difference.kind and change.item in names:
            return change
    return None


def _recode_problems(change: Change, pair: VersionPair) -> Iterator[Problem]:
    """The codes of a recode map must exist on both sides."""
    after = _codes_of(change.item, pair.newer)
    unknown = sorted(set(change.recode.values()) - after) if after else []
    if unknown:
        yield Problem(f"recodes to {', '.join(map(str, unknown))}, which is no code of {change.item}", "changes")
    before = set().union(*(_codes_of(name, pair.older) for name in merged_ids(change) or (change.item,)))
    strange = sorted(set(change.recode) - before) if before else []
    if strange:
        yield Problem(f"recodes {', '.join(map(str, strange))}, which was no code of {change.item}", "changes")
    if change.kind == "renamed" and change.was not in pair.older.item_by_id and not _renamed_on_the_way(change, pair):
        yield Problem(
            f"says that {change.item} was “{change.was}”, which is no item of {pair.older.version}", "changes"
        )


def _renamed_on_the_way(change: Change, pair: VersionPair) -> bool:
    return any(
        other.kind in ("renamed", "added", "split", "merged") and other.item == change.was for other in pair.declared
    )


def _codes_of(name: str, instrument: Instrument) -> set[int]:
    item = instrument.item_by_id.get(name)
    response_set = instrument.response_set_by_id.get((item.response_set or "") if item else name)
    return {option.code for option in response_set.options} if response_set else set()


def _item_grades(comparison: Comparison) -> dict[str, Comparability]:
    newer = comparison.pair.newer
    grades: dict[str, list[Comparability]] = {item.id: ["yes"] for item in newer.items}
    for one in comparison.explained:
        found = one.difference
        if found.kind in UNDECLARED:
            continue
        grade: Comparability = "no" if found.kind == "added" else one.comparability
        if found.subject == "item" and found.id in grades:
            grades[found.id].append(grade)
        elif found.subject == "response set":
            for item in newer.items:
                if item.response_set == found.id:
                    grades[item.id].append(grade)
    return {name: max(found, key=_GRADES.index) for name, found in grades.items()}


def _outcome_grade(outcome: Outcome, comparison: Comparison) -> Comparability:
    """The worse of what is said of the outcome or its scale, and of what happened to its items.

    One item of several that cannot be compared is left out, so that the score is comparable in part. An outcome
    that is new but computed from old items can be computed from old answers too.
    """
    scale = comparison.pair.newer.scale_by_id.get(outcome.scale or "")
    items = (*scale.items, *scale.severe) if scale else (outcome.item or "",)
    grades = [comparison.items.get(name, "yes") for name in items]
    worst: Comparability = max(grades, key=_GRADES.index, default="yes")
    if worst == "no" and any(grade != "no" for grade in grades):
        worst = "partial"
    said = [
        one.comparability
        for one in comparison.explained
        if (one.difference.subject, one.difference.id) in (("outcome", outcome.id), ("scale", outcome.scale))
        and one.difference.kind not in ("added", *UNDECLARED)
    ]
    grades = [worst, *said]
    return max(grades, key=_GRADES.index)
