"""A Stata do-file that labels a wide data file, sets its missing values, and computes the scores.

Missing codes become extended missing values: .a does not apply, .b don't know, .c refused, .d no contact, then
.e and on for others. Version 12 or newer. Every condition says what it means for missing values, which Stata takes
for larger than any number.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from mirabal_toolkit.core.instrument import Instrument, Item, ResponseSet, in_language
from mirabal_toolkit.file_safety import clean_text
from mirabal_toolkit.instruments.exports.dialects import Dialect, plain_number
from mirabal_toolkit.instruments.exports.layout import waves_of
from mirabal_toolkit.instruments.exports.logic import Statement
from mirabal_toolkit.instruments.exports.names import distinct
from mirabal_toolkit.instruments.exports.scoring_steps import Scoring, estimand_words
from mirabal_toolkit.instruments.exports.variables import score_variables, variable_name

LONGEST_LABEL = 80
LONGEST_NAME = 32
_LETTERS = {"not_applicable": "a", "dont_know": "b", "refused": "c", "no_contact": "d"}
_MEMBERS_AT_ONCE = 9


def stata(instrument: Instrument, language: str) -> bytes:
    """Return a Stata do-file for a wide file of an instrument, one row a person; labels in one language."""
    lines = [*_head(instrument), "", "version 12", "", *_value_labels(instrument, language)]
    scoring = Scoring(instrument, _Stata(instrument))
    for wave in instrument.waves:
        items = [item for item in instrument.items if wave.number in waves_of(item, instrument)]
        lines += ["", f"* {'=' * 70}", f"* Wave {wave.number}", f"* {'=' * 70}", ""]
        for item in items:
            lines += _item(item, wave.number, instrument, language)
        if instrument.outcomes:
            lines += ["", f"* Scores of wave {wave.number}"]
            lines += [line for step in scoring.wave(wave.number) for line in step.split("\n") if line]
            lines += _score_labels(wave.number, instrument, language)
    return ("\n".join(lines) + "\n").encode("utf-8")


def _head(instrument: Instrument) -> Iterator[str]:
    estimands = {one.estimand: one.stem[-1] for one in score_variables(instrument)}
    yield f"* {_flat(instrument.reference)}: labels, missing values and scores"
    yield "* Open the data file first: one row a person, variables as in the questionnaire, e.g. " + variable_name(
        instrument.items[-1], instrument.waves[0].number
    )
    yield "* A study with fewer waves: delete the parts of the waves it does not have"
    yield "* Contradictions between answers are not resolved here: `mirabal check` names them".replace("`", "")
    for name, letter in estimands.items():
        yield f"* Scores ending in _{letter}: {estimand_words(name)}"


def _flat(text: str) -> str:
    return " ".join(clean_text(text).split())


def _text(text: str, longest: int) -> str:
    """Text in compound quotes in which no macro and no quote can begin or end."""
    safe = _flat(text)[:longest].replace("`", "‘").replace('"', "”").replace("$", "＄").replace("\\", "/")
    return f'`"{safe}"\''


def letters(response_set: ResponseSet) -> dict[int, str]:
    """Return code → extended missing value of the missing reasons of a set of answers.

    Examples
    --------
    >>> from mirabal_toolkit.instruments.loading import load_instrument
    >>> letters(load_instrument("partner-safety@1.0.0").response_set_by_id["frequency"])
    {97: '.a', 98: '.b', 99: '.c'}
    """
    found: dict[int, str] = {}
    spare = iter("efghijklmnopqrstuvwxyz")
    for option in response_set.options:
        if option.kind != "valid":
            letter = f".{_LETTERS[option.kind]}"
            found[option.code] = letter if letter not in found.values() else f".{next(spare)}"
    return found


def _value_labels(instrument: Instrument, language: str) -> list[str]:
    names = _label_names(instrument)
    lines = []
    for response_set in instrument.response_sets:
        missing = letters(response_set)
        for place, option in enumerate(response_set.options):
            value = missing.get(option.code, str(option.code))
            more = ", add" if place else ", replace"
            label = _text(in_language(option.label, language), LONGEST_LABEL)
            lines.append(f"label define {names[response_set.id]} {value} {label}{more}")
    return [*lines, 'label define yes_or_no_score 0 `"No"\' 1 `"Yes"\', replace']


def _label_names(instrument: Instrument) -> dict[str, str]:
    ids = [response_set.id for response_set in instrument.response_sets]
    return dict(zip(ids, distinct([f"m_{name}" for name in ids], LONGEST_NAME), strict=True))


def _item(item: Item, wave: int, instrument: Instrument, language: str) -> list[str]:
    variable, label = variable_name(item, wave), in_language(item.label, language)
    if len(instrument.waves) > 1 and not item.per_person:
        label = f"{label[: LONGEST_LABEL - 12]} (wave {wave})"
    lines = [f"label variable {variable} {_text(label, LONGEST_LABEL)}"]
    if item.response_set and item.is_numeric:
        response_set = instrument.response_set_by_id[item.response_set]
        recoded = r" \ ".join(f"{code}={letter}" for code, letter in letters(response_set).items())
        lines += [f"mvdecode {variable}, mv({recoded})"] if recoded else []
        lines += (
            [f"label values {variable} {_label_names(instrument)[response_set.id]}"] if response_set.options else []
        )
    return lines


def _score_labels(wave: int, instrument: Instrument, language: str) -> list[str]:
    lines = []
    for score in score_variables(instrument):
        if score.wave == wave:
            outcome = instrument.outcome(score.outcome)
            label = f"{in_language(outcome.label, language)[:50]} (wave {wave}, {score.estimand})"
            lines.append(f"label variable {score.name} {_text(label, LONGEST_LABEL)}")
            lines += [f"label values {score.name} yes_or_no_score"] if outcome.kind == "binary" else []
    return lines


@dataclass(frozen=True)
class _Stata:
    """Stata as `Program`."""

    instrument: Instrument
    missing: str = "."

    @property
    def dialect(self) -> Dialect:
        return Dialect(
            reference=lambda item: self.temporary(f"answer_{item}"),
            code=lambda _item, code: plain_number(code),
            missing={},
            both=" & ",
            either=" | ",
            equal="==",
            negation="!({})".format,
            answered=lambda item: f"!missing({self.temporary(f'answer_{item}')})",
            member=_inlist,
            counted=lambda parts: "(" + " + ".join(f"({part})" for part in parts) + ")",
            always="1 == 1",
            never="1 == 0",
        )

    def put(self, name: str, expression: str) -> str:
        return f"generate double {name} = {_compared(expression)}"

    def put_if(self, condition: str, name: str, expression: str) -> str:
        return f"replace {name} = {_compared(expression)} if {_compared(condition)}"

    def note(self, text: str) -> str:
        return f"* {_flat(text)}"

    def forget(self, names: Sequence[str]) -> str:
        return "drop " + " ".join(names)

    def temporary(self, name: str) -> str:
        short = {f"{kind}_{item}": new for kind in ("answer", "state") for item, new in self._numbered(kind)}
        return f"_{short.get(name, name)}"

    def _numbered(self, kind: str) -> list[tuple[str, str]]:
        ids = [item.id for item in self.instrument.items]
        return list(zip(ids, distinct([f"{kind}_{name}" for name in ids], LONGEST_NAME - 1), strict=True))

    def source(self, item: Item, wave: int) -> str:
        return variable_name(item, wave)

    def answer(self, variable: str) -> str:
        return f"cond(missing({variable}), ., {variable})"

    def holds_code(self, variable: str, item: str, code: int) -> str:
        response_set = self.instrument.response_set_by_id[str(self.instrument.item(item).response_set)]
        return f"{variable} == {letters(response_set)[code]}"

    def condition(self, statement: Statement) -> str:
        return self.dialect.rendered(statement) or "1 == 1"

    def one_of(self, name: str, codes: Iterable[float]) -> str:
        listed = [plain_number(code) for code in codes]
        return f"cond(missing({name}), ., {_inlist(name, listed)})" if name.startswith("_") else _inlist(name, listed)

    def mean(self, names: Sequence[str]) -> str:
        total = " + ".join(f"cond(missing({name}), 0, {name})" for name in names)
        return f"(({total}) / max(1, {self.answered(names)}))"

    def answered(self, names: Sequence[str]) -> str:
        return "(" + " + ".join(f"!missing({name})" for name in names) + ")"

    def above(self, names: Sequence[str], limit: float) -> str:
        return "(" + " + ".join(f"({name} > {limit:g} & {name} < .)" for name in names) + ")"

    def equal(self, names: Sequence[str], value: int) -> str:
        return "(" + " + ".join(f"({name} == {value})" for name in names) + ")"

    def known(self, condition: str, name: str) -> str:
        return f"{condition} & !missing({name})"

    def every(self, conditions: Sequence[str]) -> str:
        return " & ".join(f"({condition})" for condition in conditions)


def _compared(text: str) -> str:
    """Stata compares with two equal signs; the steps write one."""
    return text.replace(" = ", " == ")


def _inlist(name: str, codes: Sequence[str]) -> str:
    """Membership; `inlist` takes few numbers at once in older versions."""
    parts = [codes[place : place + _MEMBERS_AT_ONCE] for place in range(0, len(codes), _MEMBERS_AT_ONCE)]
    texts = [f"inlist({name}, {', '.join(part)})" for part in parts]
    return texts[0] if len(texts) == 1 else "(" + " | ".join(texts) + ")"
