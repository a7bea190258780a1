"""Every outcome of an instrument, under every estimand, for every person-wave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from mirabal_toolkit.core.data import INTERVIEWED, CleanedData, ScoredData, score_name
from mirabal_toolkit.core.frames import SealedFrame
from mirabal_toolkit.core.instrument import Estimand, Instrument, Item, Outcome, Scale
from mirabal_toolkit.core.missing import ROUTED_REASONS, MissingReason
from mirabal_toolkit.scoring.rules import (
    Answers,
    Array,
    Mask,
    any_above,
    counted,
    in_category,
    mean_score,
    reaches,
    variety,
)


def score(cleaned: CleanedData) -> ScoredData:
    """Compute the outcome indicators of the instrument for every person-wave.

    An item *applies* unless it was routed past, not asked in this version, or (but see below) not
    asked because there was no contact. The **universe** of an outcome is everybody interviewed to
    whom at least one of its items applies; outside it there is no score.

    ``any``
        1 if any item, or any severe item, is above the minimum of the scale, whatever else was
        left out; 0 if none is and at least ``minimum_answered`` of the applicable items are
        answered; else missing.
    ``severe``
        The same over the severe items alone.
    ``variety``
        How many items are above the minimum, if at least ``minimum_answered`` are answered.
    ``score``
        ``100 * (mean - minimum) / (maximum - minimum)`` of the answered items, reversed items
        turned round, if at least ``minimum_answered`` of the applicable items are answered; in
        another `score_range` where the scale has one.
    ``at_least``
        Whether that score is the threshold or more.
    ``category``, ``value``
        From one item: whether the answer is one of the categories; the code itself.

    The estimands differ in what "no contact" means:

    ``experienced``
        An act that needs his presence did not happen where there was no contact: the cell applies
        and counts as answered with the minimum, in scales with ``no_contact_is_zero`` and in
        outcomes of a single item.
    ``while_in_contact``
        A person-wave is left out altogether if any item of the outcome's scale, severe items
        included, was not asked because there was no contact. A woman with remote contact only is
        therefore outside a scale that mixes remote acts and acts in person: its remote items
        alone would be another scale. All indicators of a scale have the same people.
    ``as_reported``
        Such a cell does not apply.

    Parameters
    ----------
    cleaned : CleanedData

    Returns
    -------
    ScoredData
        Columns ``outcome.estimand`` in the order of the instrument.
    """
    interviewed = (cleaned.status.frame["status"] == INTERVIEWED).to_numpy()
    source = _Source(cleaned.instrument, cleaned.answers.frame, cleaned.reasons.frame)
    scores: dict[str, Array] = {}
    universe: dict[str, Mask] = {}
    for outcome in cleaned.instrument.outcomes:
        part = _of_scale(outcome, source) if outcome.scale is not None else _of_item(outcome, source)
        for estimand in outcome.estimands:
            values, inside = part.under(estimand)
            name = score_name(outcome.id, estimand)
            universe[name] = inside & interviewed
            scores[name] = np.where(universe[name], values, np.nan)
    index = cleaned.answers.frame.index
    return ScoredData(
        cleaned,
        scores=SealedFrame(pd.DataFrame(scores, index=index)),
        universe=SealedFrame(pd.DataFrame(universe, index=index)),
    )


@dataclass(frozen=True)
class _Source:
    """Where answers are taken from."""

    instrument: Instrument
    answers: pd.DataFrame
    reasons: pd.DataFrame
    known: dict[tuple[str, ...], Answers] = field(default_factory=dict)

    def of(self, items: Sequence[str]) -> Answers:
        """Answers to some items, as arrays; indicators of a scale that follow one another share them."""
        if tuple(items) not in self.known:
            self.known.clear()
            self.known[tuple(items)] = self._taken(items)
        return self.known[tuple(items)]

    def _taken(self, items: Sequence[str]) -> Answers:
        shape = (len(self.answers), len(items))
        values, no_contact, routed = np.empty(shape), np.empty(shape, bool), np.empty(shape, bool)
        for place, item_id in enumerate(items):
            why = self.reasons[item_id]
            values[:, place] = self.answers[item_id].to_numpy(dtype=float, na_value=np.nan)
            no_contact[:, place] = (why == MissingReason.NO_CONTACT.value).to_numpy(dtype=bool, na_value=False)
            routed[:, place] = why.isin([reason.value for reason in ROUTED_REASONS]).to_numpy()
        return Answers(values, no_contact, routed)


@dataclass(frozen=True)
class _ScaleOutcome:
    """An indicator of a scale: its answers, reversed items turned round; severe items behind the others."""

    outcome: Outcome
    scale: Scale
    answers: Answers
    severe: list[int]

    def under(self, estimand: Estimand) -> tuple[Array, Mask]:
        """Return the indicator and who it applies to, both of shape (n_rows,)."""
        scale = self.scale
        zero = scale.minimum if scale.no_contact_is_zero else None
        main = counted(self.answers.columns(list(range(len(scale.items)))), estimand, zero)
        severe = counted(self.answers.columns(self.severe), estimand, zero)
        base = severe if self.outcome.indicator == "severe" else main
        inside: Mask = np.asarray(base.applicable.any(axis=1))
        if estimand == "while_in_contact":
            inside &= ~self.answers.no_contact.any(axis=1)
        if self.outcome.indicator in ("score", "at_least"):
            scores = mean_score(main, scale.minimum, scale.maximum, scale.minimum_answered, scale.score_range)
            threshold = self.outcome.threshold
            return scores if threshold is None else reaches(scores, threshold), inside
        if self.outcome.indicator == "variety":
            return variety(main, scale.minimum, scale.minimum_answered), inside
        values = any_above(base, scale.minimum, scale.minimum_answered)
        # Whoever lived through severe harm lived through harm, also where only the severe item says so.
        return np.where((severe.values > scale.minimum).any(axis=1), 1.0, values), inside


def _of_scale(outcome: Outcome, source: _Source) -> _ScaleOutcome:
    scale = source.instrument.scale_by_id[str(outcome.scale)]
    items = list(dict.fromkeys((*scale.items, *scale.severe)))
    answers = source.of(items)
    values = answers.values.copy()
    for item_id in scale.reversed:
        place = items.index(item_id)
        values[:, place] = scale.minimum + scale.maximum - values[:, place]
    turned = Answers(values, answers.no_contact, answers.routed)
    return _ScaleOutcome(outcome, scale, turned, [items.index(name) for name in scale.severe])


@dataclass(frozen=True)
class _ItemOutcome:
    """An indicator of a single item."""

    outcome: Outcome
    answers: Answers
    codes: list[float]
    zero: float

    def under(self, estimand: Estimand) -> tuple[Array, Mask]:
        """Return the indicator and who it applies to, both of shape (n_rows,)."""
        cells = counted(self.answers, estimand, self.zero)
        inside = cells.applicable[:, 0]
        values = cells.values[:, 0]
        return in_category(values, self.codes) if self.outcome.indicator == "category" else values, inside


def _of_item(outcome: Outcome, source: _Source) -> _ItemOutcome:
    item = source.instrument.item(str(outcome.item))
    known = source.instrument.option_codes.get(item.id, {})
    codes = [known[name] for name in outcome.categories]
    return _ItemOutcome(outcome, source.of([item.id]), codes, _lowest(item, source.instrument))


def _lowest(item: Item, instrument: Instrument) -> float:
    """The code that says "never": of its scale, else the first of its answers, else of its range."""
    for scale in instrument.scales:
        if item.id in (*scale.items, *scale.severe):
            return float(scale.minimum)
    codes = [float(option.code) for option in instrument.options(item.id) if option.kind == "valid"]
    return min(codes, default=item.minimum if item.minimum is not None else 0.0)
