"""How an outcome is computed, in words, for codebooks and archives."""

from __future__ import annotations

from mirabal_toolkit.core.instrument import Estimand, Instrument, Outcome, Scale, in_language
from mirabal_toolkit.instruments.describe import spans
from mirabal_toolkit.instruments.exports.dialects import plain_number

_NO_CONTACT: dict[Estimand, str] = {
    "experienced": "An act that was not asked about because there was no contact counts as the lowest answer.",
    "while_in_contact": "Without a score where anything was not asked because there was no contact.",
    "as_reported": "Items that do not apply are left out.",
}


def derivation_words(outcome: Outcome, estimand: Estimand, instrument: Instrument) -> str:
    """Return how an outcome is computed, as sentences in English.

    Examples
    --------
    >>> from mirabal_toolkit.instruments.loading import load_instrument
    >>> instrument = load_instrument("partner-safety@1.0.0")
    >>> derivation_words(instrument.outcome("respect_score"), "as_reported", instrument)
    '0 to 100: the mean of I1–I6, answers from 0 to 4, if at least 70 % of the items that apply are answered. Items
    that do not apply are left out.'
    """
    rule = _of_scale(outcome, instrument) if outcome.scale else _of_item(outcome, instrument)
    scale = instrument.scale_by_id.get(outcome.scale or "")
    leaves_out = estimand != "experienced" or scale is None or scale.no_contact_is_zero
    return f"{rule} {_NO_CONTACT[estimand if leaves_out else 'as_reported']}"


def _of_item(outcome: Outcome, instrument: Instrument) -> str:
    if outcome.indicator == "value":
        return f"The code of {outcome.item}."
    labels = {option.name: in_language(option.label) for option in instrument.options(str(outcome.item))}
    answers = ", ".join(f"“{labels[name]}”" for name in outcome.categories)
    return f"1 if {outcome.item} is {answers}; 0 if it is another answer."


def _of_scale(outcome: Outcome, instrument: Instrument) -> str:
    scale = instrument.scale_by_id[str(outcome.scale)]
    order = [item.id for item in instrument.items]
    items, severe = spans(scale.items, order), spans(scale.severe, order)
    lowest = plain_number(scale.minimum)
    enough = f"if at least {scale.minimum_answered * 100:g} % of the items that apply are answered"
    if outcome.indicator == "variety":
        return f"How many of {items} are above {lowest}, {enough}."
    if outcome.indicator == "any":
        also = f" or of {severe}" if set(scale.severe) - set(scale.items) else ""
        return f"1 if any of {items}{also} is above {lowest}; 0 if none is, {enough}."
    if outcome.indicator == "severe":
        return f"1 if any of {severe} is above {lowest}; 0 if none is, {enough}."
    return _score(scale, outcome, items, enough, spans(scale.reversed, order))


def _score(scale: Scale, outcome: Outcome, items: str, enough: str, turned: str) -> str:
    low, high = (plain_number(end) for end in scale.score_range)
    first, last = plain_number(scale.minimum), plain_number(scale.maximum)
    reversed_words = f" ({turned} turned round)" if turned else ""
    mean = f"the mean of {items}{reversed_words}, answers from {first} to {last}, {enough}"
    if outcome.threshold is not None:
        return f"1 if the score ({low} to {high}: {mean}) is {plain_number(outcome.threshold)} or more, else 0."
    return f"{low} to {high}: {mean}."
