"""Small interpreters of what is exported, and a questionnaire full of traps."""

import math
import re

import numpy as np
import pytest

from mirabal_toolkit.instruments.loading import load_instrument, read_instrument

TRAPS = """
format: "1"
id: traps
version: "0.1.0"
status: draft
effective: "2026-01-01"
title: {en: "=Traps & <b>tags</b>"}
description: {en: "+1 \\"quoted\\" `ticks` $macro [[tag]] {brace}"}
authors: ["@author <a@b.c>"]
citation: "-none"
validation: "none: <script>alert(1)</script>"
reference_period: {en: the last week}
rights: {class: own, holder: us, licence: CC-BY-4.0, notice: "'quoted' & more", wording_redistributable: true}
languages: {en: {name: English, status: original}, ro: {name: Romanian, status: draft}}
waves:
  - {number: 1, months: 0, window_days: 7, label: {en: Start}}
  - {number: 2, months: 3, window_days: 7, label: {en: Later}}
response_sets:
  often:
    options:
      - {code: 0, name: never, label: {en: "=Never | ever", ro: "Niciodată"}}
      - {code: 1, name: once, label: {en: "Once, 'or' \\"so\\""}}
      - {code: 2, name: long_ago, retired: true, label: {en: "Long ago"}}
      - {code: 97, name: not_applicable, kind: not_applicable, label: {en: Does not apply}}
      - {code: 98, name: no_contact, kind: no_contact, label: {en: No contact}}
      - {code: 99, name: refused, kind: refused, label: {en: "@refused"}}
  number:
    options:
      - {code: 97, name: not_applicable, kind: not_applicable, label: {en: Does not apply}}
      - {code: 99, name: refused, kind: refused, label: {en: Refused}}
variable: "{item}_w{wave}"
blocks:
  - id: X
    title: {en: "[[Block]] {one} <i>&"}
    intro: {en: "=HYPERLINK(\\"x\\") two\\nlines"}
    items:
      - {id: Q1, response_set: often, label: {en: "=label"}, text: {en: "-Did <b>he</b> & `why` $x?", ro: "+Da?"}}
      - {id: Q2, response_set: often, ask_if: "Q1 == once", otherwise: no_contact, label: {en: two}, text: {en: "@two"}}
      - {id: Q_3, type: integer, response_set: number, minimum: 0, maximum: 20, label: {en: no}, text: {en: "+three"}}
      - {id: Q4, type: number, label: {en: four}, text: {en: four}, ask_if: "Q_3 > 2 and Q1 in (never, once)"}
      - {id: Q5, type: text, sensitivity: free_text, required: false, label: {en: five}, text: {en: five}, waves: [2]}
      - {id: Q6, variable: born, type: date, sensitivity: quasi, label: {en: six}, text: {en: six}}
scales:
  - {id: harm, label: {en: "'harm'"}, items: [Q1, Q2], minimum: 0, maximum: 2, no_contact_is_zero: true,
     direction: higher_is_worse}
outcomes:
  - {id: harm_any, label: {en: "any 'harm'."}, scale: harm, indicator: any, kind: binary, direction: higher_is_worse,
     estimands: [experienced, while_in_contact]}
changes: []
"""


@pytest.fixture(scope="session")
def partner():
    return load_instrument("partner-safety@1.0.0")


@pytest.fixture(scope="session")
def traps():
    return read_instrument(TRAPS.encode(), "traps.yaml")


# --- expressions of SPSS and Stata ---------------------------------------------------------------

_TOKEN = re.compile(
    r"\s*(\d+(?:\.\d*)?(?:e-?\d+)?|\.[a-z]?(?![\w.])|\$SYSMIS|[#_A-Za-z][\w#]*|<=|>=|<>|!=|==|[-+*/()<>=,!&|])",
    re.IGNORECASE,
)


class Expression:
    """Reads an expression into Python closures over a table of numpy columns."""

    def __init__(self, text, language):
        self.signs, self.place, self.language = self._split(text), 0, language

    @staticmethod
    def _split(text):
        sign_s, place = [], 0
        while text[place:].strip():
            match = _TOKEN.match(text, place)
            assert match, f"cannot read {text[place:]!r}"
            sign_s.append(match[1])
            place = match.end()
        return sign_s

    def peek(self):
        return self.signs[self.place].upper() if self.place < len(self.signs) else ""

    def take(self):
        self.place += 1
        return self.signs[self.place - 1]

    def value(self, table):
        found = self.either(table)
        assert not self.peek(), f"left over: {self.signs[self.place :]}"
        return found

    def either(self, table):
        left = self.both(table)
        while self.peek() in ("OR", "|"):
            self.take()
            left = self.language.either(left, self.both(table))
        return left

    def both(self, table):
        left = self.denied(table)
        while self.peek() in ("AND", "&"):
            self.take()
            left = self.language.both(left, self.denied(table))
        return left

    def denied(self, table):
        if self.peek() == "NOT":
            self.take()
            return self.language.denied(self.denied(table))
        return self.compared(table)

    def compared(self, table):
        left = self.sum(table)
        if self.peek() in ("=", "==", "<>", "!=", "<", ">", "<=", ">="):
            sign = {"=": "==", "<>": "!="}.get(self.peek(), self.peek())
            self.take()
            left = self.language.compared(sign, left, self.sum(table))
        return left

    def sum(self, table):
        left = self.product(table)
        while self.peek() in ("+", "-"):
            left = self.language.arithmetic(self.take(), left, self.product(table))
        return left

    def product(self, table):
        left = self.factor(table)
        while self.peek() in ("*", "/"):
            left = self.language.arithmetic(self.take(), left, self.factor(table))
        return left

    def factor(self, table):
        sign_ = self.take()
        if sign_ == "(":
            inner = self.either(table)
            assert self.take() == ")"
            return inner
        if sign_ == "!":
            return self.language.denied(self.factor(table))
        if sign_[0].isdigit():
            return np.float64(sign_)
        if sign_.upper() == "$SYSMIS" or sign_[0] == ".":
            return self.language.missing(sign_)
        if self.peek() == "(":
            return self.call(sign_, table)
        return table[sign_]

    def call(self, name, table):
        self.take()
        arguments = [self.either(table)]
        while self.peek() == ",":
            self.take()
            arguments.append(self.either(table))
        assert self.take() == ")"
        return self.language.call(name.upper(), arguments)


_COMPARE = {
    "==": np.equal,
    "!=": np.not_equal,
    "<": np.less,
    ">": np.greater,
    "<=": np.less_equal,
    ">=": np.greater_equal,
}
_COMPUTE = {"+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide}


class SpssWords:
    """Missing is NaN; comparisons with it are missing; and, or, not have three values."""

    @staticmethod
    def missing(_sign_):
        return np.float64(np.nan)

    @staticmethod
    def compared(sign, left, right):
        known = ~(np.isnan(left) | np.isnan(right))
        return np.where(known, _COMPARE[sign](left, right), np.nan)

    @staticmethod
    def arithmetic(sign, left, right):
        return _COMPUTE[sign](left, right)

    @staticmethod
    def either(left, right):
        return np.where((left == 1) | (right == 1), 1, np.where(np.isnan(left) | np.isnan(right), np.nan, 0))

    @staticmethod
    def both(left, right):
        return np.where((left == 0) | (right == 0), 0, np.where(np.isnan(left) | np.isnan(right), np.nan, 1))

    @staticmethod
    def denied(part):
        return 1 - part

    @staticmethod
    def call(name, arguments):
        stacked = np.stack(np.broadcast_arrays(*arguments)).astype(float)
        if name == "ANY":
            first, rest = stacked[0], stacked[1:]
            return np.where(np.isnan(first), np.nan, (rest == first).any(axis=0))
        if name == "MISSING":
            return np.isnan(stacked[0]).astype(float)
        if name == "NVALID":
            return (~np.isnan(stacked)).sum(axis=0).astype(float)
        if name == "SUM":
            empty = np.isnan(stacked).all(axis=0)
            return np.where(empty, np.nan, np.nansum(stacked, axis=0))
        assert name == "MEAN", name
        count = (~np.isnan(stacked)).sum(axis=0)
        return np.where(count > 0, np.nansum(stacked, axis=0) / np.maximum(count, 1), np.nan)


BIG = 1e300


class StataWords:
    """Missing values are larger than any number, in the order . .a .b …; arithmetic with them gives ``.``."""

    @staticmethod
    def missing(sign_):
        return BIG if sign_ == "." else BIG * (2 + ord(sign_[1]) - ord("a"))

    @staticmethod
    def compared(sign, left, right):
        return _COMPARE[sign](left, right).astype(float) + 0.0

    @staticmethod
    def arithmetic(sign, left, right):
        lost = (np.asarray(left) >= BIG) | (np.asarray(right) >= BIG)
        safe_left, safe_right = np.where(lost, 1.0, left), np.where(lost, 1.0, right)
        return np.where(lost, BIG, _COMPUTE[sign](safe_left, safe_right))

    @staticmethod
    def either(left, right):
        return ((np.asarray(left) != 0) | (np.asarray(right) != 0)).astype(float)

    @staticmethod
    def both(left, right):
        return ((np.asarray(left) != 0) & (np.asarray(right) != 0)).astype(float)

    @staticmethod
    def denied(part):
        return (np.asarray(part) == 0).astype(float)

    @staticmethod
    def call(name, arguments):
        if name == "MISSING":
            return (np.asarray(arguments[0]) >= BIG).astype(float)
        if name == "COND":
            return np.where(np.asarray(arguments[0]) != 0, arguments[1], arguments[2])
        stacked = np.stack(np.broadcast_arrays(*arguments))
        if name == "INLIST":
            return (stacked[1:] == stacked[0]).any(axis=0).astype(float)
        assert name == "MAX", name
        known = np.where(stacked >= BIG, -np.inf, stacked).max(axis=0)
        return np.where(np.isinf(known), BIG, known)


def _commands_of_spss(text):
    """Commands end in a full stop at the end of a line; lines that begin with * are remarks."""
    command = ""
    for line in text.splitlines():
        if not command and (not line.strip() or line.startswith("*")):
            assert not line.strip() or line.endswith("."), "a remark without a full stop would swallow what follows"
            continue
        command = f"{command} {line.strip()}".strip()
        if command.endswith("."):
            yield command[:-1]
            command = ""
    assert not command


def run_spss(text, frame):
    """Run the syntax on columns of numbers; returns the new variables."""
    raw = {name: frame[name].to_numpy(float) for name in frame.columns}
    user_missing = {}
    table = dict(raw)
    for command in _commands_of_spss(text):
        word = command.split()[0].upper()
        if command.upper().startswith("MISSING VALUES"):
            names, codes = re.fullmatch(r"MISSING VALUES ([^(]+)\(([^)]*)\)", command).groups()
            for name in names.split():
                if "THRU" in codes:
                    low, high = (float(part) for part in codes.split("THRU"))
                    user_missing[name] = [v for v in np.unique(raw[name]) if low <= v <= high]
                else:
                    user_missing[name] = [float(code) for code in codes.split(",")]
                table[name] = np.where(np.isin(raw[name], user_missing[name]), np.nan, raw[name])
        elif word == "COMPUTE":
            name, expression = re.fullmatch(r"COMPUTE (\S+) = (.*)", command).groups()
            table[name] = np.broadcast_to(_spss_value(expression, table, raw), len(frame)).astype(float)
        elif word == "IF":
            condition, name, expression = _split_if(command)
            where = _spss_value(condition, table, raw) == 1
            table[name] = np.where(where, _spss_value(expression, table, raw), table[name])
        else:
            assert command.upper().startswith(("VARIABLE LABELS", "VALUE LABELS", "EXECUTE")), command
    return {name: values for name, values in table.items() if name not in raw and not name.startswith("#")}


def _spss_value(expression, table, raw):
    """``VALUE(x)`` looks past missing values of the user."""
    named = re.sub(r"VALUE\((\w+)\)", lambda match: f"RAW_{match[1]}", expression)
    return Expression(named, SpssWords()).value({**{f"RAW_{name}": values for name, values in raw.items()}, **table})


def _split_if(command):
    depth = 0
    for place, sign in enumerate(command):
        depth += {"(": 1, ")": -1}.get(sign, 0)
        if sign == ")" and depth == 0:
            name, expression = re.fullmatch(r"\s*(\S+) = (.*)", command[place + 1 :]).groups()
            return command[command.index("(") + 1 : place], name, expression
    raise AssertionError(command)


def run_stata(text, frame):
    """Run the do-file on columns of numbers; returns the new variables, missing as NaN."""
    table = {name: np.where(frame[name].isna(), BIG, frame[name].to_numpy(float)) for name in frame.columns}
    for line in text.splitlines():
        words = line.split()
        if not words or words[0] in ("*", "version") or words[:2] in (["label", "variable"], ["label", "values"]):
            continue
        if words[0] == "label":
            assert re.fullmatch(r"label define \w+ (\d+|\.[a-z]) `\"[^`\"$]*\"'( 1 `\"Yes\"')?, (add|replace)", line), (
                line
            )
        elif words[0] == "mvdecode":
            name, codes = re.fullmatch(r"mvdecode (\w+), mv\((.*)\)", line).groups()
            for pair in codes.split(" \\ "):
                code, letter = pair.split("=")
                table[name] = np.where(table[name] == float(code), StataWords.missing(letter), table[name])
        elif words[0] == "generate":
            name, expression = re.fullmatch(r"generate double (\w+) = (.*)", line).groups()
            assert name not in table, f"{name} exists already"
            table[name] = np.broadcast_to(Expression(expression, StataWords()).value(table), len(frame)).astype(float)
        elif words[0] == "replace":
            name, expression, condition = re.fullmatch(r"replace (\w+) = (.*) if (.*)", line).groups()
            where = np.asarray(Expression(condition, StataWords()).value(table)) != 0
            table[name] = np.where(where, Expression(expression, StataWords()).value(table), table[name])
        else:
            assert words[0] == "drop", line
            for name in words[1:]:
                del table[name]
    new = {name: values for name, values in table.items() if name not in frame.columns}
    return {name: np.where(values >= BIG, math.nan, values) for name, values in new.items()}


@pytest.fixture(scope="session")
def interpreters():
    return {"spss": run_spss, "stata": run_stata}
