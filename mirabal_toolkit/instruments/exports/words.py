"""Who is asked, in plain words: ``B2 in (together, apart)`` → “B2 (Contact with him) is “Living together” or …”."""

from __future__ import annotations

from collections.abc import Sequence

from mirabal_toolkit.core.expressions import Condition, Name, Node, Number, Operation
from mirabal_toolkit.core.instrument import Instrument, Item, in_language
from mirabal_toolkit.instruments.exports.dialects import plain_number
from mirabal_toolkit.instruments.exports.layout import waves_of
from mirabal_toolkit.instruments.exports.phrases import phrase

_COMPARED = {"==": "is_one", "!=": "is_not", ">": "more", "<": "less", ">=": "at_least", "<=": "at_most"}
_TURNED = {"==": "==", "!=": "!=", "<": ">", ">": "<", "<=": ">=", ">=": "<="}
_SIGNS = {"-": "−", "*": "×", "/": "÷", "+": "+"}
_QUOTES = {"ro": "„{}”", "it": "«{}»", "el": "«{}»"}


def quoted(text: str, language: str) -> str:
    """Return a text in the quotation marks of a language.

    Examples
    --------
    >>> quoted("Never", "en"), quoted("Mai", "it")
    ('“Never”', '«Mai»')
    """
    return _QUOTES.get(language, "“{}”").format(text)


def condition_words(condition: Condition, instrument: Instrument, language: str) -> str:
    """Return a condition as the end of a sentence that begins with “if”.

    Examples
    --------
    >>> from mirabal_toolkit.core.expressions import parse_condition
    >>> from mirabal_toolkit.instruments.loading import load_instrument
    >>> asked = parse_condition("B2 in (together, apart) and K0 > 0")
    >>> condition_words(asked, load_instrument("partner-safety@1.0.0"), "en")
    'B2 (Contact with him) is “Living together” or “Living apart, saw him in person”, and K0 (Children under 18 with
    her) is more than 0'
    """
    return _Words(instrument, language).said(condition.root)


def routing_words(item: Item, instrument: Instrument, language: str, ask: str = "ask_if") -> str:
    """Return who is asked an item, and when, as sentences; "" if everybody is at every wave.

    Parameters
    ----------
    item : Item
    instrument : Instrument
    language : str
    ask : str
        ``ask_if`` for interviewers, ``answer_if`` for those who fill it in themselves.
    """
    sentences = []
    waves = waves_of(item, instrument)
    if len(instrument.waves) > len(waves):
        names = [in_language(wave.label, language) for wave in instrument.waves if wave.number in waves]
        first = waves == (instrument.waves[0].number,)
        sentences.append(
            phrase("first_only", language) if first else phrase("waves_only", language, waves=", ".join(names))
        )
    if item.ask_if is not None:
        sentences.append(phrase(ask, language, condition=condition_words(item.ask_if, instrument, language)))
    return " ".join(sentences)


class _Words:
    """Says a condition, from the leaves up."""

    def __init__(self, instrument: Instrument, language: str) -> None:
        self.instrument, self.language = instrument, language

    def phrase(self, name: str, **parts: str) -> str:
        return phrase(name, self.language, **parts)

    def said(self, node: Node) -> str:
        """A truth as a clause."""
        if isinstance(node, Operation):
            if node.operator in ("and", "or"):
                return self.joined(node)
            if node.operator == "not":
                return self.denied(node.operands[0])
            if node.operator == "in":
                return self.membership(node, "is_one")
            if node.operator == "answered":
                return self.answered(node, "is_answered")
            if node.operator in _COMPARED:
                return self.compared(node.operator, *node.operands)
        return self.phrase("is_not", item=self.number(node), answers="0")

    def joined(self, node: Operation) -> str:
        """Clauses with “and” or “or”; a comma before it where a clause has such a word itself."""
        clauses = []
        for operand in node.operands:
            clause = self.said(operand)
            other = isinstance(operand, Operation) and operand.operator in ("and", "or")
            nested = other and isinstance(operand, Operation) and operand.operator != node.operator
            clauses.append(f"({clause})" if nested else clause)
        word = self.phrase(node.operator)
        comma = "," if any(f" {self.phrase(one)} " in clause for clause in clauses for one in ("and", "or")) else ""
        return f"{comma} {word} ".join(clauses)

    def denied(self, node: Node) -> str:
        if isinstance(node, Operation) and node.operator == "in":
            return self.membership(node, "is_not")
        if isinstance(node, Operation) and node.operator == "answered":
            return self.answered(node, "not_answered")
        return self.phrase("opposite", part=self.said(node))

    def membership(self, node: Operation, name: str) -> str:
        left, *choices = node.operands
        answers = [self.answer(choice, left) for choice in choices]
        return self.phrase(name, item=self.number(left), answers=self.listed(answers, "or"))

    def answered(self, node: Operation, name: str) -> str:
        items = self.listed([self.number(operand) for operand in node.operands], "and")
        return self.phrase(name, item=items)

    def compared(self, operator: str, left: Node, right: Node) -> str:
        if isinstance(left, Number) and not isinstance(right, Number):
            left, right, operator = right, left, _TURNED[operator]
        said_left, said_right = self.answer(left, right), self.answer(right, left)
        name = _COMPARED[operator]
        if name in ("is_one", "is_not"):
            return self.phrase(name, item=said_left, answers=said_right)
        return self.phrase(name, left=said_left, right=said_right)

    def answer(self, node: Node, beside: Node) -> str:
        """The answer a name or code stands for beside an item, else the number itself."""
        if isinstance(beside, Name) and beside.name in self.instrument.item_by_id:
            for option in self.instrument.options(beside.name):
                by_name = isinstance(node, Name) and node.name == option.name
                if by_name or (isinstance(node, Number) and node.value == option.code and self.is_choice(beside)):
                    return quoted(in_language(option.label, self.language), self.language)
        return self.number(node)

    def is_choice(self, node: Name) -> bool:
        return self.instrument.item(node.name).type == "choice"

    def number(self, node: Node) -> str:
        """A number, an item, or arithmetic."""
        if isinstance(node, Number):
            return plain_number(node.value)
        if isinstance(node, Name):
            return self.item(node.name)
        if node.operator in ("max", "min", "count"):
            name = {"max": "highest", "min": "lowest", "count": "counted"}[node.operator]
            say = self.said if node.operator == "count" else self.number
            return self.phrase(name, parts="; ".join(say(operand) for operand in node.operands))
        parts = [self.number(operand) for operand in node.operands]
        return f"−{parts[0]}" if node.operator == "negative" else f"{parts[0]} {_SIGNS[node.operator]} {parts[1]}"

    def item(self, name: str) -> str:
        item = self.instrument.item_by_id.get(name)
        return name if item is None else f"{name} ({in_language(item.label, self.language)})"

    def listed(self, texts: Sequence[str], word: str) -> str:
        *first, last = texts
        return f"{', '.join(first)} {self.phrase(word)} {last}" if first else last
