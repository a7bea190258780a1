"""What the generator knows and a study can only estimate: outcomes among the complete lives.

Written apart from the scoring room on purpose, and simply: with complete answers there is no rule
about how many must be answered. So the two can be checked against each other.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mirabal_toolkit.core.instrument import Estimand, Outcome, Scale
from mirabal_toolkit.core.missing import MissingReason
from mirabal_toolkit.synthetic.answering import REASON_CODES, Lives

Array = NDArray[np.float64]

TRUTH_COLUMNS = ("outcome", "estimand", "wave", "population", "estimate", "n")
NO_CONTACT = REASON_CODES[MissingReason.NO_CONTACT.value]


def true_outcomes(lives: Lives, interviewed: NDArray[np.bool_]) -> pd.DataFrame:
    """Return the true percentages and means by wave.

    Parameters
    ----------
    lives : Lives
        Complete answers, before anything was lost.
    interviewed : ndarray, shape (people, waves)
        Whom the study reached.

    Returns
    -------
    DataFrame
        `TRUTH_COLUMNS`, one row for every outcome, estimand, wave and population: ``everybody``
        who started, or those ``interviewed`` at the wave. `estimate` is a percentage for yes-or-no
        outcomes and a mean for scores and counts; `n` counts the people it holds for. Ordinal
        outcomes have no row.
    """
    records = []
    for outcome in lives.instrument.outcomes:
        if outcome.kind == "ordinal":
            continue
        for estimand in outcome.estimands:
            values = outcome_values(lives, outcome, estimand) * (100 if outcome.kind == "binary" else 1)
            for population, reached in (("everybody", np.ones_like(interviewed)), ("interviewed", interviewed)):
                records += _by_wave(values, reached, lives.waves, (outcome.id, estimand, population))
    return pd.DataFrame(records, columns=list(TRUTH_COLUMNS))


def _by_wave(
    values: Array, reached: NDArray[np.bool_], waves: tuple[int, ...], names: tuple[str, str, str]
) -> list[tuple[str, str, int, str, float, int]]:
    outcome, estimand, population = names
    records = []
    for place, number in enumerate(waves):
        counted = values[reached[:, place], place]
        counted = counted[~np.isnan(counted)]
        estimate = float(counted.mean()) if len(counted) else float("nan")
        records.append((outcome, estimand, number, population, estimate, len(counted)))
    return records


def outcome_values(lives: Lives, outcome: Outcome, estimand: Estimand) -> Array:
    """Return an outcome for every person-wave, shape (people, waves); NaN where it does not apply to her."""
    scale = lives.instrument.scale_by_id.get(outcome.scale or "")
    if scale is None:
        return _item_values(lives, outcome, estimand)
    whole = tuple(dict.fromkeys((*scale.items, *scale.severe)))
    names = {"severe": scale.severe, "any": whole}.get(outcome.indicator, scale.items)
    answers = np.stack([_as_asked(lives, name, estimand, scale.minimum) for name in names])
    for place, name in enumerate(names):
        if name in scale.reversed:
            answers[place] = scale.maximum + scale.minimum - answers[place]
    value = _summary(outcome, answers, scale)
    unasked = np.isnan(answers).all(axis=0) | _left_out(lives, whole, estimand)
    return np.where(unasked, np.nan, value)


def _item_values(lives: Lives, outcome: Outcome, estimand: Estimand) -> Array:
    name = outcome.item or ""
    codes = lives.instrument.option_codes.get(name, {})
    lowest = min((float(o.code) for o in lives.instrument.options(name) if o.kind == "valid"), default=0.0)
    answers = _as_asked(lives, name, estimand, lowest)
    value = answers
    if outcome.indicator == "category":
        value = np.isin(answers, [codes[category] for category in outcome.categories]).astype(float)
    elif outcome.indicator in ("any", "severe", "variety"):
        value = (answers > lowest).astype(float)
    return np.where(np.isnan(answers) | _left_out(lives, (name,), estimand), np.nan, value)


def _as_asked(lives: Lives, name: str, estimand: Estimand, lowest: float) -> Array:
    """Return the answers to an item; no contact counts as its lowest answer under ``experienced``."""
    answers = lives.answers[name]
    if estimand == "experienced":
        return np.where(lives.reasons[name] == NO_CONTACT, lowest, answers)
    return answers.copy()


def _left_out(lives: Lives, names: tuple[str, ...], estimand: Estimand) -> NDArray[np.bool_]:
    """Return who does not count under ``while_in_contact``: an item was left out because there was none."""
    shape = lives.days.shape
    if estimand != "while_in_contact":
        return np.zeros(shape, dtype=bool)
    return np.asarray(np.any([lives.reasons[name] == NO_CONTACT for name in names], axis=0))


def _summary(outcome: Outcome, answers: Array, scale: Scale) -> Array:
    """Return the indicator over the items of a scale, shape (people, waves)."""
    if outcome.indicator == "variety":
        return np.asarray(np.sum(answers > scale.minimum, axis=0), dtype=float)
    if outcome.indicator in ("any", "severe"):
        return np.asarray(np.any(answers > scale.minimum, axis=0), dtype=float)
    asked = np.maximum(np.sum(~np.isnan(answers), axis=0), 1)
    low, high = scale.score_range
    mean = np.nansum(answers, axis=0) / asked
    score = np.asarray(low + (high - low) * (mean - scale.minimum) / (scale.maximum - scale.minimum))
    return score if outcome.threshold is None else (score >= outcome.threshold - 1e-9).astype(float)
