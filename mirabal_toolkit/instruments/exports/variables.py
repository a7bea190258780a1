"""What the variables of a wide data file are called: one row a person, one variable an item and wave."""

from __future__ import annotations

from dataclasses import dataclass

from mirabal_toolkit.core.instrument import Estimand, Instrument, Item
from mirabal_toolkit.instruments.exports.names import distinct

#: SPSS takes 64 signs, Stata 32.
LONGEST = 32
_SHORT: dict[Estimand, str] = {"experienced": "e", "while_in_contact": "c", "as_reported": "r"}


@dataclass(frozen=True, slots=True)
class ScoreVariable:
    """An outcome under an estimand at a wave, as a variable; `stem` is its name without the wave."""

    name: str
    stem: str
    outcome: str
    estimand: Estimand
    wave: int


def variable_name(item: Item, wave: int) -> str:
    """Return the variable of an item at a wave.

    Examples
    --------
    >>> from mirabal_toolkit.instruments.loading import load_instrument
    >>> variable_name(load_instrument("partner-safety@1.0.0").item("C1"), 3)
    'c1_w3'
    """
    return item.variable.replace("{wave}", str(wave))


def score_variables(instrument: Instrument) -> tuple[ScoreVariable, ...]:
    """Return the variables of all outcomes: ``injured_e_w1`` for “experienced”, ``_c_`` “while in contact”, ``_r_``.

    Examples
    --------
    >>> from mirabal_toolkit.instruments.loading import load_instrument
    >>> [one.name for one in score_variables(load_instrument("partner-safety@1.0.0"))][0]
    'respect_score_r_w1'
    """
    pairs = [(outcome, estimand) for outcome in instrument.outcomes for estimand in outcome.estimands]
    waves = [wave.number for wave in instrument.waves]
    room = LONGEST - len(f"_w{max(waves)}")
    taken = {variable_name(item, wave).lower() for item in instrument.items for wave in waves}
    wanted = [f"{outcome.id[: room - 2]}_{_SHORT[estimand]}" for outcome, estimand in pairs]
    stems = distinct(wanted, room)
    stems = [
        f"s_{stem}"[:room] if any(f"{stem}_w{wave}".lower() in taken for wave in waves) else stem for stem in stems
    ]
    return tuple(
        ScoreVariable(f"{stem}_w{wave}", stem, outcome.id, estimand, wave)
        for (outcome, estimand), stem in zip(pairs, stems, strict=True)
        for wave in waves
    )
