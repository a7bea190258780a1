"""What differs in the answers that two versions allow."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mirabal_toolkit.core.instrument import Instrument, Item, Option, ResponseSet
from mirabal_toolkit.instruments.differences import Difference, Step, heaviest


@dataclass(frozen=True, slots=True)
class AnswerChange:
    """What differs in the answers to something, in words, and how much it weighs; false if nothing does."""

    details: tuple[str, ...] = ()
    step: Step = "patch"

    def __bool__(self) -> bool:
        return bool(self.details)


def answer_differences(older: Instrument, newer: Instrument, language: str) -> Iterator[Difference]:
    """Yield the response sets that are in both versions and differ."""
    for response_set in newer.response_sets:
        old = older.response_set_by_id.get(response_set.id)
        if old is None:
            continue
        change = _set_change(old, response_set, language)
        if change:
            yield Difference("options_changed", "response set", response_set.id, change.details, change.step)
        elif _labels(old) != _labels(response_set):
            yield Difference("translated", "response set", response_set.id, ("answers in other words",), "patch")


def moved_answers(old: Item, new: Item, older: Instrument, newer: Instrument) -> AnswerChange:
    """Return what is new about the answers to an item: type, range, or another response set."""
    changes: list[tuple[str, Step]] = []
    if old.type != new.type:
        changes.append((f"type {old.type} → {new.type}", "major"))
    if (old.minimum, old.maximum) != (new.minimum, new.maximum):
        changes.append((f"range {_range(old)} → {_range(new)}", "minor"))
    if old.response_set != new.response_set:
        before, after = (_codes(item, one) for item, one in ((old, older), (new, newer)))
        if before != after:
            kept = before.items() <= after.items()
            words = f"response set {old.response_set} → {new.response_set}"
            changes.append((words, "minor" if kept else "major"))
    return AnswerChange(tuple(words for words, _ in changes), heaviest(step for _, step in changes))


def code_meanings(item: Item, instrument: Instrument) -> dict[int, Option]:
    """Return code → option of an item; empty where it has no response set."""
    response_set = instrument.response_set_by_id.get(item.response_set or "")
    return {option.code: option for option in response_set.options} if response_set else {}


def _set_change(old: ResponseSet, new: ResponseSet, language: str) -> AnswerChange:
    before = {option.code: option for option in old.options}
    after = {option.code: option for option in new.options}
    changes: list[tuple[str, Step]] = []
    for code in sorted({*before, *after}):
        change = _option_change(before.get(code), after.get(code), language)
        if change is not None:
            changes.append(change)
    if old.direction != new.direction:
        changes.append((f"direction {old.direction} → {new.direction}", "major"))
    return AnswerChange(tuple(words for words, _ in changes), heaviest(step for _, step in changes))


def _option_change(old: Option | None, new: Option | None, language: str) -> tuple[str, Step] | None:
    if old is None or new is None:
        return _come_or_gone(old, new)
    if old.kind != new.kind or means_other(old, new, language):
        return f"{old.code} was {old.name} and is {new.name}", "major"
    if new.retired and not old.retired:
        return f"no longer offers {new.code} {new.name}", "minor"
    if old.name != new.name or old.label.get(language) != new.label.get(language):
        return f"{new.code} {new.name} is worded anew", "patch"
    return None


def _come_or_gone(old: Option | None, new: Option | None) -> tuple[str, Step] | None:
    if new is not None:
        return f"adds {new.code} {new.name}", "minor"
    return None if old is None else (f"lacks {old.code} {old.name}", "major")


def means_other(old: Option, new: Option, language: str) -> bool:
    """Whether a code stands for another answer: neither its name nor its label is the same."""
    return old.name != new.name and old.label.get(language) != new.label.get(language)


def _labels(response_set: ResponseSet) -> list[dict[str, str]]:
    return [dict(option.label) for option in response_set.options]


def _codes(item: Item, instrument: Instrument) -> dict[int, str]:
    return {code: option.name for code, option in code_meanings(item, instrument).items()}


def _range(item: Item) -> str:
    low, high = ("…" if edge is None else f"{edge:g}" for edge in (item.minimum, item.maximum))
    return f"{low} to {high}"
