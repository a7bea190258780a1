"""Who is asked, in two-valued logic, for programs that know no “unknown”.

A condition of ours is true, false or unknown, and who is unknown is asked. Other programs have two truths,
and each its own idea of an empty answer. So a condition is taken apart into two statements that are never
unknown: when it is surely true and when it is surely false. Asked is whoever it is not surely false for.

Whatever looks at one item with few possible answers is worked out by the toolkit's own evaluator, answer by
answer, and becomes “the answer is one of these codes”: short, and right in every program.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from mirabal_toolkit.core.expressions import Condition, Name, Node, Number, Operation, evaluate
from mirabal_toolkit.core.instrument import Instrument
from mirabal_toolkit.errors import FindingsError

#: More possible answers than this are not listed one by one.
MOST_CODES = 500
_COMPARISONS = ("==", "!=", "<", "<=", ">", ">=")
_OPPOSITE = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
_TURNED = {"==": "==", "!=": "!=", "<": ">", ">": "<", "<=": ">=", ">=": "<="}


@dataclass(frozen=True, slots=True)
class Among:
    """The answer to an item is one of `codes`; false without an answer."""

    item: str
    codes: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Answered:
    """The item has a valid answer."""

    item: str


@dataclass(frozen=True, slots=True)
class Compared:
    """Two numbers compared; used only where `needs`, all items in them, are answered."""

    operator: str
    left: Node
    right: Node
    needs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Counted:
    """The number of `parts` that hold, compared with a number."""

    operator: str
    parts: tuple[Statement, ...]
    number: float


@dataclass(frozen=True, slots=True)
class Every:
    """All parts hold; nothing in it is always true."""

    parts: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """At least one part holds; nothing in it is never true."""

    parts: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    part: Statement


Statement = Among | Answered | Compared | Counted | Every | Some | Not
ALWAYS, NEVER = Every(()), Some(())


def every(parts: Iterable[Statement]) -> Statement:
    """Return the statement that all parts hold, flat and without repeats."""
    flat = _flat(parts, Every)
    if NEVER in flat:
        return NEVER
    return flat[0] if len(flat) == 1 else Every(tuple(flat))


def some(parts: Iterable[Statement]) -> Statement:
    """Return the statement that at least one part holds, flat and without repeats."""
    flat = _flat(parts, Some)
    if ALWAYS in flat:
        return ALWAYS
    return flat[0] if len(flat) == 1 else Some(tuple(flat))


def _flat(parts: Iterable[Statement], kind: type[Every | Some]) -> list[Statement]:
    flat: dict[Statement, None] = {}
    for part in parts:
        flat |= dict.fromkeys(part.parts if isinstance(part, kind) else (part,))
    return list(flat)


def negated(statement: Statement) -> Statement:
    """Return the opposite, with “not” only before what cannot be taken apart.

    Examples
    --------
    >>> negated(Every((Among("B2", (3,)), Answered("K0"))))
    Some(parts=(Not(part=Among(item='B2', codes=(3,))), Not(part=Answered(item='K0'))))
    """
    if isinstance(statement, Not):
        return statement.part
    if isinstance(statement, Every):
        return some(negated(part) for part in statement.parts)
    if isinstance(statement, Some):
        return every(negated(part) for part in statement.parts)
    if isinstance(statement, Counted):
        return Counted(_OPPOSITE[statement.operator], statement.parts, statement.number)
    return Not(statement)


@dataclass(frozen=True, slots=True)
class Truth:
    """When a condition is surely true, and when it is surely false; neither means unknown."""

    true: Statement
    false: Statement

    @property
    def swapped(self) -> Truth:
        """The truth of the opposite."""
        return Truth(self.false, self.true)


def asked(condition: Condition | None, instrument: Instrument) -> Statement:
    """Return who is asked: everybody for whom the condition is not surely false.

    Examples
    --------
    >>> from mirabal_toolkit.core.expressions import parse_condition
    >>> from mirabal_toolkit.instruments.loading import load_instrument
    >>> asked(parse_condition("B2 in (together, apart) and K0 > 0"), load_instrument("partner-safety@1.0.0"))
    Every(parts=(Not(part=Among(item='B2', codes=(3.0, 4.0))), Not(part=Among(item='K0', codes=(0.0,)))))
    """
    return ALWAYS if condition is None else negated(truth(condition, instrument).false)


def truth(condition: Condition, instrument: Instrument) -> Truth:
    """Return when a condition is surely true and surely false.

    Raises
    ------
    FindingsError
        If it uses arithmetic on truths, which no other program would read the same way.
    """
    return _Taker(instrument, condition.source).truth(condition.root)


class _Taker:
    """Takes a condition apart, from the leaves up."""

    def __init__(self, instrument: Instrument, source: str) -> None:
        self.instrument, self.source = instrument, source
        self.options = instrument.option_codes

    def truth(self, node: Node) -> Truth:
        items = Condition(self.source, node).looked_up(self.options)
        if not items:
            return self.constant(node)
        domain = possible_answers(items[0], self.instrument) if len(items) == 1 else ()
        if domain:
            return self.worked_out(node, items[0], domain)
        if isinstance(node, Operation):
            return self.operation(node)
        return self.compared("!=", node, Number(0.0))

    def constant(self, node: Node) -> Truth:
        value = float(evaluate(Condition(self.source, node), self._no_items, self.options))
        return Truth(ALWAYS if abs(value) > 0 else NEVER, ALWAYS if value == 0 else NEVER)

    @staticmethod
    def _no_items(name: str) -> np.ndarray:
        raise KeyError(name)

    def worked_out(self, node: Node, item: str, domain: tuple[float, ...]) -> Truth:
        """The truth for each possible answer, and for none."""
        values = np.array([*domain, np.nan])
        found = np.broadcast_to(
            evaluate(Condition(self.source, node), lambda _name: values, self.options), values.shape
        )
        return Truth(_codes(item, domain, found == 1), _codes(item, domain, found == 0))

    def operation(self, node: Operation) -> Truth:
        if node.operator in _COMPARISONS:
            return self.comparison(node.operator, *node.operands)
        taken = {"and": self.both, "or": self.either, "not": self.opposite, "in": self.membership}
        if node.operator == "answered":
            known = every(Answered(name) for name in self.names(node))
            return Truth(known, negated(known))
        if node.operator in taken:
            return taken[node.operator](node.operands)
        return self.compared("!=", node, Number(0.0))

    def both(self, operands: tuple[Node, ...]) -> Truth:
        parts = [self.truth(operand) for operand in operands]
        return Truth(every(part.true for part in parts), some(part.false for part in parts))

    def either(self, operands: tuple[Node, ...]) -> Truth:
        parts = [self.truth(operand) for operand in operands]
        return Truth(some(part.true for part in parts), every(part.false for part in parts))

    def opposite(self, operands: tuple[Node, ...]) -> Truth:
        return self.truth(operands[0]).swapped

    def membership(self, operands: tuple[Node, ...]) -> Truth:
        left, *choices = operands
        return self.either(tuple(Operation("==", (left, choice)) for choice in choices))

    def comparison(self, operator: str, left: Node, right: Node) -> Truth:
        if not self.is_extreme(left) and self.is_extreme(right):
            left, right, operator = right, left, _TURNED[operator]
        if isinstance(left, Operation) and left.operator == "count" and isinstance(right, Number):
            parts = tuple(self.truth(operand).true for operand in left.operands)
            counted = Counted(operator, parts, right.value)
            return Truth(counted, negated(counted))
        if isinstance(left, Operation) and left.operator in ("max", "min"):
            return self.extreme(operator, left, right)
        return self.compared(operator, left, right)

    @staticmethod
    def is_extreme(node: Node) -> bool:
        return isinstance(node, Operation) and node.operator in ("count", "max", "min")

    def extreme(self, operator: str, node: Operation, right: Node) -> Truth:
        """`max` and `min` look only at items that have an answer; unknown only if none has."""
        if not isinstance(right, Number):
            raise self.refusal()
        beyond, up_to = (">", ">=") if node.operator == "max" else ("<", "<=")

        def anyone(sign: str) -> Statement:
            return some(self.truth(Operation(sign, (operand, right))).true for operand in node.operands)

        known = some(every(Answered(name) for name in self.names(operand)) for operand in node.operands)
        true = {
            beyond: anyone(beyond),
            up_to: anyone(up_to),
            _OPPOSITE[beyond]: every((known, negated(anyone(beyond)))),
            _OPPOSITE[up_to]: every((known, negated(anyone(up_to)))),
            "==": every((anyone("=="), negated(anyone(beyond)))),
            "!=": every((known, some((negated(anyone("==")), anyone(beyond))))),
        }
        return Truth(true[operator], true[_OPPOSITE[operator]])

    def compared(self, operator: str, left: Node, right: Node) -> Truth:
        left, right = self.with_codes(left, right), self.with_codes(right, left)
        needs = self.names(Operation("+", (left, right)))
        if not all(_is_arithmetic(side) for side in (left, right)):
            raise self.refusal()
        guard = [Answered(name) for name in needs]
        divisors = [Compared("!=", part, Number(0.0), needs) for side in (left, right) for part in _divisors(side)]
        return Truth(
            every((*guard, *divisors, Compared(operator, left, right, needs))),
            every((*guard, *divisors, Compared(_OPPOSITE[operator], left, right, needs))),
        )

    def with_codes(self, node: Node, beside: Node) -> Node:
        """An option's name becomes its code."""
        if isinstance(node, Name) and isinstance(beside, Name) and node.name in self.options.get(beside.name, {}):
            return Number(self.options[beside.name][node.name])
        return node

    def names(self, node: Node) -> tuple[str, ...]:
        return Condition(self.source, node).looked_up(self.options)

    def refusal(self) -> FindingsError:
        return FindingsError(
            "a condition computes with truths, which other programs do not understand",
            where=f"{self.instrument.reference}, condition “{self.source}”",
            fix="compare items with numbers, and join comparisons by and, or, not",
        )


def _codes(item: str, domain: tuple[float, ...], found: np.ndarray) -> Statement:
    """`found` holds one truth for each possible answer and a last one for no answer."""
    codes = tuple(code for code, holds in zip(domain, found[:-1], strict=True) if holds)
    among: Statement = Among(item, codes) if codes else NEVER
    if len(codes) == len(domain):
        among = Answered(item)
    if not found[-1]:
        return among
    others = tuple(code for code, holds in zip(domain, found[:-1], strict=True) if not holds)
    return ALWAYS if not others else Not(Among(item, others)) if codes else Not(Answered(item))


def _is_arithmetic(node: Node) -> bool:
    if isinstance(node, Operation):
        return node.operator in ("+", "-", "*", "/", "negative") and all(_is_arithmetic(part) for part in node.operands)
    return True


def _divisors(node: Node) -> list[Node]:
    if not isinstance(node, Operation):
        return []
    own = [node.operands[1]] if node.operator == "/" and not isinstance(node.operands[1], Number) else []
    return own + [divisor for part in node.operands for divisor in _divisors(part)]


def possible_answers(item_id: str, instrument: Instrument) -> tuple[float, ...]:
    """Return the codes an item can have, retired ones included; empty if they are too many or unlimited."""
    item = instrument.item(item_id)
    if item.type == "choice":
        return tuple(float(option.code) for option in instrument.options(item_id) if option.kind == "valid")
    if item.type != "integer" or item.minimum is None or item.maximum is None:
        return ()
    if item.maximum - item.minimum >= MOST_CODES:
        return ()
    return tuple(float(code) for code in range(int(item.minimum), int(item.maximum) + 1))


def missing_codes(item_id: str, instrument: Instrument) -> tuple[int, ...]:
    """Return the codes of an item that stand for missing reasons."""
    return tuple(option.code for option in instrument.options(item_id) if option.kind != "valid")
