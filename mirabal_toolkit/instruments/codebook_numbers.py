"""What the data say of every item and scale, for the codebook: already protected when it leaves this module.

Counts are of people (one row a person and wave). The rules come with the disclosure profile: counts of few people,
and of all but few, are hidden, others rounded; nothing rests on too few; percentages are of rounded counts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from mirabal_toolkit.core.data import INTERVIEWED, PERSON, WAVE, CleanedData
from mirabal_toolkit.core.instrument import Item, Scale, in_language
from mirabal_toolkit.core.missing import ROUTED_REASONS, WAVE_REASONS, MissingReason
from mirabal_toolkit.core.results import DisclosureProfile
from mirabal_toolkit.mixed.reliability import (
    Reliability,
    average_inter_item_correlation,
    complete_rows,
    cronbach_alpha,
    item_rest_correlations,
    mcdonald_omega,
)

HIDDEN = "·"
NOTHING = "–"
#: Numbers with at most so many possible values are shown value by value.
MOST_VALUES = 12
MOST_PATTERNS = 12
RESAMPLES = 400
#: Reasons that leave a gap where an answer was meant to be.
GAPS = (MissingReason.REFUSED, MissingReason.DONT_KNOW, MissingReason.UNEXPLAINED)
_REASON_WORDS = {
    MissingReason.REFUSED: "Preferred not to say",
    MissingReason.DONT_KNOW: "Don’t know",
    MissingReason.NOT_APPLICABLE: "Does not apply",
    MissingReason.NO_CONTACT: "No contact",
    MissingReason.NOT_ASKED: "Not asked",
    MissingReason.UNEXPLAINED: "No reason given",
}


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table of waves: a label, one text a wave; `aside` for missing reasons, `total` for sums."""

    label: str
    cells: tuple[str, ...]
    aside: bool = False
    total: bool = False


@dataclass(frozen=True, slots=True)
class WaveTable:
    """A table with one column a wave."""

    waves: tuple[str, ...]
    rows: tuple[Row, ...]
    note: str = ""


@dataclass(frozen=True)
class CodebookNumbers:
    """The numbers of a codebook.

    Parameters
    ----------
    people : str
        How many people there are, protected.
    items : mapping
        Item id → its table.
    scales : mapping
        Scale id → its table of reliability.
    gaps : WaveTable
        Share of questions asked that have no answer, by block.
    patterns : tuple of (str, str)
        At which waves people were interviewed, and how many people.
    profile : DisclosureProfile
    """

    people: str
    items: Mapping[str, WaveTable]
    scales: Mapping[str, WaveTable]
    gaps: WaveTable
    patterns: tuple[tuple[str, str], ...]
    profile: DisclosureProfile


def protected_counts(counts: Sequence[int], profile: DisclosureProfile) -> list[int | None]:
    """Return counts that add up to a group of people, as they may be shown; None hidden.

    Where one count alone would be hidden and the others are exact, it could be had by subtraction: the smallest
    other one is then hidden as well.

    Examples
    --------
    >>> from mirabal_toolkit.core.results import DisclosureProfile
    >>> exact = DisclosureProfile("exact", 5, False, 1, 10, 10, True)
    >>> protected_counts([20, 3, 0, 9], exact)
    [20, None, 0, None]
    >>> rounded = DisclosureProfile("rounded", 5, False, 5, 10, 10, True)
    >>> protected_counts([21, 3, 0, 9], rounded)
    [20, None, 0, 10]
    >>> protected_counts([2, 3, 1], rounded)
    [None, None, None]
    """
    total = sum(counts)
    if total < profile.minimum_base:
        return [None] * len(counts)
    hidden = {place for place, count in enumerate(counts) if _few(count, profile) or _few(total - count, profile)}
    if profile.threshold > 1 and profile.rounding == 1 and len(hidden) == 1:
        others = [(count, place) for place, count in enumerate(counts) if place not in hidden and count > 0]
        hidden |= {min(others)[1]} if others else set()
    return [None if place in hidden else rounded(count, profile) for place, count in enumerate(counts)]


def _few(count: int, profile: DisclosureProfile) -> bool:
    return (0 if profile.hide_zeros else 1) <= count < profile.threshold


def rounded(count: float, profile: DisclosureProfile) -> int:
    """Return a count rounded to the profile's base, halves up."""
    return int((count + profile.rounding / 2) // profile.rounding) * profile.rounding


def codebook_numbers(cleaned: CleanedData, profile: DisclosureProfile, language: str = "en") -> CodebookNumbers:
    """Compute the numbers of a codebook.

    Parameters
    ----------
    cleaned : CleanedData
    profile : DisclosureProfile
    language : str
        Language of the labels of answers.
    """
    counting = _Counting(cleaned, profile, language)
    instrument = cleaned.instrument
    return CodebookNumbers(
        people=counting.people(),
        items={item.id: counting.item(item) for item in instrument.items},
        scales={scale.id: counting.scale(scale) for scale in instrument.scales},
        gaps=counting.gaps(),
        patterns=counting.patterns(),
        profile=profile,
    )


@dataclass(frozen=True)
class _Counting:
    cleaned: CleanedData
    profile: DisclosureProfile
    language: str

    @cached_property
    def frames(self) -> dict[str, pd.DataFrame]:
        answers, reasons = self.cleaned.answers.frame, self.cleaned.reasons.frame
        return {"answers": answers, "reasons": reasons, "status": self.cleaned.status.frame}

    @property
    def waves(self) -> tuple[int, ...]:
        return self.cleaned.waves

    def wave_names(self, waves: Sequence[int]) -> tuple[str, ...]:
        return tuple(in_language(self.cleaned.instrument.wave(wave).label, self.language) for wave in waves)

    def at(self, wave: int, *, interviewed: bool = True) -> np.ndarray:
        """Rows of a wave: everybody, or those interviewed."""
        index = self.frames["answers"].index
        rows = np.asarray(index.get_level_values(WAVE) == wave)
        return rows & (self.frames["status"]["status"] == INTERVIEWED).to_numpy() if interviewed else rows

    def people(self) -> str:
        count = int(self.frames["answers"].index.get_level_values(PERSON).nunique())
        few = _few(count, self.profile) or count < self.profile.minimum_base
        return HIDDEN if few else str(rounded(count, self.profile))

    def item(self, item: Item) -> WaveTable:
        """How often each answer was given, and why there was none, at each wave."""
        waves = self.waves[:1] if item.per_person else tuple(w for w in self.waves if not item.waves or w in item.waves)
        office = item.office or item.per_person
        columns = [self._column(item, wave, interviewed=not office) for wave in waves]
        if not columns:
            return WaveTable((), ())
        labels = list(columns[0])
        valid = list(self._values(item).values())
        shown = [self._shown(one, valid) for one in columns]
        bases = [self._base(sum(one[label] for label in valid or [""])) for one in columns]
        cells = tuple(HIDDEN if base is None else str(base) for base in bases)
        rows = [Row("Answered", cells, total=True)]
        for label in valid:
            shares = zip(shown, bases, strict=True)
            rows.append(Row(label, tuple(self._share(column[label], base) for column, base in shares)))
        rows += self._moments(item, waves)
        for label in labels:
            if label and label not in valid and any(column[label] for column in columns):
                rows.append(Row(label, tuple(_text(column[label]) for column in shown), aside=True))
        return WaveTable(self.wave_names(waves) if not item.per_person else ("",), tuple(rows))

    def _shown(self, counts: Mapping[str, int], valid: Sequence[str]) -> dict[str, int | None]:
        """Counts as they may be shown: an answer of all but few of those who answered is hidden too."""
        shown = dict(zip(counts, protected_counts(list(counts.values()), self.profile), strict=True))
        answered = sum(counts[label] for label in valid)
        return shown | {label: None for label in valid if _few(answered - counts[label], self.profile)}

    def _values(self, item: Item) -> dict[float, str]:
        """Answer → label; one label for all where they are too many or free text."""
        if item.type == "choice":
            return {float(o.code): in_language(o.label, self.language) for o in self.cleaned.instrument.options(item.id)
                    if o.kind == "valid"}  # fmt: skip
        low, high = item.minimum, item.maximum
        if item.type == "integer" and low is not None and high is not None and high - low < MOST_VALUES:
            return {float(value): str(value) for value in range(int(low), int(high) + 1)}
        return {}

    def _column(self, item: Item, wave: int, *, interviewed: bool) -> dict[str, int]:
        """Label → people, at a wave; “” counts answers that are not shown one by one."""
        rows = self.at(wave, interviewed=interviewed)
        answers = self.frames["answers"].loc[rows, item.id]
        reasons = self.frames["reasons"].loc[rows, item.id]
        values = self._values(item)
        counts = {label: int((answers == value).sum()) for value, label in values.items()}
        if not values:
            counts[""] = int(answers.notna().sum())
        kept = [reason for reason in MissingReason if reason not in WAVE_REASONS]
        return counts | {_REASON_WORDS[reason]: int((reasons == reason.value).sum()) for reason in kept}

    def _base(self, answered: int) -> int | None:
        """People who answered, rounded; None if they are too few."""
        return rounded(answered, self.profile) if answered >= self.profile.minimum_base else None

    def _share(self, count: int | None, base: int | None) -> str:
        if count is None or base is None:
            return HIDDEN
        return f"{count} ({min(100 * count / base, 100):.0f} %)" if base else NOTHING

    def _moments(self, item: Item, waves: Sequence[int]) -> list[Row]:
        """Mean and standard deviation of numbers."""
        if item.type not in ("integer", "number"):
            return []
        means, deviations = [], []
        for wave in waves:
            values = self.frames["answers"].loc[self.at(wave, interviewed=not item.per_person), item.id].dropna()
            enough = len(values) >= max(self.profile.minimum_base, 2)
            means.append(f"{values.mean():.1f}" if enough else HIDDEN)
            deviations.append(f"{values.std():.1f}" if enough else HIDDEN)
        return [Row("Mean", tuple(means), total=True), Row("Standard deviation", tuple(deviations), total=True)]

    def scale(self, scale: Scale) -> WaveTable:
        """Alpha, omega and item–rest correlations at each wave, from people with all items answered."""
        by_wave = [self._scale_values(scale, wave) for wave in self.waves]
        enough = [len(values) >= max(self.profile.minimum_base, len(scale.items) + 2) for values in by_wave]
        rows = [Row("People with all items", tuple(
            str(rounded(len(values), self.profile)) if fine else HIDDEN
            for values, fine in zip(by_wave, enough, strict=True)), total=True)]  # fmt: skip
        pairs = list(zip(by_wave, enough, strict=True))
        alphas = tuple(_interval(cronbach_alpha(values)) if fine else HIDDEN for values, fine in pairs)
        omegas = tuple(
            _interval(mcdonald_omega(values, resamples=RESAMPLES)) if fine else HIDDEN for values, fine in pairs
        )
        means = tuple(_number(average_inter_item_correlation(values)) if fine else HIDDEN for values, fine in pairs)
        rows += [Row("Alpha", alphas), Row("Omega", omegas), Row("Mean correlation of two items", means)]
        rests = [item_rest_correlations(values) if fine else None for values, fine in pairs]
        for place, name in enumerate(scale.items):
            label = f"{name} with the rest" + (" (turned round)" if name in scale.reversed else "")
            cells = tuple(HIDDEN if rest is None else _number(float(rest[place])) for rest in rests)
            rows.append(Row(label, cells, aside=True))
        return WaveTable(self.wave_names(self.waves), tuple(rows))

    def _scale_values(self, scale: Scale, wave: int) -> np.ndarray:
        answers = self.frames["answers"].loc[self.at(wave), list(scale.items)]
        values = answers.to_numpy(float, na_value=np.nan, copy=True)
        for place, name in enumerate(scale.items):
            if name in scale.reversed:
                values[:, place] = scale.minimum + scale.maximum - values[:, place]
        return complete_rows(values)

    def gaps(self) -> WaveTable:
        """Of the questions that applied to those interviewed, the share without an answer."""
        rows = []
        for block in self.cleaned.instrument.blocks:
            items = [
                item.id
                for item in self.cleaned.instrument.items_in_block(block.id)
                if not (item.office or item.per_person)
            ]
            if items:
                cells = tuple(self._gap(items, wave) for wave in self.waves)
                rows.append(Row(f"{block.id}  {in_language(block.title, self.language)}", cells))
        return WaveTable(self.wave_names(self.waves), tuple(rows))

    def _gap(self, items: Sequence[str], wave: int) -> str:
        rows = self.at(wave)
        reasons = self.frames["reasons"].loc[rows, list(items)]
        routed = reasons.isin([reason.value for reason in ROUTED_REASONS])
        gaps = reasons.isin([reason.value for reason in GAPS])
        people = int((~routed).any(axis=1).sum())
        with_gap = int(gaps.any(axis=1).sum())
        if people < self.profile.minimum_base or _few(with_gap, self.profile) or _few(people - with_gap, self.profile):
            return HIDDEN
        return f"{100 * float(gaps.to_numpy().sum()) / max(float((~routed).to_numpy().sum()), 1.0):.1f} %"

    def patterns(self) -> tuple[tuple[str, str], ...]:
        """At which waves people were interviewed, the most frequent first."""
        seen = (self.frames["status"]["status"] == INTERVIEWED).unstack(WAVE, fill_value=False)
        texts = seen.apply(lambda row: " ".join("●" if here else "○" for here in row), axis=1)
        counts = texts.value_counts().sort_index().sort_values(ascending=False, kind="stable")
        shown = protected_counts([int(count) for count in counts], self.profile)
        pairs = [(str(text), _text(count)) for text, count in zip(counts.index, shown, strict=True)]
        visible = [(text, count) for text, count in pairs if count != HIDDEN][:MOST_PATTERNS]
        return (*visible, ("other patterns", HIDDEN)) if len(visible) < len(pairs) else tuple(visible)


def _text(count: int | None) -> str:
    return HIDDEN if count is None else str(count)


def _number(value: float) -> str:
    return NOTHING if np.isnan(value) else f"{value:.2f}".replace("-", "−")


def _interval(found: Reliability) -> str:
    if np.isnan(found.estimate):
        return NOTHING
    if np.isnan(found.conf_low):
        return _number(found.estimate)
    return f"{_number(found.estimate)} [{_number(found.conf_low)}, {_number(found.conf_high)}]"
