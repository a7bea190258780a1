"""Statements of `logic` in the words of other programs.

Every dialect says how its program writes an answer, a code and an empty answer; `rendered` does the rest.
Statements are two-valued, so nothing depends on what a program makes of “unknown”.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from mirabal_toolkit.core.expressions import Name, Node, Number
from mirabal_toolkit.core.instrument import Instrument
from mirabal_toolkit.instruments.exports.logic import (
    ALWAYS,
    NEVER,
    Among,
    Answered,
    Compared,
    Counted,
    Every,
    Not,
    Some,
    Statement,
    missing_codes,
    negated,
)

_SHORTEST_RUN = 3


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a program writes statements.

    Parameters
    ----------
    reference : callable
        Item id → the item as written there.
    code : callable
        Item id and code → the code as written beside the item.
    choices : frozenset of str
        Items whose codes are names of answers rather than numbers.
    empty : str
        What an item without any answer equals; "" where `answered` says all.
    answered, counted : callable or None
        Item id → "it has a valid answer"; texts of conditions → how many hold. Without `answered` it is
        written as: not empty and none of the missing codes.
    missing : mapping
        Item id → codes of its missing reasons.
    member : callable or None
        Item reference and codes → "it is one of them"; without it equalities are joined.
    """

    reference: Callable[[str], str]
    code: Callable[[str, float], str]
    missing: Mapping[str, tuple[int, ...]]
    choices: frozenset[str] = frozenset()
    empty: str = "''"
    both: str = " and "
    either: str = " or "
    equal: str = "="
    unequal: str = "!="
    negation: Callable[[str], str] = "not({})".format
    answered: Callable[[str], str] | None = None
    counted: Callable[[list[str]], str] | None = None
    member: Callable[[str, list[str]], str] | None = None
    divide: str = "/"
    always: str = "true()"
    never: str = "false()"

    def rendered(self, statement: Statement) -> str:
        """Return the statement as text; "" if it always holds."""
        return "" if statement == ALWAYS else self._text(statement)

    def _text(self, statement: Statement) -> str:
        if statement == ALWAYS:
            return self.always
        if statement == NEVER:
            return self.never
        if isinstance(statement, Every):
            return self.both.join(self._inner(part, self.either) for part in statement.parts)
        if isinstance(statement, Some):
            return self.either.join(self._inner(part, self.both) for part in statement.parts)
        if isinstance(statement, Not):
            return self._denied(statement.part)
        return self._leaf(statement)

    def _inner(self, statement: Statement, other: str) -> str:
        """A part of a longer statement; brackets only where it is joined by the `other` word."""
        text = self._text(statement)
        return f"({text})" if other in text else text

    def _leaf(self, statement: Among | Answered | Compared | Counted) -> str:
        if isinstance(statement, Among):
            return self._among(statement)
        if isinstance(statement, Answered):
            return self._answered(statement.item)
        if isinstance(statement, Compared):
            sides = (self.number(statement.left), self._sign(statement.operator), self.number(statement.right))
            return " ".join(sides)
        if self.counted is None:  # pragma: no cover - every dialect has one
            raise AssertionError
        parts = [self._text(part) for part in statement.parts]
        return f"{self.counted(parts)} {self._sign(statement.operator)} {plain_number(statement.number)}"

    def _denied(self, part: Statement) -> str:
        if isinstance(part, Among) and self.member is None and not self._run(part):
            return self.both.join(self._equality(part.item, code, self.unequal) for code in part.codes)
        if isinstance(part, Answered) and self.answered is None:
            return self.either.join(self._unanswered(part.item, self.equal))
        return self.negation(self._text(part))

    def _among(self, among: Among) -> str:
        name = self.reference(among.item)
        run = self._run(among)
        if run and self.member is None:
            low, high = (plain_number(code) for code in run)
            return f"{name} >= {low}{self.both}{name} <= {high}"
        if self.member is not None and len(among.codes) > 1:
            return self.member(name, [self.code(among.item, code) for code in among.codes])
        return self.either.join(self._equality(among.item, code, self.equal) for code in among.codes)

    def _run(self, among: Among) -> tuple[float, float] | None:
        """The ends of many whole numbers that follow one another; choices are always listed."""
        return None if among.item in self.choices else _runs(among.codes)

    def _equality(self, item: str, code: float, sign: str) -> str:
        return f"{self.reference(item)} {sign} {self.code(item, code)}"

    def _answered(self, item: str) -> str:
        if self.answered is not None:
            return self.answered(item)
        return self.both.join(self._unanswered(item, self.unequal))

    def _unanswered(self, item: str, sign: str) -> list[str]:
        empty = f"{self.reference(item)} {sign} {self.empty}"
        return [empty, *(self._equality(item, code, sign) for code in self.missing.get(item, ()))]

    def _sign(self, operator: str) -> str:
        return {"==": self.equal, "!=": self.unequal}.get(operator, operator)

    def number(self, node: Node) -> str:
        """Return arithmetic as text, every operation in brackets."""
        if isinstance(node, Number):
            return plain_number(node.value)
        if isinstance(node, Name):
            return self.reference(node.name)
        parts = [self.number(operand) for operand in node.operands]
        if node.operator == "negative":
            return f"(-{parts[0]})"
        sign = self.divide if node.operator == "/" else node.operator
        return f"({parts[0]} {sign} {parts[1]})"


def _runs(codes: tuple[float, ...]) -> tuple[float, float] | None:
    """Return the ends of codes that follow one another, if they are many."""
    follows = all(later - earlier == 1 for earlier, later in itertools.pairwise(codes))
    return (codes[0], codes[-1]) if follows and len(codes) > _SHORTEST_RUN else None


def plain_number(value: float) -> str:
    """Return a number without a needless fraction.

    Examples
    --------
    >>> plain_number(3.0), plain_number(0.5)
    ('3', '0.5')
    """
    return str(int(value)) if float(value).is_integer() else repr(float(value))


def all_missing(instrument: Instrument) -> dict[str, tuple[int, ...]]:
    """Return item id → codes of its missing reasons."""
    return {item.id: missing_codes(item.id, instrument) for item in instrument.items}


def xpath(instrument: Instrument) -> Dialect:
    """Return the dialect of XLSForm: answers are ``${item}``, choices text, numbers numbers."""
    listed = choices(instrument)
    return Dialect(
        reference="${{{}}}".format,
        code=lambda item, code: f"'{plain_number(code)}'" if item in listed else plain_number(code),
        missing=all_missing(instrument),
        choices=listed,
        counted=lambda parts: "(" + " + ".join(f"if({part}, 1, 0)" for part in parts) + ")",
        divide="div",
    )


def redcap(instrument: Instrument, names: Mapping[str, str]) -> Dialect:
    """Return the dialect of REDCap's branching logic: ``[variable] = '1'``."""
    return Dialect(
        reference=lambda item: f"[{names[item]}]",
        code=lambda _item, code: f"'{plain_number(code)}'",
        missing=all_missing(instrument),
        choices=choices(instrument),
        unequal="<>",
        counted=lambda parts: "sum(" + ", ".join(f"if({part}, 1, 0)" for part in parts) + ")",
        always="1 = 1",
        never="1 = 0",
    )


def limesurvey(instrument: Instrument, names: Mapping[str, str]) -> Dialect:
    """Return the dialect of LimeSurvey's ExpressionScript: ``Q1.NAOK == "1"``."""
    return Dialect(
        reference=lambda item: f"{names[item]}.NAOK",
        code=lambda _item, code: f'"{plain_number(code)}"',
        missing=all_missing(instrument),
        choices=choices(instrument),
        empty='""',
        equal="==",
        negation="!({})".format,
        counted=lambda parts: "sum(" + ", ".join(f"if({part}, 1, 0)" for part in parts) + ")",
        always="1",
        never="0",
    )


def choices(instrument: Instrument) -> frozenset[str]:
    """Return the items answered by choosing."""
    return frozenset(item.id for item in instrument.items if item.type == "choice")


def opposite(dialect: Dialect, statement: Statement) -> str:
    """Return the opposite of a statement as text."""
    return dialect.rendered(negated(statement))
