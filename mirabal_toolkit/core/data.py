"""Answers on their way from a file to a panel: each stage a frozen type that carries its recipe.

Rows are person-waves. Two frames of the same shape travel together: `answers` (floats for
codes and numbers, text, dates; missing where there is no valid answer) and `reasons` (why an
answer is missing; itself missing where there is an answer).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, get_args

import pandas as pd

from mirabal_toolkit.core.frames import SealedFrame
from mirabal_toolkit.core.instrument import Instrument
from mirabal_toolkit.core.missing import MissingReason
from mirabal_toolkit.errors import FindingsError, Problem

#: Names of the two keys of a person-wave, as columns or as index levels.
PERSON, WAVE = "person_id", "wave"
KEYS = [PERSON, WAVE]

Severity = Literal["error", "warning", "note"]
#: The gravest first.
SEVERITIES: tuple[Severity, ...] = get_args(Severity)

#: How a person-wave ended: interviewed, or the reason nobody was.
INTERVIEWED = "interviewed"
WAVE_STATUSES = (
    INTERVIEWED,
    MissingReason.WAVE_MISSED.value,
    MissingReason.UNSAFE_TO_CONTACT.value,
    MissingReason.WITHDRAWN.value,
    MissingReason.DIED.value,
)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about the data the user should know; counts only, never a value.

    `code` is a stable short name (``out_of_range``); `count` says how many cells, rows or people.
    """

    severity: Severity
    code: str
    message: str
    item: str = ""
    wave: int | None = None
    count: int = 0
    advice: str = ""


#: What is told of one thing, “1 row(s) have …”: words that agree with both one and many.
_OF_ONE = re.compile(r"\b1 [a-z ]*\(s\)")


def as_sentence(text: str) -> str:
    """Return words of a finding with a capital letter, and without “(s)” where they tell of more than one.

    Examples
    --------
    >>> as_sentence("13 row(s) repeat a person at a wave"), as_sentence("fewer than 5 id(s) differ")
    ('13 rows repeat a person at a wave', 'Fewer than 5 ids differ')
    >>> as_sentence("1 answer code(s) that the questionnaire does not have")
    '1 answer code(s) that the questionnaire does not have'
    """
    text = text[:1].upper() + text[1:]
    return text if _OF_ONE.search(text) else text.replace("(s)", "s")


@dataclass(frozen=True, slots=True)
class Source:
    """A file that was read: its SHA-256, kind, and size; no path, since names of files can name people."""

    sha256: str
    kind: str
    rows: int
    columns: int


@dataclass(frozen=True, slots=True)
class AuditStep:
    """One cleaning step: what was done, why, by which rule, to how many.

    `before` and `after` count valid answers (for steps on cells) or rows (for steps on rows) of
    `unit`; `changed` counts what the step touched.
    """

    step: str
    what: str
    why: str
    unit: Literal["cells", "rows", "people"]
    before: int
    after: int
    changed: int
    item: str = ""


@dataclass(frozen=True, slots=True)
class AuditTrail:
    """The steps taken, in order; holds counts, never a value."""

    steps: tuple[AuditStep, ...] = ()

    def __post_init__(self) -> None:
        for step in self.steps:
            if min(step.before, step.after, step.changed) < 0 or abs(step.before - step.after) > step.changed:
                raise FindingsError(f"the counts of the cleaning step “{step.step}” do not add up")

    def with_step(self, step: AuditStep) -> AuditTrail:
        """Return the trail with one more step."""
        return AuditTrail((*self.steps, step))


@dataclass(frozen=True, slots=True)
class Bridge:
    """Between waves collected with an earlier version of the instrument and those after: what cannot be compared.

    Parameters
    ----------
    from_version, to_version : str
    waves : tuple of int
        At which somebody answered the earlier version.
    not_comparable : tuple of str
        Outcomes whose scores at `waves` must not be put beside later ones.
    partial : tuple of str
        Outcomes that can be compared in part.
    """

    from_version: str
    to_version: str
    waves: tuple[int, ...]
    not_comparable: tuple[str, ...] = ()
    partial: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Protection:
    """What was done to a study file so that it points to nobody.

    Parameters
    ----------
    key_id : str
        Of the key by which person ids became pseudonyms; empty where ids are as in the export.
    partners : tuple of str
        Items of which the answers, ids of partners, became pseudonyms too.
    in_days : tuple of str
        Items of which the dates are days since each person's first interview, counted from 1 January 2000.
    kept_out : tuple of str
        Items of which the answers were left out.
    """

    key_id: str = ""
    partners: tuple[str, ...] = ()
    in_days: tuple[str, ...] = ()
    kept_out: tuple[str, ...] = ()


def _told(data: object, instrument: Instrument, answers: SealedFrame) -> str:
    """Return what data are in one line, without an answer: notebooks print it."""
    frame = answers.frame
    people = frame[PERSON] if PERSON in frame else frame.index.get_level_values(PERSON)
    waves = frame[WAVE] if WAVE in frame else frame.index.get_level_values(WAVE)
    numbers = ", ".join(str(int(wave)) for wave in sorted(set(waves)))
    return f"<{type(data).__name__} {instrument.reference}: {people.nunique()} people, waves {numbers}>"


@dataclass(frozen=True)
class WaveData:
    """Person-waves as read from files, before cleaning.

    Parameters
    ----------
    answers : SealedFrame
        Columns ``person_id`` (text), ``wave`` (integer), then item ids; a plain row index. Rows may
        repeat a person-wave and codes may lie outside their response set: cleaning counts and mends
        that.
    reasons : SealedFrame
        Same rows, item columns only; text of `MissingReason`, missing where nothing was said.
    sources : tuple of Source
    findings : tuple of Finding
        What reading noticed.
    bridges : tuple of Bridge
        One for every earlier version that some of the waves were collected with.
    protection : Protection
        What was done so that the rows point to nobody.

    Raises
    ------
    FindingsError
        If a column is not an item of the instrument, or keys are lacking.
    """

    instrument: Instrument
    answers: SealedFrame
    reasons: SealedFrame
    sources: tuple[Source, ...] = ()
    findings: tuple[Finding, ...] = ()
    bridges: tuple[Bridge, ...] = ()
    protection: Protection = Protection()

    def __repr__(self) -> str:
        return _told(self, self.instrument, self.answers)

    def __post_init__(self) -> None:
        columns = self.answers.columns
        problems = [Problem(f"the column {key} is lacking") for key in KEYS if key not in columns]
        items = self.instrument.item_by_id
        problems += [
            Problem(f"column {name} is not an item of {self.instrument.reference}")
            for name in columns
            if name not in KEYS and name not in items
        ]
        if self.reasons.columns != [name for name in columns if name not in KEYS] or len(self.reasons) != len(
            self.answers
        ):
            problems.append(Problem("answers and missing reasons differ in shape"))
        if problems:
            raise FindingsError("these rows are not waves of the instrument", problems=problems)


@dataclass(frozen=True)
class CleanedData:
    """Person-waves after cleaning: unique, complete grid, every gap with a reason.

    Parameters
    ----------
    answers, reasons : SealedFrame
        Index (person_id, wave), sorted, one row for every person at every wave of the study;
        columns are all items of the instrument.
    status : SealedFrame
        Same index; column ``status``: one of `WAVE_STATUSES`.

    Raises
    ------
    FindingsError
        If a person-wave is duplicated, a code lies outside its response set, or an empty cell
        has no reason.
    """

    instrument: Instrument
    answers: SealedFrame
    reasons: SealedFrame
    status: SealedFrame
    trail: AuditTrail
    sources: tuple[Source, ...] = ()
    findings: tuple[Finding, ...] = ()
    bridges: tuple[Bridge, ...] = ()

    def __repr__(self) -> str:
        return _told(self, self.instrument, self.answers)

    def __post_init__(self) -> None:
        problems = [*_key_problems(self.answers.frame), *_gap_problems(self), *_code_problems(self)]
        if problems:
            raise FindingsError("cleaning did not end in a sound panel", problems=problems)

    @property
    def waves(self) -> tuple[int, ...]:
        """Wave numbers of the study, in order."""
        return tuple(sorted(self.answers.frame.index.get_level_values(WAVE).unique()))

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the answers, independent of row order."""
        return self.answers.fingerprint()


def _key_problems(frame: pd.DataFrame) -> list[Problem]:
    if list(frame.index.names) != KEYS:
        return [Problem("the index is not (person_id, wave)")]
    repeated = int(frame.index.duplicated().sum())
    return [Problem(f"{repeated} person-wave(s) appear twice")] if repeated else []


def _gap_problems(data: CleanedData) -> list[Problem]:
    answers, reasons = data.answers.frame, data.reasons.frame
    if not answers.index.equals(reasons.index) or list(answers.columns) != list(reasons.columns):
        return [Problem("answers and missing reasons differ in shape")]
    unmatched = int((answers.isna() != reasons.notna()).to_numpy().sum())
    return [Problem(f"{unmatched} cell(s) have neither an answer nor a missing reason, or both")] if unmatched else []


def _code_problems(data: CleanedData) -> list[Problem]:
    answers = data.answers.frame
    problems = []
    for item_id in answers.columns:
        item = data.instrument.item(item_id)
        if item.type != "choice":
            continue
        codes = [float(option.code) for option in data.instrument.options(item_id) if option.kind == "valid"]
        outside = int((answers[item_id].notna() & ~answers[item_id].isin(codes)).sum())
        if outside:
            problems.append(Problem(f"{outside} code(s) outside the response set", where=f"item {item_id}"))
    return problems


def score_name(outcome: str, estimand: str) -> str:
    """Return the column name of an outcome under an estimand, ``outcome.estimand``."""
    return f"{outcome}.{estimand}"


@dataclass(frozen=True)
class ScoredData:
    """Cleaned person-waves with outcome indicators.

    Parameters
    ----------
    scores : SealedFrame
        Index as in `cleaned`; columns ``outcome.estimand`` (see `score_name`); floats, NaN missing.
    universe : SealedFrame
        Same shape; True where the person was interviewed and the outcome applies to her.
    """

    cleaned: CleanedData
    scores: SealedFrame
    universe: SealedFrame

    def __repr__(self) -> str:
        return _told(self, self.cleaned.instrument, self.scores)

    def __post_init__(self) -> None:
        scores, universe = self.scores.frame, self.universe.frame
        problems = []
        if not scores.index.equals(self.cleaned.answers.frame.index) or scores.shape != universe.shape:
            problems.append(Problem("scores, universe and answers differ in shape"))
        elif int((scores.notna() & ~universe).to_numpy().sum()):
            problems.append(Problem("a score stands outside its universe"))
        if problems:
            raise FindingsError("scoring did not end in sound scores", problems=problems)


@dataclass(frozen=True)
class PanelData:
    """What models take: scores, people, waves and the participant flow.

    Parameters
    ----------
    scores, universe : SealedFrame
        As in `ScoredData`.
    answers, reasons, status : SealedFrame
        As in `CleanedData` (index person_id, wave); `answers` and `reasons` of numeric items only.
    people : SealedFrame
        Index person_id; person-level items (site, age …).
    flow : SealedFrame
        Index wave; columns ``eligible`` and every one of `WAVE_STATUSES`: numbers of people.
        ``eligible`` equals the sum of the others at every wave.
    """

    instrument: Instrument
    scores: SealedFrame
    universe: SealedFrame
    answers: SealedFrame
    reasons: SealedFrame
    status: SealedFrame
    people: SealedFrame
    flow: SealedFrame
    trail: AuditTrail
    sources: tuple[Source, ...] = ()
    findings: tuple[Finding, ...] = ()
    fingerprint: str = ""
    notes: Mapping[str, str] = field(default_factory=dict)
    bridges: tuple[Bridge, ...] = ()

    def __repr__(self) -> str:
        return _told(self, self.instrument, self.scores)

    def __post_init__(self) -> None:
        flow = self.flow.frame
        if not (flow["eligible"] == flow[list(WAVE_STATUSES)].sum(axis=1)).all():
            raise FindingsError("the participant flow does not add up at every wave")

    @property
    def waves(self) -> tuple[int, ...]:
        """Wave numbers, in order."""
        return tuple(int(wave) for wave in self.flow.frame.index)

    @property
    def months(self) -> dict[int, float]:
        """Wave number → months since the start."""
        return {number: self.instrument.wave(number).months for number in self.waves}

    def with_findings(self, *findings: Finding) -> PanelData:
        """Return the panel with further findings."""
        return replace(self, findings=(*self.findings, *findings))
