"""One outcome laid out for imputation: a woman's waves as columns, beside what helps to predict them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mirabal_toolkit.core.data import INTERVIEWED, WAVE, PanelData
from mirabal_toolkit.core.instrument import Instrument
from mirabal_toolkit.core.missing import MissingReason
from mirabal_toolkit.core.plan import AnalysisPlan
from mirabal_toolkit.models.background import ARM, arm_names, choice_column
from mirabal_toolkit.models.measured import Measured

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
ColumnKind = Literal["binary", "ordinal", "score"]


@dataclass(frozen=True)
class People:
    """What is known of everybody who started, beside the outcome itself.

    Parameters
    ----------
    status : DataFrame of str
        Index person_id (sorted), columns wave numbers: how each wave ended.
    numbers : DataFrame
        Same index; person-level numbers such as age, NaN where not answered.
    categories : DataFrame of str
        Same index; person-level categories such as the site, `NOT_KNOWN` where not answered.
    by_wave : mapping of str to DataFrame
        Outcomes and items asked at every wave that help to predict, each with the columns of `status`.
    limits : mapping of str to pair of float
        Outcome id → lowest and highest value it can have.
    """

    status: pd.DataFrame
    numbers: pd.DataFrame
    categories: pd.DataFrame
    by_wave: dict[str, pd.DataFrame]
    limits: dict[str, tuple[float, float]]

    def of(self, people: pd.Index) -> People:
        """Return the same of some of the people, in that order."""
        return People(
            self.status.reindex(people),
            self.numbers.reindex(people),
            self.categories.reindex(people),
            {name: frame.reindex(people) for name, frame in self.by_wave.items()},
            self.limits,
        )


def know_people(panel: PanelData, plan: AnalysisPlan, outcomes: Sequence[Measured]) -> People:
    """Return what is known of those who started, as far as the plan wants it to help.

    Parameters
    ----------
    panel : PanelData
    plan : AnalysisPlan
        Its site, arm, covariates and auxiliaries help to predict.
    outcomes : sequence of Measured
        Everything measured; where the outcomes among the auxiliaries are found.
    """
    people, instrument = outcomes[0].values.index.sort_values(), panel.instrument
    helpers = helpers_of(plan, instrument)
    items = [name for name in helpers if name in panel.people.columns]
    answers = panel.people.frame.reindex(people)
    types = {name: instrument.item(name).type for name in items}
    found = {one.outcome.id: one.values for one in reversed(outcomes) if one.outcome.id in helpers}
    found |= {name: panel.answers.frame[name].unstack(WAVE) for name in helpers if name in panel.answers.columns}
    waves = list(panel.waves)
    return People(
        status=panel.status.frame["status"].astype("str").unstack(WAVE).reindex(index=people, columns=waves),
        numbers=answers[[name for name in items if types[name] in ("integer", "number")]].astype(float),
        categories=_categories(panel, plan, [name for name in items if types[name] == "choice"], people),
        by_wave={
            name: frame.reindex(index=people, columns=waves) for name, frame in found.items() if name not in items
        },
        limits={one.outcome.id: possible_range(one, instrument) for one in outcomes},
    )


def _categories(panel: PanelData, plan: AnalysisPlan, items: list[str], people: pd.Index) -> pd.DataFrame:
    """Return the categories of people, the arm among them where arms came as two files."""
    columns = {item: choice_column(panel, item, people) for item in items}
    arms = arm_names(panel, plan, people) if plan.comparison and plan.comparison.by_file else None
    return pd.DataFrame(columns if arms is None else {ARM: arms, **columns}, index=people, dtype="str")


def helpers_of(plan: AnalysisPlan, instrument: Instrument) -> tuple[str, ...]:
    """Return the ids of items and outcomes that help to predict: site, arm, covariates, auxiliaries; each once."""
    auxiliaries = plan.missing_data.auxiliaries if plan.missing_data else ()
    arm = plan.comparison.arm if plan.comparison and not plan.comparison.by_file else None
    site = plan.cluster or instrument.roles.site
    return tuple(dict.fromkeys(name for name in (site, arm, *plan.covariates, *auxiliaries) if name))


@dataclass(frozen=True)
class Layout:
    """A table with gaps, and which of them to fill.

    Parameters
    ----------
    values : ndarray, shape (n, c)
        The outcome at each wave that has answers (the first `waves` columns), then what helps; NaN in gaps.
    kinds : tuple of str, length c
    fixed : ndarray, shape (n, q)
        Columns without gaps: indicators of categories, numbers.
    waves : tuple of int
        Wave numbers of the first columns.
    lost : ndarray of bool, shape (n, len(waves))
        Gaps that stand for an answer she could have given: the wave was missed or unsafe, she had withdrawn, or
        she was interviewed and the answer is missing.
    counts : ndarray of bool, same shape
        Cells that count in the change: answers, and `lost` gaps. Where the outcome did not apply, or she had died,
        there is nothing to impute; the chains fill such gaps in passing, and they are left out again.
    limits : tuple of float
        Lowest and highest value the outcome can have.
    people : Index
        Ids of the rows.
    """

    values: Floats
    kinds: tuple[ColumnKind, ...]
    fixed: Floats
    waves: tuple[int, ...]
    lost: Mask
    counts: Mask
    limits: tuple[float, float]
    people: pd.Index = field(default_factory=lambda: pd.Index([]))

    @property
    def ends(self) -> Mask:
        """Whose first and last wave count, shape (n, 2)."""
        return self.counts[:, [0, -1]]


def lay_out(measured: Measured, people: People) -> Layout:
    """Lay one outcome out; people it never applied to are left out.

    Parameters
    ----------
    measured : Measured
    people : People

    Returns
    -------
    Layout
        People in the order of their ids.
    """
    values, universe = measured.values.sort_index(), measured.universe.sort_index()
    interviewed = people.status.reindex(values.index) == INTERVIEWED
    concerned = universe.any(axis=1) | values.notna().any(axis=1)
    values, universe, interviewed = values[concerned], universe[concerned], interviewed[concerned]
    known = people.of(values.index)
    died = (known.status == MissingReason.DIED.value).to_numpy()
    gaps = values.isna().to_numpy()
    lost = gaps & ~died & (~interviewed.to_numpy() | universe.to_numpy())
    held = [place for place in range(values.shape[1]) if (~gaps[:, place]).sum() >= 2]
    helpers, kinds = _helpers(known, measured.outcome.id)
    outcome = values.to_numpy(dtype=float)[:, held]
    return Layout(
        values=np.column_stack([outcome, *helpers]) if helpers else outcome,
        kinds=(*[column_kind(measured.outcome.kind)] * len(held), *kinds),
        fixed=_fixed(known),
        waves=tuple(int(values.columns[place]) for place in held),
        lost=lost[:, held],
        counts=(lost | ~gaps)[:, held],
        limits=people.limits[measured.outcome.id],
        people=values.index,
    )


def column_kind(kind: str) -> ColumnKind:
    """Return how an outcome is imputed: counts and scores by matching."""
    if kind == "binary":
        return "binary"
    return "ordinal" if kind == "ordinal" else "score"


def _helpers(known: People, outcome: str) -> tuple[list[Floats], list[ColumnKind]]:
    """Return the columns with gaps that help to predict, and their kinds; those that never vary are left out."""
    frames = [frame for name, frame in known.by_wave.items() if name != outcome]
    gappy = [name for name in known.numbers.columns if known.numbers[name].isna().any()]
    columns = [frame[name].to_numpy(dtype=float) for frame in (known.numbers[gappy], *frames) for name in frame.columns]
    kept = [column for column in columns if len(np.unique(column[~np.isnan(column)])) > 1]
    return kept, ["binary" if set(np.unique(one[~np.isnan(one)])) == {0.0, 1.0} else "score" for one in kept]


def _fixed(known: People) -> Floats:
    """Return indicators of every category but the commonest, and the numbers that have no gaps; standardised."""
    columns = []
    for name in known.categories.columns:
        counts = known.categories[name].value_counts()
        common = sorted(counts.index, key=lambda option: (-counts[option], option))
        # A category of one person tells nothing of others.
        columns += [(known.categories[name] == option).to_numpy(float) for option in common[1:] if counts[option] > 1]
    columns += [known.numbers[name].to_numpy() for name in known.numbers.columns if known.numbers[name].notna().all()]
    kept = [(column - column.mean()) / column.std() for column in columns if column.std() > 0]
    return np.column_stack(kept) if kept else np.zeros((len(known.status), 0))


def possible_range(measured: Measured, instrument: Instrument) -> tuple[float, float]:
    """Return the lowest and the highest value an outcome can have, in its own unit.

    Where the instrument sets no limit (a number without a maximum), it is the lowest or highest answer given.
    """
    outcome, scale = measured.outcome, instrument.scale_by_id.get(measured.outcome.scale or "")
    if outcome.kind == "binary":
        return 0.0, 1.0
    if scale is not None:
        return scale.score_range if outcome.indicator == "score" else (0.0, float(len(scale.items)))
    codes = [float(option.code) for option in instrument.options(outcome.item or "") if option.kind == "valid"]
    known = [*codes, *measured.values.to_numpy()[measured.values.notna().to_numpy()]]
    return float(min(known, default=0.0)), float(max(known, default=0.0))
