"""SPSS syntax that labels a wide data file, sets its missing values, and computes the scores.

Only commands that PSPP knows too are used. Helping variables are scratch variables (``#…``), which go by themselves.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from mirabal_toolkit.core.instrument import Instrument, Item, in_language
from mirabal_toolkit.file_safety import clean_text
from mirabal_toolkit.instruments.exports.dialects import Dialect, plain_number
from mirabal_toolkit.instruments.exports.layout import waves_of
from mirabal_toolkit.instruments.exports.logic import Statement, missing_codes
from mirabal_toolkit.instruments.exports.scoring_steps import Scoring, estimand_words
from mirabal_toolkit.instruments.exports.variables import ScoreVariable, score_variables, variable_name

MOST_MISSING = 3
LONGEST_LABEL, LONGEST_VALUE_LABEL = 250, 120
WIDTH = 100


def spss(instrument: Instrument, language: str) -> bytes:
    """Return SPSS syntax for a wide file of an instrument, one row a person; labels in one language."""
    lines = [*_head(instrument)]
    scoring = Scoring(instrument, _Spss(instrument))
    for wave in instrument.waves:
        lines += ["", f"* {'=' * 70}.", f"* Wave {wave.number}.", f"* {'=' * 70}.", ""]
        items = [item for item in instrument.items if wave.number in waves_of(item, instrument)]
        lines += _labels(items, wave.number, instrument, language)
        lines += _value_labels(items, wave.number, instrument, language)
        lines += _missing_values(items, wave.number, instrument)
        if instrument.outcomes:
            lines += ["", f"* Scores of wave {wave.number}."]
            lines += [line for line in scoring.wave(wave.number) if line]
            scores = [score for score in score_variables(instrument) if score.wave == wave.number]
            lines += _score_labels(scores, instrument, language)
    lines += ["", "EXECUTE."]
    return ("\n".join(lines) + "\n").encode("utf-8")


def _head(instrument: Instrument) -> Iterator[str]:
    estimands = {one.estimand: one.stem[-1] for one in score_variables(instrument)}
    texts = [
        f"{instrument.reference}: labels, missing values and scores",
        "Open the data file first: one row a person, variables as in the questionnaire, e.g. "
        + variable_name(instrument.items[-1], instrument.waves[0].number),
        "A study with fewer waves: delete the parts of the waves it does not have",
        "Contradictions between answers are not resolved here: `mirabal check` names them",
        *(f"Scores ending in _{letter}: {estimand_words(name)}" for name, letter in estimands.items()),
    ]
    for text in texts:
        yield f"* {_remark(text)}."


def _remark(text: str) -> str:
    return " ".join(clean_text(text).split()).rstrip(".")


def _text(text: str, longest: int) -> str:
    """Text in quotes, of at most so many bytes."""
    flat = " ".join(clean_text(text).split()).encode()[:longest].decode(errors="ignore")
    return "'" + flat.replace("'", "''") + "'"


def _labels(items: Sequence[Item], wave: int, instrument: Instrument, language: str) -> list[str]:
    several = len(instrument.waves) > 1
    rows = []
    for item in items:
        label = in_language(item.label, language)
        label = f"{label} (wave {wave})" if several and not item.per_person else label
        rows.append(f"  /{variable_name(item, wave)} {_text(label, LONGEST_LABEL)}")
    return ["VARIABLE LABELS", *_slashed(rows)] if rows else []


def _slashed(rows: list[str]) -> list[str]:
    """Parts of a command: the first without its slash, a full stop behind the last."""
    first, *others = rows
    lines = [first.replace("  /", "  ", 1), *others]
    return [*lines[:-1], f"{lines[-1]}."]


def _value_labels(items: Sequence[Item], wave: int, instrument: Instrument, language: str) -> list[str]:
    by_set: dict[str, list[str]] = {}
    for item in items:
        if item.response_set and item.is_numeric:
            by_set.setdefault(item.response_set, []).append(variable_name(item, wave))
    rows = []
    for name, variables in by_set.items():
        options = instrument.response_set_by_id[name].options
        labels = [f"    {o.code} {_text(in_language(o.label, language), LONGEST_VALUE_LABEL)}" for o in options]
        if labels:
            rows.append("\n".join([f"  /{_wrapped(variables)}", *labels]))
    return ["VALUE LABELS", *_slashed(rows)] if rows else []


def _wrapped(names: Sequence[str]) -> str:
    return ("\n" + " " * 4).join(textwrap.wrap(" ".join(names), WIDTH - 4, break_on_hyphens=False))


def _missing_values(items: Sequence[Item], wave: int, instrument: Instrument) -> list[str]:
    """At most three codes a variable, or one range: SPSS knows no more."""
    by_codes: dict[tuple[int, ...], list[str]] = {}
    for item in items:
        codes = tuple(sorted(missing_codes(item.id, instrument)))
        if codes and item.is_numeric:
            by_codes.setdefault(codes, []).append(variable_name(item, wave))
    lines = []
    for codes, variables in by_codes.items():
        few = len(codes) <= MOST_MISSING
        listed = ", ".join(str(code) for code in codes) if few else f"{codes[0]} THRU {codes[-1]}"
        lines.append(f"MISSING VALUES {_wrapped(variables)} ({listed}).")
    return lines


def _score_labels(scores: Sequence[ScoreVariable], instrument: Instrument, language: str) -> list[str]:
    rows, yes_no = [], []
    for score in scores:
        outcome = instrument.outcome(score.outcome)
        label = f"{in_language(outcome.label, language)} (wave {score.wave}, {score.estimand})"
        rows.append(f"  /{score.name} {_text(label, LONGEST_LABEL)}")
        yes_no += [score.name] if outcome.kind == "binary" else []
    lines = ["VARIABLE LABELS", *_slashed(rows)] if rows else []
    return [*lines, f"VALUE LABELS {_wrapped(yes_no)}\n    0 'No' 1 'Yes'."] if yes_no else lines


@dataclass(frozen=True)
class _Spss:
    """SPSS as `Program`."""

    instrument: Instrument
    missing: str = "$SYSMIS"

    @property
    def dialect(self) -> Dialect:
        return Dialect(
            reference=lambda item: self.temporary(f"answer_{item}"),
            code=lambda _item, code: plain_number(code),
            missing={},
            both=" AND ",
            either=" OR ",
            unequal="<>",
            negation="NOT ({})".format,
            answered=lambda item: f"NOT MISSING({self.temporary(f'answer_{item}')})",
            member=lambda name, codes: f"ANY({name}, {', '.join(codes)})",
            counted=lambda parts: "SUM(0, " + ", ".join(f"({part})" for part in parts) + ")",
            always="1 = 1",
            never="1 = 0",
        )

    def put(self, name: str, expression: str) -> str:
        return _broken(f"COMPUTE {name} = {expression}.")

    def put_if(self, condition: str, name: str, expression: str) -> str:
        return _broken(f"IF ({condition}) {name} = {expression}.")

    def note(self, text: str) -> str:
        return f"* {_remark(text)}."

    def forget(self, names: Sequence[str]) -> str:  # noqa: ARG002 - scratch variables go by themselves
        return ""

    def temporary(self, name: str) -> str:
        return f"#{name}"

    def source(self, item: Item, wave: int) -> str:
        return variable_name(item, wave)

    def answer(self, variable: str) -> str:
        return variable

    def holds_code(self, variable: str, item: str, code: int) -> str:  # noqa: ARG002
        return f"VALUE({variable}) = {code}"

    def condition(self, statement: Statement) -> str:
        return self.dialect.rendered(statement) or "1 = 1"

    def one_of(self, name: str, codes: Iterable[float]) -> str:
        return f"ANY({name}, {', '.join(plain_number(code) for code in codes)})"

    def mean(self, names: Sequence[str]) -> str:
        return f"MEAN({', '.join(names)})"

    def answered(self, names: Sequence[str]) -> str:
        return f"NVALID({', '.join(names)})"

    def above(self, names: Sequence[str], limit: float) -> str:
        return "SUM(0, " + ", ".join(f"({name} > {limit:g})" for name in names) + ")"

    def equal(self, names: Sequence[str], value: int) -> str:
        return "SUM(" + ", ".join(f"({name} = {value})" for name in names) + ")"

    def known(self, condition: str, name: str) -> str:
        return f"NOT MISSING({name}) AND {condition}"

    def every(self, conditions: Sequence[str]) -> str:
        return " AND ".join(f"({condition})" for condition in conditions)


def _broken(command: str) -> str:
    """A command on lines short enough for every version of SPSS."""
    return "\n".join(
        textwrap.wrap(command, WIDTH, subsequent_indent="    ", break_on_hyphens=False, break_long_words=False)
    )
