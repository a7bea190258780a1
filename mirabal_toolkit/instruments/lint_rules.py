"""Rules of good practice that one version keeps by itself; each yields every breach it finds.

What an `Instrument` refuses to be built with stands in `mirabal_toolkit.core.instrument_checks`.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping

from mirabal_toolkit.core.instrument import Instrument, Item, Text
from mirabal_toolkit.errors import Problem
from mirabal_toolkit.instruments.differences import original_language

Rule = Callable[[Instrument], Iterator[Problem]]

LONGEST_LABEL = 60

_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_NUMBER = re.compile(r"\d+")
#: All that may stand for a question whose wording is not ours to pass on.
_BARE_LABEL = re.compile(r"(?:[A-Z][\w’ ]{0,40}, )?[Ii]tem \d{1,3}")
#: Without a comparison group the word is “change”.
_TOO_BOLD = re.compile(r"\b(?:effect|impact|reduc\w*)\b", re.IGNORECASE)


def texts(instrument: Instrument) -> Iterator[tuple[str, str, Text]]:
    """Yield every text that has languages: where, which part, and the words."""
    for name in ("title", "description", "reference_period"):
        yield name, "", getattr(instrument, name)
    for block in instrument.blocks:
        yield f"block {block.id}", "title", block.title
        yield f"block {block.id}", "intro", block.intro
    for item in instrument.items:
        for name in ("label", "text", "note"):
            yield f"item {item.id}", name, getattr(item, name)
    for response_set in instrument.response_sets:
        for option in response_set.options:
            yield f"response set {response_set.id}", f"answer {option.name}", option.label
    for scale in instrument.scales:
        yield f"scale {scale.id}", "label", scale.label
    for outcome in instrument.outcomes:
        yield f"outcome {outcome.id}", "label", outcome.label
        yield f"outcome {outcome.id}", "statement", outcome.statement


def unknown_languages(instrument: Instrument) -> Iterator[Problem]:
    """Words only in languages that the instrument names."""
    known = {language.code for language in instrument.languages}
    for where, part, text in texts(instrument):
        for code in sorted(set(text) - known):
            yield Problem(f"has words in “{code}”, which is not a language of the instrument", _place(where, part))


def missing_translations(instrument: Instrument) -> Iterator[Problem]:
    """In every language, everything that is read out or shown: questions, hints, answers, introductions.

    Questions by others are left as their makers publish them.
    """
    original = original_language(instrument)
    by_others = {block.id for block in instrument.blocks if block.attribution}
    for item in instrument.items:
        if item.block not in by_others:
            yield from _lacking(instrument, original, {"text": item.text, "note": item.note}, f"item {item.id}")
    for block in instrument.blocks:
        if block.id not in by_others:
            yield from _lacking(instrument, original, {"title": block.title, "intro": block.intro}, f"block {block.id}")
    used = {item.response_set for item in instrument.items if item.block not in by_others}
    for response_set in instrument.response_sets:
        if response_set.id in used:
            labels = {f"answer {option.name}": option.label for option in response_set.options}
            yield from _lacking(instrument, original, labels, f"response set {response_set.id}")


def _lacking(instrument: Instrument, original: str, parts: Mapping[str, Text], where: str) -> Iterator[Problem]:
    for part, text in parts.items():
        for language in instrument.languages:
            if original in text and language.code not in text:
                yield Problem(f"is not in “{language.code}”", _place(where, part), "translate it, or drop the language")


def placeholders_and_numbers(instrument: Instrument) -> Iterator[Problem]:
    """The same placeholders and the same numbers in every language."""
    original = original_language(instrument)
    for where, part, text in texts(instrument):
        for code, words in text.items():
            for what, pattern in (("placeholders", _PLACEHOLDER), ("numbers", _NUMBER)):
                wanted = sorted(pattern.findall(text.get(original, words)))
                if sorted(pattern.findall(words)) != wanted:
                    yield Problem(f"has other {what} in “{code}” than in “{original}”", _place(where, part))


def no_wording_of_others(instrument: Instrument) -> Iterator[Problem]:
    """A scoring-only file holds ids, ranges, rules, citation and link; no words of the questions or answers."""
    if instrument.rights.class_ != "scoring_only":
        return
    if instrument.rights.wording_redistributable:
        yield Problem("is scoring_only, so its wording may not be redistributable", "rights, wording_redistributable")
    if not instrument.rights.link:
        yield Problem("says nowhere where the wording can be had", "rights", "add a link")
    for where, part, text in texts(instrument):
        if part in ("text", "note", "intro") and text:
            yield Problem("holds wording that is not ours", _place(where, part), "keep ids and rules only")
        elif where.startswith("item ") and not _each_like(_BARE_LABEL, text):
            fix = "write “Item 3” or “Physical, item 3”"
            yield Problem("has a label that could be wording", _place(where, part), fix)
    for response_set in instrument.response_sets:
        if not all(_each_like(_NUMBER, option.label) for option in response_set.valid):
            yield Problem("holds wording of answers", f"response set {response_set.id}", "label answers by code")


def _each_like(pattern: re.Pattern[str], text: Text) -> bool:
    return all(pattern.fullmatch(words) for words in text.values())


def rights_of_others(instrument: Instrument) -> Iterator[Problem]:
    """Wording by others that may be passed on names whose it is."""
    by_others = [block for block in instrument.blocks if block.attribution]
    if instrument.rights.class_ == "third_party_free" and not by_others:
        yield Problem("is by others, but no block says by whom", "rights", "add an attribution to the blocks")
    if instrument.rights.class_ != "scoring_only" and not instrument.rights.wording_redistributable:
        yield Problem("may not be passed on, so it must be scoring_only", "rights, class")


def circles(instrument: Instrument) -> Iterator[Problem]:
    """No two items whose conditions look at each other, directly or by way of others."""
    looks_at = {item.id: set(item.ask_if.looked_up(instrument.option_codes)) if item.ask_if else set()
                for item in instrument.items}  # fmt: skip
    for item in instrument.items:
        seen: list[str] = []
        waiting = sorted(looks_at[item.id])
        while waiting:
            name = waiting.pop()
            if name not in seen:
                seen.append(name)
                waiting += sorted(looks_at.get(name, ()))
        if item.id in seen:
            yield Problem(
                "is asked only if it has been asked: its condition leads back to it", f"item {item.id}, ask_if"
            )


def gate_first(instrument: Instrument) -> Iterator[Problem]:
    """Nothing about her life is asked before it is known to be safe to talk."""
    if instrument.gate is None:
        return
    gate = set(instrument.gate.items)
    last = max((place for place, item in enumerate(instrument.items) if item.id in gate), default=0)
    for item in instrument.items[:last]:
        if item.id not in gate and item.sensitivity in ("personal", "sensitive", "free_text"):
            yield Problem("is asked before the safety gate", f"item {item.id}", "move it behind the gate")


def can_be_left_unanswered(instrument: Instrument) -> Iterator[Problem]:
    """Every question about a life can be answered with “don’t know” and “prefer not to say”."""
    if instrument.rights.class_ == "scoring_only":
        return
    for item in instrument.items:
        if item.sensitivity not in ("personal", "sensitive") or item.type in ("date", "text"):
            continue
        lacking = {"refused", "dont_know"} - _kinds(item, instrument)
        if lacking:
            what = f"has no answer of the kind {' and '.join(sorted(lacking))}"
            yield Problem(what, f"item {item.id}", "give its response set the missing codes")


def _kinds(item: Item, instrument: Instrument) -> set[str]:
    response_set = instrument.response_set_by_id.get(item.response_set or "")
    return {option.kind for option in response_set.options} if response_set else set()


def real_dates(instrument: Instrument) -> Iterator[Problem]:
    """Dates that are in the calendar."""
    dated = [("effective", instrument.effective)]
    dated += [(f"change {number}, date", change.date) for number, change in enumerate(instrument.changes, 1)]
    for where, text in dated:
        try:
            dt.date.fromisoformat(text)
        except ValueError:
            yield Problem("is a date that does not exist", where)


def waves_in_order(instrument: Instrument) -> Iterator[Problem]:
    """Waves counted and dated upwards."""
    for before, after in zip(instrument.waves, instrument.waves[1:], strict=False):
        if after.number <= before.number or after.months <= before.months:
            yield Problem("does not come after the wave above it", f"wave {after.number}")


def short_labels(instrument: Instrument) -> Iterator[Problem]:
    """Labels that fit into a table."""
    named = [(f"item {item.id}, label", item.label) for item in instrument.items]
    named += [(f"outcome {outcome.id}, label", outcome.label) for outcome in instrument.outcomes]
    for where, label in named:
        if any(len(words) >= LONGEST_LABEL for words in label.values()):
            yield Problem(f"is {LONGEST_LABEL} characters long or longer", where, "put the long form under text")


def careful_words(instrument: Instrument) -> Iterator[Problem]:
    """Outcomes promise no effect: without a comparison group the word is “change”."""
    for outcome in instrument.outcomes:
        for part, text in (("label", outcome.label), ("statement", outcome.statement)):
            if _TOO_BOLD.search(text.get("en", "")):
                yield Problem("promises an effect", f"outcome {outcome.id}, {part}", "say what changed, or how it was")


RULES: tuple[Rule, ...] = (
    unknown_languages,
    missing_translations,
    placeholders_and_numbers,
    no_wording_of_others,
    rights_of_others,
    circles,
    gate_first,
    can_be_left_unanswered,
    real_dates,
    waves_in_order,
    short_labels,
    careful_words,
)


def _place(where: str, part: str) -> str:
    return f"{where}, {part}" if part else where
