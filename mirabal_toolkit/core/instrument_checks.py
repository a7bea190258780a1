"""What must hold inside one instrument; each check yields every problem it finds."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from mirabal_toolkit.core.expressions import WORDS
from mirabal_toolkit.core.instrument_score_checks import find_score_problems
from mirabal_toolkit.errors import Problem

if TYPE_CHECKING:
    from mirabal_toolkit.core.instrument import Instrument, Item, ResponseSet

#: Ids that conditions or the keys of a person-wave have taken.
RESERVED = WORDS | {"person_id", "wave"}

#: What SPSS, Stata and R all take as a variable name.
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_.]{0,63}")


def find_problems(instrument: Instrument) -> list[Problem]:
    """Return every contradiction in `instrument`, in the order a reader would meet them."""
    checks = (
        _ids_used_twice,
        _response_sets,
        _item_references,
        _conditions,
        find_score_problems,
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
            yield Problem(f"{kind} “{name}” is defined twice", f"{kind} {name}", "give one of them another id")


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
        if item.id in RESERVED:
            yield Problem("has an id that means something else to the toolkit", where, "choose another id")
        if not _VARIABLE.fullmatch(item.variable.replace("{wave}", "1", 1)):
            yield Problem(f"its variable name “{item.variable}” cannot stand in a data file", where)
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
                yield Problem(f"has the type {item.type}, but its response set has the answer “{option.name}”", where)
            elif low <= option.code <= high:
                fix = "narrow the range, or use a response set with other missing codes"
                yield Problem(f"its missing code {option.code} lies inside its range", where, fix)


def _conditions(instrument: Instrument) -> Iterator[Problem]:
    """A condition may look only at items asked before, and at their answers."""
    sets = {response_set.id: response_set for response_set in instrument.response_sets}
    every_item = {item.id for item in instrument.items}
    before: dict[str, Item] = {}
    answers: dict[str, dict[str, float]] = {}
    for item in instrument.items:
        where = f"item {item.id}, ask_if"
        for name in item.ask_if.looked_up(answers) if item.ask_if else ():
            if name in before:
                if not before[name].is_numeric:
                    yield Problem(f"looks at {name}, which is a {before[name].type}", where, "use a choice or a number")
            elif name in every_item:
                yield Problem(f"looks at {name}, which is asked later or is itself", where, "move it behind that item")
            else:
                yield Problem(f"names “{name}”, which is neither an item nor an answer beside its item", where)
        before[item.id] = item
        response_set = sets.get(item.response_set or "")
        answers[item.id] = {option.name: float(option.code) for option in response_set.valid} if response_set else {}


def _roles_and_gate(instrument: Instrument) -> Iterator[Problem]:
    items = {item.id for item in instrument.items}
    roles = instrument.roles
    named = {
        "interview_date": roles.interview_date,
        "wave_outcome": roles.wave_outcome,
        "contact": roles.contact,
        "site": roles.site,
        "partner_id": roles.partner_id,
        "duration": roles.duration,
    }
    for role, name in named.items():
        if name is not None and name not in items:
            yield Problem(f"role {role} names the unknown item “{name}”", "roles")
    yield from _known_answers(instrument, roles.wave_outcome, tuple(roles.wave_reasons), "roles, wave_reasons")
    yield from _known_answers(instrument, roles.wave_outcome, tuple(roles.withdrawal), "roles, withdrawal")
    for name in instrument.gate.items if instrument.gate else ():
        if name not in items:
            yield Problem(f"names the unknown item “{name}”", "gate")
        elif instrument.gate is not None:
            yield from _known_answers(instrument, name, (instrument.gate.pass_option,), f"gate, item {name}")


def _known_answers(
    instrument: Instrument, item_id: str | None, names: tuple[str, ...], where: str
) -> Iterator[Problem]:
    """`names` must be answers to the item."""
    sets = {response_set.id: response_set for response_set in instrument.response_sets}
    item = next((item for item in instrument.items if item.id == item_id), None)
    response_set = sets.get(item.response_set or "") if item else None
    known = {option.name for option in response_set.options} if response_set else set()
    for name in names:
        if name not in known:
            yield Problem(f"names the unknown answer “{name}”", where)


def _wording(instrument: Instrument) -> Iterator[Problem]:
    languages = {language.code for language in instrument.languages}
    for item in instrument.items:
        if not instrument.rights.wording_redistributable and item.text:
            yield Problem("holds wording that may not be passed on", f"item {item.id}", "keep ids and rules only")
        for code in sorted(set(item.text) - languages):
            yield Problem(f"has wording in “{code}”, which is not a language of the instrument", f"item {item.id}")
