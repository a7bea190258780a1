"""How a statistics program computes the scores: the rules of the toolkit as steps, for any language.

The steps follow `mirabal_toolkit.scoring` and the routing of `mirabal_toolkit.cleaning`: a question that she was
rightly not asked is no gap, an answer to it is not used unless it reports harm, and “no contact” counts as never
under `experienced`. The one thing left out: where an answer reports harm although others rule it out, the toolkit
puts those others in doubt too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from mirabal_toolkit.core.instrument import Estimand, Instrument, Item, Outcome, Scale
from mirabal_toolkit.core.missing import MissingReason
from mirabal_toolkit.instruments.exports.logic import NEVER, Statement, truth
from mirabal_toolkit.instruments.exports.variables import ScoreVariable, score_variables

#: What `state_…` holds: the item applies; not asked for want of contact; does not apply; not asked at this wave.
APPLIES, NO_CONTACT, NOT_APPLICABLE, NOT_ASKED = range(4)
#: 0.7 × 10 is 7.000000000000001 in some orders of arithmetic; seven answers must be enough.
SLACK = 1e-9


class Program(Protocol):
    """A language of a statistics program; expressions and conditions are text in it."""

    @property
    def missing(self) -> str:
        """How it writes a missing number."""

    def put(self, name: str, expression: str) -> str:
        """Return the step that makes a new variable."""

    def put_if(self, condition: str, name: str, expression: str) -> str:
        """Return the step that changes a variable where a condition is true (not false, not unknown)."""

    def note(self, text: str) -> str:
        """Return a remark."""

    def forget(self, names: Sequence[str]) -> str:
        """Return the step that removes helping variables; "" where they go by themselves."""

    def temporary(self, name: str) -> str:
        """Return the name of a helping variable."""

    def source(self, item: Item, wave: int) -> str:
        """Return the variable of an item at a wave."""

    def answer(self, variable: str) -> str:
        """Return a variable's valid answer, missing without one."""

    def holds_code(self, variable: str, item: str, code: int) -> str:
        """Return the condition that a variable holds a missing code."""

    def condition(self, statement: Statement) -> str:
        """Return a statement about items, by the helping variables of their answers."""

    def one_of(self, name: str, codes: Iterable[float]) -> str:
        """Return the condition that a variable is one of some codes; 0 or 1, missing where it is missing."""

    def mean(self, names: Sequence[str]) -> str:
        """Return their mean, leaving missing ones out."""

    def answered(self, names: Sequence[str]) -> str:
        """Return how many are not missing."""

    def above(self, names: Sequence[str], limit: float) -> str:
        """Return how many are above a limit."""

    def equal(self, names: Sequence[str], value: int) -> str:
        """Return how many (none of them missing) equal a value."""

    def known(self, condition: str, name: str) -> str:
        """Return a condition on a variable, false where it is missing."""

    def every(self, conditions: Sequence[str]) -> str:
        """Return that all conditions hold."""


@dataclass(frozen=True)
class Scoring:
    """The steps for one instrument in one language."""

    instrument: Instrument
    program: Program

    def wave(self, wave: int) -> Iterator[str]:
        """Yield the steps that score one wave."""
        program = self.program
        inside = program.temporary("interviewed")
        yield program.put(inside, "1")
        yield from self._not_interviewed(wave, inside)
        for item in self.needed():
            yield from self._settle(item, wave)
        by_outcome: dict[str, list[ScoreVariable]] = {}
        for variable in score_variables(self.instrument):
            if variable.wave == wave:
                by_outcome.setdefault(variable.outcome, []).append(variable)
        for outcome in self.instrument.outcomes:
            for variable in by_outcome[outcome.id]:
                yield from self._outcome(outcome, variable, inside)
        settled = [program.temporary(f"{kind}_{item.id}") for item in self.needed() for kind in ("answer", "state")]
        yield program.forget([inside, *settled])

    def needed(self) -> list[Item]:
        """Items of the scores, and those that decide whether they are asked, in order."""
        wanted: set[str] = set()
        for outcome in self.instrument.outcomes:
            scale = self.instrument.scale_by_id.get(outcome.scale or "")
            wanted |= {*scale.items, *scale.severe} if scale else {str(outcome.item)}
        for item in reversed(self.instrument.items):
            if item.id in wanted and item.ask_if:
                wanted |= set(item.ask_if.looked_up(self.instrument.option_codes))
        return [item for item in self.instrument.items if item.id in wanted and item.is_numeric]

    def _not_interviewed(self, wave: int, inside: str) -> Iterator[str]:
        """Unsafe, withdrawn and died end the wave, and so does a failed safety gate."""
        roles, codes = self.instrument.roles, self.instrument.option_codes
        if roles.wave_outcome is not None:
            barring = (MissingReason.UNSAFE_TO_CONTACT, MissingReason.WITHDRAWN, MissingReason.DIED)
            ends = [codes[roles.wave_outcome][name] for name, why in roles.wave_reasons.items() if why in barring]
            variable = self.program.source(self.instrument.item(roles.wave_outcome), wave)
            if ends:
                yield self.program.put_if(self.program.one_of(variable, ends), inside, "0")
        gate = self.instrument.gate
        for name in gate.items if gate else ():
            failing = [code for option, code in self._valid(name).items() if gate and option != gate.pass_option]
            variable = self.program.source(self.instrument.item(name), wave)
            yield self.program.put_if(self.program.one_of(variable, failing), inside, "0")

    def _valid(self, item_id: str) -> dict[str, float]:
        return {o.name: float(o.code) for o in self.instrument.options(item_id) if o.kind == "valid"}

    def _settle(self, item: Item, wave: int) -> Iterator[str]:
        """The answer, missing without one, and why the item may not apply."""
        program = self.program
        answer, state = (program.temporary(f"{kind}_{item.id}") for kind in ("answer", "state"))
        if item.waves and wave not in item.waves and not item.per_person:
            yield program.put(answer, program.missing)
            yield program.put(state, str(NOT_ASKED))
            return
        variable = program.source(item, wave)
        yield program.put(answer, program.answer(variable))
        yield program.put(state, str(APPLIES))
        for option in self.instrument.options(item.id):
            if option.kind in ("not_applicable", "no_contact"):
                why = NO_CONTACT if option.kind == "no_contact" else NOT_APPLICABLE
                yield program.put_if(program.holds_code(variable, item.id, option.code), state, str(why))
        yield from self._route(item, answer, state)

    def _route(self, item: Item, answer: str, state: str) -> Iterator[str]:
        program = self.program
        if item.ask_if is None:
            return
        found = truth(item.ask_if, self.instrument)
        otherwise = NO_CONTACT if item.otherwise is MissingReason.NO_CONTACT else NOT_APPLICABLE
        if otherwise == NO_CONTACT and any(o.kind == "no_contact" for o in self.instrument.options(item.id)):
            there = [program.condition(found.true), f"{state} = {NO_CONTACT}"]
            yield program.put_if(program.every(there), state, str(APPLIES))
        if found.false == NEVER:
            return
        yield program.put_if(program.condition(found.false), state, str(otherwise))
        floor = self._harm_floor(item)
        if floor is not None:
            yield program.put_if(program.known(f"{answer} > {floor:g}", answer), state, str(APPLIES))
        yield program.put_if(f"{state} > {APPLIES}", answer, program.missing)

    def _harm_floor(self, item: Item) -> float | None:
        """The code above which an answer reports harm; such an answer is never lost."""
        floors = [
            scale.minimum
            for scale in self.instrument.scales
            if scale.direction == "higher_is_worse"
            and item.id in (*scale.items, *scale.severe)
            and item.id not in scale.reversed
        ]
        return floors[-1] if floors else None

    def _outcome(self, outcome: Outcome, variable: ScoreVariable, inside: str) -> Iterator[str]:
        program = self.program
        yield program.note(f"{outcome.id}, {variable.estimand}")
        scale = self.instrument.scale_by_id.get(outcome.scale or "")
        steps = self._of_item(outcome, variable) if scale is None else self._of_scale(outcome, scale, variable)
        yield from steps
        yield program.put_if(f"{inside} = 0", variable.name, program.missing)

    def _of_item(self, outcome: Outcome, variable: ScoreVariable) -> Iterator[str]:
        program, item_id = self.program, str(outcome.item)
        counted = program.temporary("counted_1")
        lowest = self._lowest(item_id) if variable.estimand == "experienced" else None
        yield from self._count(item_id, counted, lowest, reverse=None)
        codes = [self._valid(item_id)[name] for name in outcome.categories]
        value = program.one_of(counted, codes) if outcome.indicator == "category" else counted
        yield program.put(variable.name, value)
        yield program.forget([counted])

    def _count(self, item_id: str, name: str, zero: float | None, reverse: Scale | None) -> Iterator[str]:
        """The answer as the estimand counts it."""
        program = self.program
        answer, state = program.temporary(f"answer_{item_id}"), program.temporary(f"state_{item_id}")
        turned = f"{reverse.minimum + reverse.maximum:g} - {answer}" if reverse else answer
        yield program.put(name, turned)
        if zero is not None:
            yield program.put_if(f"{state} = {NO_CONTACT}", name, f"{zero:g}")

    def _lowest(self, item_id: str) -> float:
        for scale in self.instrument.scales:
            if item_id in (*scale.items, *scale.severe):
                return float(scale.minimum)
        item = self.instrument.item(item_id)
        low = item.minimum if item.minimum is not None else 0.0
        return min(self._valid(item_id).values(), default=low)

    def _of_scale(self, outcome: Outcome, scale: Scale, variable: ScoreVariable) -> Iterator[str]:
        program, estimand = self.program, variable.estimand
        zero = scale.minimum if estimand == "experienced" and scale.no_contact_is_zero else None
        items = list(dict.fromkeys((*scale.items, *scale.severe)))
        counted = {name: program.temporary(f"counted_{place}") for place, name in enumerate(items, start=1)}
        for name in items:
            yield from self._count(name, counted[name], zero, scale if name in scale.reversed else None)
        base = scale.severe if outcome.indicator == "severe" else scale.items
        applicable, answered = program.temporary("applicable"), program.temporary("answered")
        yield program.put(applicable, self._applicable(base, zero is not None))
        yield program.put(answered, program.answered([counted[name] for name in base]))
        enough = program.every(
            [f"{applicable} > 0", f"{answered} >= {scale.minimum_answered:g} * {applicable} - {SLACK:g}"]
        )
        yield from self._indicator(outcome, scale, variable, counted, enough)
        yield program.put_if(f"{applicable} = 0", variable.name, program.missing)
        if estimand == "while_in_contact":
            states = [program.temporary(f"state_{name}") for name in items]
            yield program.put_if(f"{program.equal(states, NO_CONTACT)} > 0", variable.name, program.missing)
        yield program.forget([*counted.values(), applicable, answered])

    def _applicable(self, items: Sequence[str], no_contact_counts: bool) -> str:
        states = [self.program.temporary(f"state_{name}") for name in items]
        applies = self.program.equal(states, APPLIES)
        return f"{applies} + {self.program.equal(states, NO_CONTACT)}" if no_contact_counts else applies

    def _indicator(
        self, outcome: Outcome, scale: Scale, variable: ScoreVariable, counted: dict[str, str], enough: str
    ) -> Iterator[str]:
        program, name = self.program, variable.name
        main = [counted[item] for item in scale.items]
        severe = [counted[item] for item in scale.severe]
        yield program.put(name, program.missing)
        if outcome.indicator in ("score", "at_least"):
            low, high = scale.score_range
            mean = f"({program.mean(main)} - {scale.minimum:g})"
            span = f"{scale.maximum - scale.minimum:g}"
            yield program.put_if(enough, name, f"{low:g} + {high - low:g} * {mean} / {span}")
            if outcome.threshold is not None:
                reached = f"({name} >= {outcome.threshold:g} - {SLACK:g})"
                yield program.put_if(program.known("1 = 1", name), name, reached)
        elif outcome.indicator == "variety":
            yield program.put_if(enough, name, program.above(main, scale.minimum))
        else:
            yield program.put_if(enough, name, "0")
            base = severe if outcome.indicator == "severe" else [*main, *(one for one in severe if one not in main)]
            yield program.put_if(f"{program.above(base, scale.minimum)} > 0", name, "1")


def estimand_words(estimand: Estimand) -> str:
    """Return what the letter in a variable's name means."""
    return {
        "experienced": "no contact counts as never",
        "while_in_contact": "only where there was contact",
        "as_reported": "what does not apply is left out",
    }[estimand]
