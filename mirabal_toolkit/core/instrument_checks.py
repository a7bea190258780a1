"""What must hold inside one instrument; each check yields every problem it finds."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from mirabal_toolkit.errors import Problem

if TYPE_CHECKING:
    from mirabal_toolkit.core.instrument import Instrument, Item, Outcome, ResponseSet, Scale


def find_problems(instrument: Instrument) -> list[Problem]:
    """Return every contradiction in `instrument`, in the order a reader would meet them."""
    checks = (
        _ids_used_twice,
        _response_sets,
        _item_references,
        _conditions,
        _scales,
        _outcomes,
        _roles_and_gate,
        _wording,
    )
    return [problem for check in checks for problem in check(instrument)]


def _twice(names: Iterable[str]) -> list[str]:
    return [name for name, count in Counter(names).items() if count > 1]


def _ids_used_twice(instrument: Instrument) -> Iterator[Problem]:
    groups = {
        "item": [item.id for item in instrument.items],
        "variable": [item.variable.lower() for item in instrument.items],
        "block": [block.id for block in instrument.blocks],
        "response set": [response_set.id for response_set in instrument.response_sets],
        "scale": [scale.id for scale in instrument.scales],
        "outcome": [outcome.id for outcome in instrument.outcomes],
        "wave": [str(wave.number) for wave in instrument.waves],
    }
    for kind, names in groups.items():
        for name in _twice(names):
            yield Problem(f"{kind} “{name}” is defined twice", fix="give one of them another id")


def _response_sets(instrument: Instrument) -> Iterator[Problem]:
    for response_set in instrument.response_sets:
        where = f"response set {response_set.id}"
        for code in _twice(str(option.code) for option in response_set.options):
            yield Problem(f"code {code} is used twice", where, "give each option its own code, never used before")
        for name in _twice(option.name for option in response_set.options):
            yield Problem(f"option name “{name}” is used twice", where)


def _item_references(instrument: Instrument) -> Iterator[Problem]:
    blocks = {block.id for block in instrument.blocks}
    sets = {response_set.id: response_set for response_set in instrument.response_sets}
    waves = {wave.number for wave in instrument.waves}
    for item in instrument.items:
        where = f"item {item.id}"
        if item.block not in blocks:
            yield Problem(f"names the unknown block “{item.block}”", where)
        yield from _answers_of(item, sets, where)
        for wave in sorted(set(item.waves) - waves):
            yield Problem(f"is asked at wave {wave}, which does not exist", where)
        if item.minimum is not None and item.maximum is not None and item.minimum > item.maximum:
            yield Problem("its minimum is above its maximum", where)


def _answers_of(item: Item, sets: dict[str, ResponseSet], where: str) -> Iterator[Problem]:
    """A choice needs answers; a number, date or text may have a set of missing codes."""
    if item.response_set is None:
        if item.type == "choice":
            yield Problem("is a choice without a response set", where)
        return
    response_set = sets.get(item.response_set)
    if response_set is None:
        yield Problem(f"names the unknown response set “{item.response_set}”", where)
    elif item.type == "choice" and not response_set.valid:
        yield Problem(f"its response set “{item.response_set}” has no valid answer", where)
    elif item.type != "choice":
        # Without a declared range nothing can be said about overlap.
        low = math.inf if item.minimum is None else item.minimum
        high = -math.inf if item.maximum is None else item.maximum
        for option in response_set.options:
            if option.kind == "valid":
                yield Problem(f"is a {item.type}, but its response set has the answer “{option.name}”", where)
            elif low <= option.code <= high:
                fix = "narrow the range, or use a response set with other missing codes"
                yield Problem(f"its missing code {option.code} lies inside its range", where, fix)


def _conditions(instrument: Instrument) -> Iterator[Problem]:
    """A condition may look only at items asked before, and at their options."""
    before: dict[str, Item] = {}
    names_of_sets = {rs.id: {option.name for option in rs.options} for rs in instrument.response_sets}
    all_items = {item.id for item in instrument.items}
    for item in instrument.items:
        where = f"item {item.id}, ask_if"
        used = item.ask_if.names if item.ask_if else ()
        options: set[str] = set()
        for name in used:
            if name in before:
                options |= names_of_sets.get(before[name].response_set or "", set())
        for name in used:
            if name in before or name in options:
                continue
            if name in all_items:
                yield Problem(f"looks at {name}, which is asked later or is itself", where, "move it behind that item")
            else:
                yield Problem(f"names “{name}”, which is neither an item nor an answer to one", where)
        before[item.id] = item


def _scales(instrument: Instrument) -> Iterator[Problem]:
    items = {item.id: item for item in instrument.items}
    sets = {rs.id: rs for rs in instrument.response_sets}
    for scale in instrument.scales:
        where = f"scale {scale.id}"
        for name in scale.items:
            if name not in items:
                yield Problem(f"names the unknown item “{name}”", where)
            else:
                yield from _scale_range(scale, items[name], sets, where)
        for name in sorted(set(scale.reversed) - set(scale.items)):
            yield Problem(f"calls “{name}” reversed, which is not one of its items", where)
        for name in scale.severe:
            if name not in items:
                yield Problem(f"names the unknown item “{name}”", where)
        if not 0 < scale.minimum_answered <= 1:
            yield Problem("minimum_answered must lie above 0 and not above 1", where)
        if scale.minimum >= scale.maximum:
            yield Problem("its minimum is not below its maximum", where)


def _scale_range(scale: Scale, item: Item, sets: dict[str, ResponseSet], where: str) -> Iterator[Problem]:
    response_set = sets.get(item.response_set or "")
    codes = [option.code for option in response_set.valid] if response_set else []
    if codes and (min(codes) < scale.minimum or max(codes) > scale.maximum):
        yield Problem(
            f"item {item.id} has codes {min(codes)} to {max(codes)}, outside {scale.minimum:g} to {scale.maximum:g}",
            where,
        )


def _outcomes(instrument: Instrument) -> Iterator[Problem]:
    scales = {scale.id for scale in instrument.scales}
    items = {item.id: item for item in instrument.items}
    names_of_sets = {rs.id: {option.name for option in rs.valid} for rs in instrument.response_sets}
    measures = {measure.number for measure in instrument.measures_of_success}
    for outcome in instrument.outcomes:
        where = f"outcome {outcome.id}"
        if (outcome.scale is None) == (outcome.item is None):
            yield Problem("must name either a scale or an item", where)
        if outcome.scale is not None and outcome.scale not in scales:
            yield Problem(f"names the unknown scale “{outcome.scale}”", where)
        if outcome.item is not None and outcome.item not in items:
            yield Problem(f"names the unknown item “{outcome.item}”", where)
        if outcome.measure is not None and outcome.measure not in measures:
            yield Problem(f"names the unknown measure of success {outcome.measure}", where)
        if not outcome.estimands:
            yield Problem("has no estimand", where)
        yield from _outcome_categories(outcome, items, names_of_sets, where)


def _outcome_categories(
    outcome: Outcome, items: dict[str, Item], names_of_sets: dict[str, set[str]], where: str
) -> Iterator[Problem]:
    if outcome.indicator == "category" and not outcome.categories:
        yield Problem("is a category without categories", where)
    item = items.get(outcome.item or "")
    known = names_of_sets.get(item.response_set or "", set()) if item else set()
    for name in outcome.categories:
        if name not in known:
            yield Problem(f"names the unknown answer “{name}”", where)


def _roles_and_gate(instrument: Instrument) -> Iterator[Problem]:
    items = {item.id for item in instrument.items}
    roles = instrument.roles
    named = {
        "interview_date": roles.interview_date,
        "wave_outcome": roles.wave_outcome,
        "contact": roles.contact,
        "site": roles.site,
        "partner_id": roles.partner_id,
    }
    for role, name in named.items():
        if name is not None and name not in items:
            yield Problem(f"role {role} names the unknown item “{name}”", "roles")
    for name in instrument.gate.items if instrument.gate else ():
        if name not in items:
            yield Problem(f"names the unknown item “{name}”", "gate")


def _wording(instrument: Instrument) -> Iterator[Problem]:
    languages = {language.code for language in instrument.languages}
    for item in instrument.items:
        if not instrument.rights.wording_redistributable and item.text:
            yield Problem("holds wording that may not be passed on", f"item {item.id}", "keep ids and rules only")
        for code in sorted(set(item.text) - languages):
            yield Problem(f"has wording in “{code}”, which is not a language of the instrument", f"item {item.id}")
