"""Lay cleaned data out as a table: wide, a row a person, or long, a row a person and wave."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from mirabal_toolkit.core.data import PERSON, WAVE, CleanedData, ScoredData
from mirabal_toolkit.core.frames import SealedFrame
from mirabal_toolkit.core.instrument import Instrument, Item, Outcome, in_language
from mirabal_toolkit.core.missing import REASON_DTYPE, MissingReason
from mirabal_toolkit.writers.reasons import LABELS, label_of, met_reasons, reason_codes, written_in
from mirabal_toolkit.writers.spec import Kind, WrittenTable, WrittenVariable

Layout = Literal["wide", "long"]
Column = tuple[WrittenVariable, Any]

KINDS: dict[str, Kind] = {"choice": "code", "integer": "number", "number": "number", "date": "date", "text": "text"}


@dataclass(frozen=True)
class _Data:
    """Cleaned data with what every column needs: rows of each wave, labels, the language."""

    cleaned: CleanedData
    language: str
    answers: pd.DataFrame
    reasons: pd.DataFrame

    @property
    def instrument(self) -> Instrument:
        return self.cleaned.instrument

    def numbers(self, item: Item) -> npt.NDArray[np.float64]:
        return self.answers[item.id].to_numpy(dtype=float, na_value=np.nan)

    def places(self, item: Item) -> npt.NDArray[np.int8]:
        return pd.Categorical(self.reasons[item.id], dtype=REASON_DTYPE).codes

    def asked(self, item: Item) -> tuple[int, ...]:
        """Return the waves at which an item is asked."""
        return tuple(wave for wave in self.cleaned.waves if not item.waves or wave in item.waves)


def lay_out(
    data: CleanedData | ScoredData, layout: Layout = "wide", *, scores: bool = False, language: str = "en"
) -> WrittenTable:
    """Return data as a table with labels, and missing reasons as labelled codes.

    Parameters
    ----------
    data : CleanedData or ScoredData
    layout : str
        ``wide`` (variables named as the instrument names them, ``c1_w3``) or ``long`` (named as the
        items, with a column ``wave``).
    scores : bool
        Whether to add the outcomes; `data` must then be scored.
    language : str
        Of labels.
    """
    cleaned = data.cleaned if isinstance(data, ScoredData) else data
    kept = _Data(cleaned, language, cleaned.answers.frame, cleaned.reasons.frame)
    columns = [*_keys(kept, layout), *_items(kept, layout)]
    if scores and isinstance(data, ScoredData):
        columns += _scores(kept, data, layout)
    frame = pd.DataFrame({variable.name: values for variable, values in columns})
    return WrittenTable(
        SealedFrame(frame),
        tuple(variable for variable, _ in columns),
        cleaned.instrument.reference,
        WAVE if layout == "long" else "",
        tuple(_losses(kept)),
    )


def _keys(data: _Data, layout: Layout) -> Iterator[Column]:
    index = data.answers.index
    people = index.get_level_values(PERSON)
    name = data.instrument.roles.person_id
    variable = WrittenVariable(name, "Person", "text")
    if layout == "wide":
        yield variable, pd.Series(people[_rows(data, data.cleaned.waves[0])].to_numpy(), dtype="str")
        return
    yield variable, pd.Series(people.to_numpy(), dtype="str")
    labels = {float(wave.number): in_language(wave.label, data.language) for wave in data.instrument.waves}
    numbers = pd.Series(index.get_level_values(WAVE).to_numpy(dtype=float))
    yield WrittenVariable(WAVE, "Wave", "code", value_labels=labels, measure="ordinal"), numbers


def _rows(data: _Data, wave: int) -> npt.NDArray[np.bool_]:
    rows: npt.NDArray[np.bool_] = (data.answers.index.get_level_values(WAVE) == wave).astype(bool)
    return rows


def _items(data: _Data, layout: Layout) -> Iterator[Column]:
    if layout == "long":
        every = np.ones(len(data.answers), dtype=bool)
        for item in data.instrument.items:
            yield _column(data, item, every, item.variable if item.per_person else item.id, None)
        return
    first = _rows(data, data.cleaned.waves[0])
    for item in data.instrument.items:
        if item.per_person:
            yield _column(data, item, first, item.variable, None)
    for wave in data.cleaned.waves:
        here = _rows(data, wave)
        for item in data.instrument.items:
            if not item.per_person and wave in data.asked(item):
                yield _column(data, item, here, item.variable.format(wave=wave), wave)


def _column(data: _Data, item: Item, rows: npt.NDArray[np.bool_], name: str, wave: int | None) -> Column:
    label = in_language(item.label, data.language)
    label = label if wave is None else f"{label} (wave {wave})"
    kind = KINDS[item.type]
    if kind in ("date", "text"):
        values = data.answers[item.id][rows].reset_index(drop=True)
        return WrittenVariable(name, label, kind, item.id, wave, measure="scale" if kind == "date" else "nominal"), (
            values
        )
    numbers, places = data.numbers(item)[rows], data.places(item)[rows]
    given = numbers[~np.isnan(numbers)]
    span = (float(given.min()), float(given.max())) if len(given) else (np.inf, -np.inf)
    codes = reason_codes(item, data.instrument, met_reasons(places), span)
    variable = WrittenVariable(
        name,
        label,
        kind,
        item.id,
        wave,
        value_labels=_value_labels(data, item, codes),
        missing={code: reason for reason, code in codes.items()},
        lowest=_lowest(data.instrument, item),
        highest=_highest(data.instrument, item),
        measure=_measure(data.instrument, item),
        decimals=1 if item.type == "number" and (given % 1 != 0).any() else 0,
    )
    return variable, pd.Series(written_in(numbers, places, codes))


def _value_labels(data: _Data, item: Item, codes: dict[MissingReason, float]) -> dict[float, str]:
    options = data.instrument.options(item.id)
    labels = {float(option.code): in_language(option.label, data.language) for option in options}
    for reason, code in codes.items():
        labels.setdefault(code, label_of(code, reason, item, data.instrument, data.language))
    return dict(sorted(labels.items()))


def _valid(instrument: Instrument, item: Item) -> list[float]:
    return [float(option.code) for option in instrument.options(item.id) if option.kind == "valid"]


def _lowest(instrument: Instrument, item: Item) -> float | None:
    return min(_valid(instrument, item), default=item.minimum)


def _highest(instrument: Instrument, item: Item) -> float | None:
    return max(_valid(instrument, item), default=item.maximum)


def _measure(instrument: Instrument, item: Item) -> Literal["nominal", "ordinal", "scale"]:
    if item.response_set is None:
        return "scale"
    return "nominal" if instrument.response_set_by_id[item.response_set].direction == "neutral" else "ordinal"


def _scores(data: _Data, scored: ScoredData, layout: Layout) -> Iterator[Column]:
    scores = scored.scores.frame
    for wave in data.cleaned.waves if layout == "wide" else (None,):
        rows = np.ones(len(scores), dtype=bool) if wave is None else _rows(data, wave)
        for column in scores.columns:
            outcome_id, _, estimand = str(column).partition(".")
            outcome = data.instrument.outcome(outcome_id)
            ending = "" if wave is None else f"_w{wave}"
            label = f"{in_language(outcome.label, data.language)} ({estimand})" + (f" (wave {wave})" if wave else "")
            values = scores[column].to_numpy(dtype=float)[rows]
            yield _score(f"score_{outcome_id}_{estimand}{ending}", label, outcome, wave), pd.Series(values)


def _score(name: str, label: str, outcome: Outcome, wave: int | None) -> WrittenVariable:
    if outcome.kind == "binary":
        return WrittenVariable(name, label, "code", wave=wave, value_labels={0.0: "No", 1.0: "Yes"})
    return WrittenVariable(name, label, "number", wave=wave, measure="scale", decimals=2)


def _losses(data: _Data) -> Iterator[str]:
    """Say which reasons cannot be written: dates and texts have no codes."""
    counts = dict.fromkeys(("date", "text"), 0)
    for item in data.instrument.items:
        if item.type in counts:
            counts[item.type] += int((data.places(item) >= 0).sum())
    for kind, count in counts.items():
        if count:
            yield f"why {count} {kind}(s) lack: a {kind} has no code for a reason, so the place is left empty"


__all__ = ["KINDS", "LABELS", "Layout", "lay_out"]
