"""XPath, as the column `relevant` of XLSForm holds it → our language of conditions.

In XPath an empty answer is text of no length: it equals nothing but itself and is neither more nor less than
any number. Ours is unknown, and who is unknown is asked. So ``${a} = '1'`` becomes ``answered(a) and a == yes``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from mirabal_toolkit.errors import InputError

MOST_SIGNS, MOST_DEPTH = 4_000, 30
_TOKEN = re.compile(
    r"\s*(?:(?P<ref>\$\{\s*[\w.-]+\s*\})|(?P<number>\d+(?:\.\d+)?)|(?P<text>'[^']*'|\"[^\"]*\")"
    r"|(?P<name>[A-Za-z][\w-]*)|(?P<sign>!=|<=|>=|[=<>()+*,-]))"
)
_COMPARISONS = {"=": "==", "!=": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
_TURNED = {"==": "==", "!=": "!=", "<": ">", ">": "<", "<=": ">=", ">=": "<="}


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers of a list of choices, as conditions see them.

    Parameters
    ----------
    valid : mapping
        Name in the form → option name of ours.
    missing : frozenset of str
        Names in the form that stand for missing reasons.
    """

    valid: Mapping[str, str]
    missing: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Part:
    """A piece of XPath: `text` is our condition or number; `items` those it reads; `literal` a text in quotes."""

    text: str
    items: tuple[str, ...] = ()
    truth: bool = False
    literal: str | None = None
    reference: bool = False


def xpath_condition(source: str, answers: Mapping[str, Answers | None]) -> str:
    """Return an XPath condition in our language.

    Parameters
    ----------
    source : str
    answers : mapping
        Item → its choices; None for numbers.

    Raises
    ------
    InputError
        If it names unknown items or answers, or uses what our language has no word for.

    Examples
    --------
    >>> yes_no = Answers({"1": "yes", "0": "no"}, frozenset({"99"}))
    >>> xpath_condition("${a} = '1' and ${n} > 2", {"a": yes_no, "n": None})
    '(answered(a) and a == yes) and (answered(n) and n > 2)'
    >>> xpath_condition("${a} != '1'", {"a": yes_no})
    'not answered(a) or a != yes'
    """
    if len(source) > MOST_SIGNS:
        raise InputError(f"a condition is longer than {MOST_SIGNS} characters")
    reader = _Reader(source, answers)
    part = reader.either(0)
    if reader.peek():
        raise InputError(f"a condition goes on with “{reader.peek()}” where it should end")
    return reader.as_truth(part).text


class _Reader:
    """Recursive descent over XPath; each method reads one level."""

    def __init__(self, source: str, answers: Mapping[str, Answers | None]) -> None:
        self.tokens, self.answers, self.place = _tokens(source), answers, 0

    def peek(self) -> str:
        return self.tokens[self.place] if self.place < len(self.tokens) else ""

    def take(self) -> str:
        token = self.peek()
        self.place += 1
        return token

    def expect(self, sign: str) -> None:
        if self.take() != sign:
            raise InputError(f"a condition lacks “{sign}”")

    def either(self, depth: int) -> _Part:
        return self.joined("or", lambda: self.joined("and", lambda: self.comparison(depth)))

    def joined(self, word: str, inner: Callable[[], _Part]) -> _Part:
        parts = [inner()]
        while self.peek() == word:
            self.take()
            parts.append(inner())
        if len(parts) == 1:
            return parts[0]
        parts = list(dict.fromkeys(self.as_truth(part) for part in parts))
        texts = [f"({part.text})" if len(parts) > 1 and _joins(part.text) else part.text for part in parts]
        return _Part(f" {word} ".join(texts), _items(*parts), truth=True)

    def comparison(self, depth: int) -> _Part:
        left = self.sum(depth)
        if self.peek() not in _COMPARISONS:
            return left
        operator = _COMPARISONS[self.take()]
        return self.compared(operator, left, self.sum(depth))

    def sum(self, depth: int) -> _Part:
        left = self.product(depth)
        while self.peek() in ("+", "-"):
            sign, right = self.take(), self.product(depth)
            left = _Part(f"({self.number(left)} {sign} {self.number(right)})", _items(left, right))
        return left

    def product(self, depth: int) -> _Part:
        left = self.factor(depth)
        while self.peek() in ("*", "div"):
            sign, right = {"*": "*", "div": "/"}[self.take()], self.factor(depth)
            left = _Part(f"({self.number(left)} {sign} {self.number(right)})", _items(left, right))
        return left

    def factor(self, depth: int) -> _Part:
        if depth > MOST_DEPTH:
            raise InputError(f"a condition is nested deeper than {MOST_DEPTH}")
        token = self.take()
        if token == "-":  # noqa: S105 - a sign, no password
            inner = self.factor(depth + 1)
            return _Part(f"-{self.number(inner)}", inner.items)
        if token == "(":  # noqa: S105 - a sign, no password
            inner = self.either(depth + 1)
            self.expect(")")
            return inner
        if token.startswith("$"):
            return self.item(token[2:-1].strip())
        if token[:1] in "'\"" and token:
            return _Part(token, literal=token[1:-1])
        if token[:1].isdigit():
            return _Part(token)
        return self.function(token, depth)

    def item(self, name: str) -> _Part:
        if name not in self.answers:
            raise InputError(f"a condition looks at “{name}”, which is no question before it")
        return _Part(name, (name,), reference=True)

    def function(self, name: str, depth: int) -> _Part:
        if self.peek() != "(":
            raise InputError(
                f"a condition holds “{name}”, which is not understood" if name else "a condition ends early"
            )
        self.take()
        arguments = [] if self.peek() == ")" else [self.either(depth + 1)]
        while self.peek() == ",":
            self.take()
            arguments.append(self.either(depth + 1))
        self.expect(")")
        if name == "not" and len(arguments) == 1:
            inner = self.as_truth(arguments[0])
            return _Part(f"not ({inner.text})", inner.items, truth=True)
        if name == "selected" and len(arguments) == 2:
            return self.compared("==", *arguments)
        if name in ("true", "false") and not arguments:
            return _Part("1 == 1" if name == "true" else "1 == 0", truth=True)
        if name == "number" and len(arguments) == 1:
            return arguments[0]
        raise InputError(f"a condition uses “{name}()”, which our language has no word for")

    def compared(self, operator: str, left: _Part, right: _Part) -> _Part:
        if right.reference and not left.reference:
            left, right, operator = right, left, _TURNED[operator]
        if left.reference and right.literal == "":
            return _answered(left.text, no=operator == "==")
        value = right.literal if right.literal is not None else right.text
        choices = self.answers.get(left.text) if left.reference else None
        if choices and not right.items:
            return self.choice(left.text, operator, value, choices)
        items = _items(left, right)
        text = f"{self.number(left)} {operator} {self.number(right)}"
        return _known(text, items, otherwise=operator == "!=")

    def choice(self, item: str, operator: str, value: str, choices: Answers) -> _Part:
        if value in choices.missing and operator in ("==", "!="):
            return _answered(item, no=operator == "==")
        if value in choices.valid and operator in ("==", "!="):
            return _known(f"{item} {operator} {choices.valid[value]}", (item,), otherwise=operator == "!=")
        if value.isdigit() and operator not in ("==", "!="):
            return _known(f"{item} {operator} {value}", (item,), otherwise=False)
        raise InputError(f"a condition compares {item} with “{value}”, which is none of its answers")

    def number(self, part: _Part) -> str:
        if part.truth:
            raise InputError("a condition computes with a truth")
        if part.literal is None:
            return part.text
        if not re.fullmatch(r"\d+(\.\d+)?", part.literal):
            raise InputError("a condition compares a number with a text")
        return part.literal

    def as_truth(self, part: _Part) -> _Part:
        if part.truth:
            return part
        if part.reference:
            return _answered(part.text, no=False)
        raise InputError("a condition has a number where it should say yes or no")


def _tokens(source: str) -> list[str]:
    tokens, place, text = [], 0, source.rstrip()
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            raise InputError(f"a condition cannot be read at character {place + 1}")
        tokens.append(match.group().strip())
        place = match.end()
    return tokens


def _joins(text: str) -> bool:
    return " and " in text or " or " in text


def _items(*parts: _Part) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for part in parts for name in part.items))


def _answered(item: str, *, no: bool) -> _Part:
    return _Part(f"{'not ' if no else ''}answered({item})", (item,), truth=True)


def _known(text: str, items: tuple[str, ...], *, otherwise: bool) -> _Part:
    """A comparison that is never unknown: without an answer it is true (≠) or false (all others)."""
    known = f"answered({', '.join(items)})"
    if not items:
        return _Part(text, truth=True)
    return _Part(f"not {known} or {text}" if otherwise else f"{known} and {text}", items, truth=True)
