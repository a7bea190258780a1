"""What differs between two versions of an instrument, found by looking at both."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from mirabal_toolkit.core.expressions import Condition, Name, Node, Operation
from mirabal_toolkit.core.instrument import Change, Instrument, Item, Text
from mirabal_toolkit.instruments.comparing_answers import answer_differences, moved_answers
from mirabal_toolkit.instruments.comparing_scores import score_differences
from mirabal_toolkit.instruments.differences import Difference, original_language, version_key


@dataclass(frozen=True)
class VersionPair:
    """Two versions of one instrument, and which item of the newer one is which of the older."""

    older: Instrument
    newer: Instrument

    @cached_property
    def declared(self) -> tuple[Change, ...]:
        """The changes between the two that the newer version declares, oldest first."""
        return changes_between(self.newer, self.older.version)

    @cached_property
    def old_id(self) -> dict[str, str]:
        """Id of an item of the newer version → its id in the older; only items that are in both."""
        return _paired(self)

    @cached_property
    def new_id(self) -> dict[str, str]:
        """The same the other way round."""
        return {old: new for new, old in self.old_id.items()}

    @cached_property
    def language(self) -> str:
        """The language in which the instrument was written."""
        return original_language(self.newer)

    @property
    def pairs(self) -> Iterator[tuple[Item, Item]]:
        """Older and newer item, for all that are in both."""
        for new, old in self.old_id.items():
            yield self.older.item_by_id[old], self.newer.item_by_id[new]


def compare_versions(older: Instrument, newer: Instrument) -> tuple[Difference, ...]:
    """Return everything that differs, in the order of the newer version.

    Items of another name are recognised by the change log, or else by the same words.

    Examples
    --------
    >>> from mirabal_toolkit.instruments.loading import load_instrument
    >>> instrument = load_instrument("partner-safety@1.0.0")
    >>> compare_versions(instrument, instrument)
    ()
    """
    pair = VersionPair(older, newer)
    return (
        *_design_differences(pair),
        *_comings_and_goings(pair),
        *(difference for old, new in pair.pairs for difference in _item_differences(old, new, pair)),
        *answer_differences(older, newer, pair.language),
        *score_differences(older, newer, pair.new_id),
    )


def changes_between(newer: Instrument, older_version: str) -> tuple[Change, ...]:
    """Return the declared changes after `older_version` up to `newer`, oldest first."""
    since = version_key(older_version)
    chosen = [change for change in newer.changes if version_key(change.from_version) >= since]
    return tuple(sorted(chosen, key=lambda change: version_key(change.from_version)))


def merged_ids(change: Change) -> tuple[str, ...]:
    """Return the earlier ids of a merged item."""
    return tuple(name.strip() for name in change.was.split(",") if name.strip())


def _paired(pair: VersionPair) -> dict[str, str]:
    """Follow declared renames from version to version; what is left over is paired by id, then by its words."""
    origin = {item.id: item.id for item in pair.older.items}  # id so far → id in the older version
    for change in pair.declared:
        if change.kind == "renamed" and change.was in origin:
            origin[change.item] = origin.pop(change.was)
    taken = {change.item for change in pair.declared if change.kind in ("split", "merged")}
    known = {item.id: origin[item.id] for item in pair.newer.items if item.id in origin and item.id not in taken}
    guessed = _same_words(pair, known, taken)
    return {item.id: {**known, **guessed}[item.id] for item in pair.newer.items if item.id in {**known, **guessed}}


def _same_words(pair: VersionPair, known: Mapping[str, str], taken: set[str]) -> dict[str, str]:
    """Pair items that nobody declared by their wording, where it fits one only."""
    old_words: dict[str, list[str]] = {}
    for item in pair.older.items:
        if item.id not in known.values() and pair.language in item.text:
            old_words.setdefault(item.text[pair.language], []).append(item.id)
    found: dict[str, str] = {}
    for item in pair.newer.items:
        if item.id not in known and item.id not in taken:
            fitting = old_words.get(item.text.get(pair.language, ""), [])
            if len(fitting) == 1 and fitting[0] not in found.values():
                found[item.id] = fitting[0]
    return found


def _comings_and_goings(pair: VersionPair) -> Iterator[Difference]:
    made = {change.item for change in pair.declared if change.kind in ("split", "merged")}
    used_up = {name for change in pair.declared if change.kind in ("split", "merged") for name in merged_ids(change)}
    for item in pair.newer.items:
        if item.id not in pair.old_id and item.id not in made:
            yield Difference("added", "item", item.id, ("a new question",))
    for item in pair.older.items:
        if item.id not in pair.new_id and item.id not in used_up:
            yield Difference("removed", "item", item.id, ("is no longer asked",), "major")
    for change in pair.declared:
        if change.kind in ("split", "merged") and change.item in pair.newer.item_by_id:
            words = f"made from {' and '.join(merged_ids(change))}"
            yield Difference(change.kind, "item", change.item, (words,), was=change.was)


def _item_differences(old: Item, new: Item, pair: VersionPair) -> Iterator[Difference]:
    was = old.id if old.id != new.id else ""
    if was or old.variable != new.variable:
        words = [f"was {old.id}"] if was else []
        words += [f"variable {old.variable} → {new.variable}"] if old.variable != new.variable else []
        yield Difference("renamed", "item", new.id, tuple(words), was=old.id)
    yield from _wording_differences(old, new, pair.language, was)
    moved = moved_answers(old, new, pair.older, pair.newer)
    if moved:
        yield Difference("options_changed", "item", new.id, moved.details, moved.step, was)
    routing = _routing_words(old, new, pair.new_id)
    if routing:
        yield Difference("routing_changed", "item", new.id, routing, "minor", was)
    settings = [
        name
        for name in ("required", "sensitivity", "severe", "office", "block", "unit")
        if getattr(old, name) != getattr(new, name)
    ]
    if settings:
        yield Difference("described", "item", new.id, (f"other settings: {', '.join(settings)}",), "patch", was)


def _wording_differences(old: Item, new: Item, language: str, was: str) -> Iterator[Difference]:
    texts = ((old.text, new.text, "the question"), (old.note, new.note, "the note for interviewers"))
    reworded = tuple(f"{what} is worded anew" for a, b, what in texts if a.get(language) != b.get(language))
    if reworded:
        yield Difference("reworded", "item", new.id, reworded, "patch", was)
    others = sorted({code for a, b, _ in texts for code in _changed_languages(a, b) if code != language})
    if others:
        yield Difference("translated", "item", new.id, (f"other words in: {', '.join(others)}",), "patch", was)
    if dict(old.label) != dict(new.label):
        yield Difference("described", "item", new.id, ("another label in tables",), "patch", was)


def _changed_languages(old: Text, new: Text) -> set[str]:
    return {code for code in {*old, *new} if old.get(code) != new.get(code)}


def _routing_words(old: Item, new: Item, new_id: Mapping[str, str]) -> tuple[str, ...]:
    words = []
    if _renamed_condition(old.ask_if, new_id) != (new.ask_if.root if new.ask_if else None):
        before = old.ask_if.source if old.ask_if else "everybody"
        after = new.ask_if.source if new.ask_if else "everybody"
        words.append(f"asked of: {before} → {after}")
    if old.otherwise != new.otherwise and old.ask_if and new.ask_if:
        words.append(f"those left out: {old.otherwise.value} → {new.otherwise.value}")
    if old.waves != new.waves:
        words.append("asked at other waves")
    return tuple(words)


def _renamed_condition(condition: Condition | None, new_id: Mapping[str, str]) -> Node | None:
    return None if condition is None else _renamed(condition.root, new_id)


def _renamed(node: Node, new_id: Mapping[str, str]) -> Node:
    if isinstance(node, Name):
        return Name(new_id.get(node.name, node.name))
    if isinstance(node, Operation):
        return Operation(node.operator, tuple(_renamed(operand, new_id) for operand in node.operands))
    return node


def _design_differences(pair: VersionPair) -> Iterator[Difference]:
    older, newer = pair.older, pair.newer
    if older.reference_period != newer.reference_period:
        same = older.reference_period.get(pair.language) == newer.reference_period.get(pair.language)
        kind, step = ("translated", "patch") if same else ("redesigned", "major")
        yield Difference(kind, "instrument", newer.id, ("looks back on another time",), step)  # type: ignore[arg-type]
    before, after = ({wave.number: wave.months for wave in one.waves} for one in (older, newer))
    if before != after:
        kept = all(after.get(number) == months for number, months in before.items())
        words = "has more waves" if kept else "has other waves"
        yield Difference("redesigned", "instrument", newer.id, (words,), "minor" if kept else "major")
    if older.gate != newer.gate:
        yield Difference("redesigned", "instrument", newer.id, ("has another safety gate",), "minor")
    added = {language.code for language in newer.languages} - {language.code for language in older.languages}
    if added:
        yield Difference("translated", "instrument", newer.id, (f"new languages: {', '.join(sorted(added))}",), "patch")
    if (older.rights, older.title, older.description) != (newer.rights, newer.title, newer.description):
        yield Difference("described", "instrument", newer.id, ("title, description or rights differ",), "patch")
