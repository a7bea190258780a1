"""The small language of conditions: names, numbers, comparison, and/or/not, arithmetic, ``in``.

A condition says who is asked an item: ``B2 in (together, apart) and K0 > 0``. It is read by a
parser of its own, never by Python's, so a questionnaire cannot run code. Truth has three values,
as in SQL: a comparison with a missing answer is unknown, and unknown is handed back as such.
A missing answer has no code, so ``B2 == refused`` could never be true; ``not answered(B2)`` asks that.

Grammar, loosest binding first::

    condition  := conjunction ("or" conjunction)*
    conjunction:= negation ("and" negation)*
    negation   := "not" negation | comparison
    comparison := sum (("==" | "!=" | "<" | "<=" | ">" | ">=") sum | ["not"] "in" "(" sum ("," sum)* ")")?
    sum        := product (("+" | "-") product)*
    product    := factor (("*" | "/") factor)*
    factor     := number | name | "-" factor | "(" condition ")" | function "(" condition ("," condition)* ")"
    function   := "answered" | "max" | "min" | "count"

``answered`` is true when all its items have an answer; ``max`` and ``min`` are taken over those that
have one; ``count`` says how many of its conditions are true. Division by zero is unknown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from mirabal_toolkit.errors import InputError

MAX_LENGTH = 500
MAX_DEPTH = 20

Array = NDArray[np.float64]
Lookup = Callable[[str], Array]

_TOKEN = re.compile(r"\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<name>[A-Za-z_]\w*)|(?P<sign>==|!=|<=|>=|[<>()+\-*/,]))")
_WORDS = frozenset({"and", "or", "not", "in"})
_FUNCTIONS = frozenset({"answered", "max", "min", "count"})

#: Words of the language, which cannot be the id of an item.
WORDS = _WORDS | _FUNCTIONS


@dataclass(frozen=True, slots=True)
class Number:
    """A number as written."""

    value: float


@dataclass(frozen=True, slots=True)
class Name:
    """An item id, or the name of an answer option beside an item."""

    name: str


@dataclass(frozen=True, slots=True)
class Operation:
    """An operator or function with its operands."""

    operator: str
    operands: tuple[Node, ...]


Node = Number | Name | Operation


@dataclass(frozen=True, slots=True)
class Condition:
    """A parsed condition.

    Parameters
    ----------
    source : str
        The text as written.
    root : Node
        The parsed tree.
    """

    source: str
    root: Node

    @property
    def names(self) -> tuple[str, ...]:
        """Every name used, in order of first use."""
        return tuple(dict.fromkeys(_names(self.root)))

    def looked_up(self, options: Mapping[str, Mapping[str, float]]) -> tuple[str, ...]:
        """Names that `evaluate` will look up as items: all but options beside their item.

        Examples
        --------
        >>> parse_condition("B2 == apart or apart > 0").looked_up({"B2": {"apart": 2}})
        ('B2', 'apart')
        """
        return tuple(dict.fromkeys(_looked_up(self.root, None, options)))


def parse_condition(source: str) -> Condition:
    """Parse `source` into a `Condition`.

    Raises
    ------
    InputError
        If the text is too long, too deep, or not of the language; the place is named.

    Examples
    --------
    >>> parse_condition("B2 in (together, apart) and K0 > 0").names
    ('B2', 'together', 'apart', 'K0')
    """
    if len(source) > MAX_LENGTH:
        raise InputError(f"a condition is longer than {MAX_LENGTH} characters", fix="split it over derived variables")
    parser = _Parser(source, _tokens(source))
    root = parser.condition(0)
    parser.expect_end()
    return Condition(source, root)


def evaluate(condition: Condition, answers: Lookup, options: Mapping[str, Mapping[str, float]]) -> Array:
    """Evaluate a condition for every row at once.

    Parameters
    ----------
    condition : Condition
    answers : callable
        Item id → float array (n_rows,), NaN where there is no valid answer.
    options : mapping
        Item id → {option name: code}, so that ``B2 == apart`` knows the code of ``apart``.

    Returns
    -------
    ndarray, shape (n_rows,)
        1.0 true, 0.0 false, NaN unknown. A condition without any item gives one value, shape ().

    Examples
    --------
    >>> asked = parse_condition("B2 in (together, apart)")
    >>> evaluate(asked, {"B2": np.array([1.0, 4.0, np.nan])}.__getitem__, {"B2": {"together": 1, "apart": 2}})
    array([ 1.,  0., nan])
    """
    with np.errstate(over="ignore", invalid="ignore"):  # what cannot be computed is unknown
        return _Evaluator(answers, options).value(condition.root)


def _names(node: Node) -> list[str]:
    if isinstance(node, Name):
        return [node.name]
    if isinstance(node, Operation):
        return [name for operand in node.operands for name in _names(operand)]
    return []


def _looked_up(node: Node, beside: Node | None, options: Mapping[str, Mapping[str, float]]) -> Iterator[str]:
    """Walk as `_Evaluator` does."""
    if isinstance(node, Name):
        if not _is_option(node.name, beside, options):
            yield node.name
    elif isinstance(node, Operation):
        left, *others = node.operands
        pairs = node.operator == "in" or node.operator in _COMPARISONS
        for other in others if pairs else ():
            yield from _looked_up(left, other, options)
            yield from _looked_up(other, left, options)
        for operand in () if pairs else node.operands:
            yield from _looked_up(operand, None, options)


def _is_option(name: str, beside: Node | None, options: Mapping[str, Mapping[str, float]]) -> bool:
    return isinstance(beside, Name) and name in options.get(beside.name, {})


def _tokens(source: str) -> list[tuple[str, int]]:
    tokens, position = [], 0
    text = source.rstrip()
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            place = len(text) - len(text[position:].lstrip()) + 1
            raise InputError(f"a condition cannot be read at character {place}", where=f"condition “{source}”")
        tokens.append((match.group().strip(), match.end()))
        position = match.end()
    return tokens


class _Parser:
    """Recursive descent over the tokens; each method reads one level of the grammar."""

    def __init__(self, source: str, tokens: list[tuple[str, int]]) -> None:
        self.source, self.tokens, self.place = source, tokens, 0

    def peek(self, ahead: int = 0) -> str:
        index = self.place + ahead
        return self.tokens[index][0] if index < len(self.tokens) else ""

    def take(self) -> str:
        token = self.peek()
        self.place += 1
        return token

    def fail(self, what: str) -> InputError:
        at = self.tokens[self.place - 1][1] if self.place and self.tokens else 0
        return InputError(f"{what} after character {at}", where=f"condition “{self.source}”")

    def expect(self, token: str) -> None:
        if self.peek() != token:
            raise self.fail(f"a condition lacks “{token}”")
        self.take()

    def expect_end(self) -> None:
        if self.peek():
            raise self.fail(f"a condition goes on with “{self.peek()}” where it should end")

    def condition(self, depth: int) -> Node:
        if depth > MAX_DEPTH:
            raise InputError(f"a condition is nested deeper than {MAX_DEPTH}", where=f"condition “{self.source[:60]}…”")
        return self.chain(("or",), lambda: self.chain(("and",), lambda: self.negation(depth)))

    def chain(self, operators: tuple[str, ...], operand: Callable[[], Node]) -> Node:
        left = operand()
        while self.peek() in operators:
            left = Operation(self.take(), (left, operand()))
        return left

    def negation(self, depth: int) -> Node:
        if self.peek() == "not":
            self.take()
            if depth > MAX_DEPTH:
                raise self.fail("a condition is nested too deep")
            return Operation("not", (self.negation(depth + 1),))
        return self.comparison(depth)

    def comparison(self, depth: int) -> Node:
        left = self.sum(depth)
        if self.peek() in ("==", "!=", "<", "<=", ">", ">="):
            return Operation(self.take(), (left, self.sum(depth)))
        if self.peek() == "not" and self.peek(1) == "in":
            self.take()
            return Operation("not", (self.membership(left, depth),))
        return self.membership(left, depth) if self.peek() == "in" else left

    def membership(self, left: Node, depth: int) -> Node:
        self.expect("in")
        return Operation("in", (left, *self.arguments(lambda: self.sum(depth + 1))))

    def arguments(self, argument: Callable[[], Node]) -> tuple[Node, ...]:
        self.expect("(")
        found = [argument()]
        while self.peek() == ",":
            self.take()
            found.append(argument())
        self.expect(")")
        return tuple(found)

    def sum(self, depth: int) -> Node:
        return self.chain(("+", "-"), lambda: self.chain(("*", "/"), lambda: self.factor(depth)))

    def factor(self, depth: int) -> Node:
        if depth > MAX_DEPTH:
            raise self.fail("a condition is nested too deep")
        sign = self.peek()
        if sign == "-":
            self.take()
            return Operation("negative", (self.factor(depth + 1),))
        if sign == "(":
            self.take()
            inner = self.condition(depth + 1)
            self.expect(")")
            return inner
        if sign in _FUNCTIONS and self.peek(1) == "(":
            return Operation(self.take(), self.arguments(lambda: self.condition(depth + 1)))
        return self.atom()

    def atom(self) -> Node:
        token = self.peek()
        if not token or token in _WORDS or not (token[0].isalnum() or token[0] == "_"):
            raise self.fail("a condition lacks an item, an answer or a number")
        self.take()
        if not token[0].isdigit():
            return Name(token)
        if np.isinf(float(token)):
            raise self.fail("a condition holds a number too large to compute with")
        return Number(float(token))


class _Evaluator:
    """Walk the tree; every value is a float array, NaN unknown."""

    def __init__(self, answers: Lookup, options: Mapping[str, Mapping[str, float]]) -> None:
        self.answers, self.options = answers, options

    def value(self, node: Node, beside: Node | None = None) -> Array:
        if isinstance(node, Number):
            return np.asarray(node.value, dtype=float)
        if isinstance(node, Name):
            return self.name(node.name, beside)
        if node.operator in _COMPARISONS:
            return self.compare(node.operator, node.operands[0], node.operands[1])
        if node.operator == "in":
            return self.membership(node.operands[0], node.operands[1:])
        return _OPERATIONS[node.operator](*(self.value(operand) for operand in node.operands))

    def name(self, name: str, beside: Node | None) -> Array:
        if isinstance(beside, Name) and _is_option(name, beside, self.options):
            return np.asarray(self.options[beside.name][name], dtype=float)
        return self.answers(name)

    def compare(self, operator: str, left: Node, right: Node) -> Array:
        a, b = self.value(left, beside=right), self.value(right, beside=left)
        result: Array = _COMPARISONS[operator](a, b).astype(float)
        return np.where(np.isnan(a) | np.isnan(b), np.nan, result)

    def membership(self, left: Node, choices: tuple[Node, ...]) -> Array:
        found = self.compare("==", left, choices[0])
        for choice in choices[1:]:
            found = _or(found, self.compare("==", left, choice))
        return found


def _or(*parts: Array) -> Array:
    """Three-valued "or": true if any is true, else unknown if any is unknown."""
    stacked = np.stack(np.broadcast_arrays(*(_truth(part) for part in parts)))
    unknown = np.isnan(stacked).any(axis=0)
    return np.where((stacked == 1).any(axis=0), 1.0, np.where(unknown, np.nan, 0.0))


def _truth(value: Array) -> Array:
    return np.where(np.isnan(value), np.nan, (value != 0).astype(float))


def _not(value: Array) -> Array:
    return 1.0 - _truth(value)


def _and(*parts: Array) -> Array:
    return _not(_or(*(_not(part) for part in parts)))


def _divide(a: Array, b: Array) -> Array:
    """Division; by zero gives unknown."""
    return np.asarray(a / np.where(b == 0, np.nan, b))


def _answered(*values: Array) -> Array:
    return np.asarray(np.all(np.stack(np.broadcast_arrays(*(~np.isnan(v) for v in values))), axis=0), dtype=float)


def _reduce(function: Literal["fmax", "fmin"]) -> Callable[..., Array]:
    def reduced(*values: Array) -> Array:
        return getattr(np, function).reduce(np.broadcast_arrays(*values))  # type: ignore[no-any-return]

    return reduced


def _count(*values: Array) -> Array:
    """How many of the conditions are true (unknown ones are not counted)."""
    return np.asarray(np.sum(np.stack(np.broadcast_arrays(*(_truth(v) == 1 for v in values))), axis=0), dtype=float)


_COMPARISONS: dict[str, Callable[[Array, Array], NDArray[np.bool_]]] = {
    "==": np.equal,
    "!=": np.not_equal,
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
}

_OPERATIONS: dict[str, Callable[..., Array]] = {
    "and": _and,
    "or": _or,
    "not": _not,
    "negative": np.negative,
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": _divide,
    "answered": _answered,
    "max": _reduce("fmax"),
    "min": _reduce("fmin"),
    "count": _count,
}
