"""A questionnaire, versioned: items, answers, routing, scores, waves, rights.

Everything downstream (reading, missing reasons, scores, labels, captions) is driven by an
`Instrument`. It cannot be built when something in it contradicts something else; all
contradictions are reported at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from mirabal_toolkit.core.expressions import Condition
from mirabal_toolkit.core.instrument_checks import find_problems
from mirabal_toolkit.core.missing import MissingReason
from mirabal_toolkit.core.reliability import Reliability
from mirabal_toolkit.errors import FindingsError, UsageError

OptionKind = Literal["valid", "refused", "dont_know", "not_applicable", "no_contact"]
ItemType = Literal["choice", "integer", "number", "date", "text"]
Sensitivity = Literal["none", "personal", "quasi", "sensitive", "free_text"]
Indicator = Literal["any", "severe", "variety", "score", "at_least", "category", "value"]
OutcomeKind = Literal["binary", "score", "count", "ordinal"]
Estimand = Literal["experienced", "while_in_contact", "as_reported"]
Direction = Literal["higher_is_better", "higher_is_worse", "neutral"]
ChangeKind = Literal[
    "added", "removed", "renamed", "reworded", "options_changed", "routing_changed", "split", "merged", "scale_changed"
]
Comparability = Literal["yes", "partial", "no"]
WithdrawalState = Literal["stop_contact", "keep", "erase"]
Text = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Option:
    """One allowed answer. `name` is how conditions call it, `code` what stands in the data.

    A `retired` option is no longer offered, but older data hold its code, so it stays known.
    """

    code: int
    name: str
    label: Text
    kind: OptionKind = "valid"
    retired: bool = False


@dataclass(frozen=True, slots=True)
class ResponseSet:
    """The allowed answers in order. `direction` says which end is better."""

    id: str
    options: tuple[Option, ...]
    direction: Direction = "neutral"

    @property
    def valid(self) -> tuple[Option, ...]:
        """Options that are answers, not missing reasons."""
        return tuple(option for option in self.options if option.kind == "valid")

    @property
    def offered(self) -> tuple[Option, ...]:
        """Options, missing reasons included, that a questionnaire offers today."""
        return tuple(option for option in self.options if not option.retired)

    @property
    def reasons(self) -> dict[int, MissingReason]:
        """Code → missing reason, for the options that are none."""
        return {option.code: MissingReason(option.kind) for option in self.options if option.kind != "valid"}


@dataclass(frozen=True, slots=True)
class Item:
    """A question as asked.

    Parameters
    ----------
    id : str
        Column name in every frame, e.g. ``C1``.
    variable : str
        Variable-name pattern in exports, with ``{wave}`` where the wave number goes
        (``c1_w{wave}``); without it the item is asked once a person.
    label : mapping
        Short label per language, for tables.
    text : mapping
        The question per language; empty in scoring-only instruments.
    ask_if : Condition or None
        Who is asked; None means everybody. Unknown counts as asked.
    otherwise : MissingReason
        Why those who are not asked have no answer: ``not_applicable`` or ``no_contact``.
    waves : tuple of int
        Waves at which it is asked; empty means all.
    minimum, maximum : float or None
        Allowed range of numbers, in `unit`.
    office : bool
        Whether staff fill it in and nobody is asked.
    """

    id: str
    variable: str
    block: str
    type: ItemType
    label: Text
    text: Text
    response_set: str | None = None
    ask_if: Condition | None = None
    otherwise: MissingReason = MissingReason.NOT_APPLICABLE
    waves: tuple[int, ...] = ()
    required: bool = True
    severe: bool = False
    sensitivity: Sensitivity = "sensitive"
    note: Text = field(default_factory=dict)
    minimum: float | None = None
    maximum: float | None = None
    unit: str = ""
    office: bool = False

    @property
    def per_person(self) -> bool:
        """Whether the item is asked once a person and holds for all waves."""
        return "{wave}" not in self.variable

    @property
    def is_numeric(self) -> bool:
        """Whether answers are numbers (codes included)."""
        return self.type in ("choice", "integer", "number")


@dataclass(frozen=True, slots=True)
class Block:
    """A part of the questionnaire; its items name it. `attribution` names others who wrote its items."""

    id: str
    title: Text
    intro: Text = field(default_factory=dict)
    attribution: str = ""


@dataclass(frozen=True, slots=True)
class Wave:
    """One round of collection: `months` after the start, give or take `window_days`."""

    number: int
    months: float
    window_days: int
    label: Text


@dataclass(frozen=True, slots=True)
class Scale:
    """How items become numbers.

    Parameters
    ----------
    items, reversed : tuple of str
        Item ids of the mean; `reversed` are among `items`.
    severe : tuple of str
        Items of which an answer above their lowest code is severe harm. One of them need not be
        part of the mean: treatment for an injury is severe, but is no further kind of harm.
    minimum, maximum : float
        Range of an item's codes.
    score_range : tuple of float
        Where scores begin and end: ``low + (high - low) * (mean - minimum) / (maximum - minimum)``.
        0–100, unless those who made the scale publish another range.
    minimum_answered : float
        Share of the applicable items that must be answered, 0–1.
    no_contact_is_zero : bool
        Whether an item not asked because there was no contact counts as 0 under ``experienced``.
    """

    id: str
    label: Text
    items: tuple[str, ...]
    minimum: float
    maximum: float
    reversed: tuple[str, ...] = ()
    severe: tuple[str, ...] = ()
    minimum_answered: float = 0.7
    no_contact_is_zero: bool = False
    direction: Direction = "neutral"
    source: str = ""
    score_range: tuple[float, float] = (0.0, 100.0)
    reliability: Reliability | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """An indicator of change, computed for every person-wave.

    Parameters
    ----------
    scale, item : str or None
        What it is computed from: exactly one of them.
    indicator : str
        ``any`` item above the minimum; any ``severe`` item; ``variety`` (how many items);
        ``score`` (in the `score_range` of the scale); ``at_least`` (a score of `threshold` or more);
        ``category`` (answer in `categories`); ``value`` (the code itself).
    categories : tuple of str
        Option names for ``category``.
    kind : str
        ``binary``, ``score``, ``count`` or ``ordinal``.
    estimands : tuple of str
        The first is the headline. ``experienced``: an item not asked because there was no contact
        counts as never. ``while_in_contact``: a woman for whom any item of the outcome was left
        out because there was no contact lies outside the universe. ``as_reported``: items that do
        not apply are left out.
    measure : int or None
        The measure of success (1–6) it belongs to.
    statement : Text
        For yes-or-no outcomes the end of "29 % of the women …": "were physically hurt". For scores
        and counts what the average is about: "how free they were to live their own lives".
    """

    id: str
    label: Text
    indicator: Indicator
    kind: OutcomeKind
    direction: Direction
    estimands: tuple[Estimand, ...]
    scale: str | None = None
    item: str | None = None
    categories: tuple[str, ...] = ()
    measure: int | None = None
    statement: Text = field(default_factory=dict)
    threshold: float | None = None


@dataclass(frozen=True, slots=True)
class MeasureOfSuccess:
    """One of the six measures of success."""

    number: int
    title: Text


@dataclass(frozen=True, slots=True)
class Rights:
    """Who holds the wording and what may be done with it; `link` is where the wording can be had."""

    class_: Literal["own", "third_party_free", "scoring_only"]
    holder: str
    licence: str
    notice: str
    wording_redistributable: bool
    link: str = ""


@dataclass(frozen=True, slots=True)
class Language:
    """A language of the instrument and how far its wording has been checked."""

    code: str
    name: str
    status: Literal["original", "draft", "reviewed", "back_translated"]


@dataclass(frozen=True, slots=True)
class Gate:
    """Questions that must all be answered `pass_option`, else the interview ends with `reason`."""

    items: tuple[str, ...]
    pass_option: str
    reason: MissingReason


@dataclass(frozen=True, slots=True)
class Roles:
    """Which items steer the pipeline; None where the instrument has no such item.

    Parameters
    ----------
    wave_outcome : str or None
        Item that says how the attempt to interview ended.
    wave_reasons : mapping
        Its option name → missing reason for the whole wave; names not listed mean interviewed.
    withdrawal : mapping
        Its option name → what becomes of what she told: ``stop_contact`` (she is not contacted any
        more), ``keep`` (she left, her answers stay), ``erase`` (everything of hers is removed).
    duration : str or None
        Item that says how many minutes an interview took.
    """

    person_id: str = "person_id"
    interview_date: str | None = None
    wave_outcome: str | None = None
    wave_reasons: Mapping[str, MissingReason] = field(default_factory=dict)
    contact: str | None = None
    site: str | None = None
    partner_id: str | None = None
    withdrawal: Mapping[str, WithdrawalState] = field(default_factory=dict)
    duration: str | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One change from an earlier version, machine-readable.

    `item` is the id of an item, scale or outcome, or of a response set (``options_changed``); `was`
    its earlier id, of merged items all of them with commas between; `recode` old code → new code.
    """

    kind: ChangeKind
    item: str
    from_version: str
    date: str
    reason: str
    comparability: Comparability
    was: str = ""
    recode: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ScoringExample:
    """Worked answers and the scores they must give (a test that travels with the instrument).

    `answers` maps item id → code or option name or missing reason name; `expected` maps
    ``outcome.estimand`` → value or None for missing.
    """

    title: str
    answers: Mapping[str, float | str]
    expected: Mapping[str, float | None]


@dataclass(frozen=True)
class Instrument:
    """A questionnaire, versioned. See the module text; field meanings are in `docs/instrument-format.md`.

    Raises
    ------
    FindingsError
        If anything contradicts anything else (ids used twice, unknown items …); all problems at once.
    """

    id: str
    version: str
    status: Literal["draft", "stable", "retired"]
    effective: str
    title: Text
    description: Text
    authors: tuple[str, ...]
    citation: str
    validation: str
    reference_period: Text
    rights: Rights
    languages: tuple[Language, ...]
    roles: Roles
    waves: tuple[Wave, ...]
    blocks: tuple[Block, ...]
    response_sets: tuple[ResponseSet, ...]
    items: tuple[Item, ...]
    scales: tuple[Scale, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    measures_of_success: tuple[MeasureOfSuccess, ...] = ()
    gate: Gate | None = None
    derived_from: str = ""
    minutes: float = 0.0
    default_plan: str = ""
    people: Mapping[str, Text] = field(default_factory=dict)
    changes: tuple[Change, ...] = ()
    tests: tuple[ScoringExample, ...] = ()
    fingerprint: str = ""

    def __post_init__(self) -> None:
        problems = find_problems(self)
        if problems:
            raise FindingsError(
                f"instrument {self.id}@{self.version} has {len(problems)} problem(s)", problems=problems
            )

    @property
    def reference(self) -> str:
        """``id@version``."""
        return f"{self.id}@{self.version}"

    @cached_property
    def item_by_id(self) -> dict[str, Item]:
        """Items by id, in order."""
        return {item.id: item for item in self.items}

    @cached_property
    def response_set_by_id(self) -> dict[str, ResponseSet]:
        """Response sets by id."""
        return {response_set.id: response_set for response_set in self.response_sets}

    @cached_property
    def scale_by_id(self) -> dict[str, Scale]:
        """Scales by id."""
        return {scale.id: scale for scale in self.scales}

    @cached_property
    def outcome_by_id(self) -> dict[str, Outcome]:
        """Outcomes by id."""
        return {outcome.id: outcome for outcome in self.outcomes}

    @cached_property
    def option_codes(self) -> dict[str, dict[str, float]]:
        """Item id → {option name: code}, as conditions need it."""
        return {
            item.id: {option.name: float(option.code) for option in self.options(item.id)}
            for item in self.items
            if item.response_set is not None
        }

    def item(self, item_id: str) -> Item:
        """Return an item; UsageError if there is none of that id."""
        try:
            return self.item_by_id[item_id]
        except KeyError:
            raise UsageError(f"{self.reference} has no item “{item_id}”", fix="`mirabal instruments show`") from None

    def outcome(self, outcome_id: str) -> Outcome:
        """Return an outcome; UsageError if there is none of that id."""
        try:
            return self.outcome_by_id[outcome_id]
        except KeyError:
            known = ", ".join(self.outcome_by_id)
            raise UsageError(f"{self.reference} has no outcome “{outcome_id}”", fix=f"use one of: {known}") from None

    def options(self, item_id: str) -> tuple[Option, ...]:
        """Return the options of an item; empty for items that are not choices."""
        response_set = self.item(item_id).response_set
        return () if response_set is None else self.response_set_by_id[response_set].options

    def wave(self, number: int) -> Wave:
        """Return a wave; UsageError if there is none of that number."""
        for wave in self.waves:
            if wave.number == number:
                return wave
        raise UsageError(f"{self.reference} has no wave {number}", fix=f"its waves are 1 to {len(self.waves)}")

    def items_in_block(self, block_id: str) -> tuple[Item, ...]:
        """Return the items of a block, in order."""
        return tuple(item for item in self.items if item.block == block_id)


def in_language(text: Text, language: str = "en") -> str:
    """Return `text` in a language, in English where that lacks, else in the first there is.

    Examples
    --------
    >>> in_language({"en": "slapped me"}, "ro")
    'slapped me'
    """
    for code in (language, "en", *text):
        if code in text:
            return text[code]
    return ""
