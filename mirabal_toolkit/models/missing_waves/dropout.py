"""Who is seen at the next wave: a model of drop-out, from what women said before.

References
----------
Robins, Rotnitzky & Zhao (1995), Analysis of semiparametric regression models for repeated outcomes in the presence
of missing data, JASA 90, 106-121.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mirabal_toolkit.core.data import INTERVIEWED, PERSON, WAVE
from mirabal_toolkit.core.missing import MissingReason
from mirabal_toolkit.errors import ModelError
from mirabal_toolkit.mixed import gee
from mirabal_toolkit.mixed.gee_fit import GeeFit
from mirabal_toolkit.models.describe import Record, small_sample_flags
from mirabal_toolkit.models.measured import Measured
from mirabal_toolkit.models.missing_waves.layout import People

#: Steps in which the odds ratio of a number is told: ten years of age, ten points of a score; one child.
STEP, SMALL_RANGE = 10.0, 20.0


@dataclass(frozen=True)
class Chances:
    """Person-waves after the first, with the chance of an answer.

    Parameters
    ----------
    rows : DataFrame
        Columns person_id, wave, seen (1 if she answered), chance (of that, given what went before) and
        share (the same, given only the wave and whether she answered at the one before); everybody alive to
        whom the outcome can apply, in the order of the waves.
    fit : GeeFit
    terms : mapping of str to pair
        Name of a term of the model → (what it is of, option or step).
    """

    rows: pd.DataFrame
    fit: GeeFit
    terms: dict[str, tuple[str, str]]


def drop_out_table(measured: Measured, people: People) -> tuple[pd.DataFrame, dict[str, tuple[str, str]]]:
    """Return one row for each woman and later wave: whether she answered, and what was known before.

    Columns: person_id, wave, seen, then one column a predictor (names in the mapping returned): her last
    answer, whether she answered at the wave before, her site and other categories, numbers in steps.
    """
    values, universe = measured.values.sort_index(), measured.universe.sort_index()
    concerned = (universe.any(axis=1) | values.notna().any(axis=1)).to_numpy()
    values, universe = values[concerned], universe[concerned]
    known = people.of(values.index)
    fixed, names = _fixed_columns(known)
    step = STEP if measured.outcome.indicator == "score" else 1.0
    lasting = values.ffill(axis=1)
    # One value for each woman and later wave, wave after wave.
    answer = (lasting.fillna(lasting.mean()) / step).iloc[:, :-1].to_numpy().T
    seen = values.notna().to_numpy(float).T
    asked = _asked(universe, known)[:, 1:].T
    wave, who = np.nonzero(asked)
    rows = fixed.iloc[who].reset_index(drop=True).assign(answer=answer[asked], before=seen[:-1][asked])
    names = {"answer": (measured.outcome.id, f"{step:g}"), "before": ("seen_before", "")} | names
    kept = {name: meaning for name, meaning in names.items() if _varies(rows[name])}
    waves = values.columns[1:].to_numpy(np.int64)[wave]
    first = pd.DataFrame({PERSON: values.index[who], WAVE: waves, "seen": seen[1:][asked]})
    return first.join(rows[[*kept]]), kept


def _varies(column: pd.Series) -> bool:
    return bool((column != column.iloc[0]).any())


def _asked(universe: pd.DataFrame, known: People) -> NDArray[np.bool_]:
    """Whose answer is there, or was lost: not those who had died or to whom it did not apply; (people, waves)."""
    here, alive = known.status == INTERVIEWED, known.status != MissingReason.DIED.value
    return np.asarray((universe.to_numpy() | ~here.to_numpy()) & alive.to_numpy(), dtype=bool)


def _fixed_columns(known: People) -> tuple[pd.DataFrame, dict[str, tuple[str, str]]]:
    """Return what does not change: indicators of every category but the commonest, numbers in steps."""
    columns: dict[str, NDArray[np.float64]] = {}
    names: dict[str, tuple[str, str]] = {}
    for item in known.categories.columns:
        counts = known.categories[item].value_counts()
        common = sorted(counts.index, key=lambda option: (-counts[option], option))
        for option in (option for option in common[1:] if counts[option] > 1):
            name = f"fixed_{len(columns)}"
            columns[name], names[name] = (known.categories[item] == option).to_numpy(float), (item, str(option))
    for item in known.numbers.columns:
        name = f"fixed_{len(columns)}"
        numbers = known.numbers[item]
        step = STEP if numbers.max() - numbers.min() > SMALL_RANGE else 1.0
        columns[name], names[name] = (numbers.fillna(numbers.mean()) / step).to_numpy(), (item, f"{step:g}")
    return pd.DataFrame(columns, index=range(len(known.status))), names


def model_drop_out(measured: Measured, people: People) -> Chances:
    """Fit the model of drop-out of one outcome: logit, waves as categories, answers of a woman correlated.

    Where a predictor tells without error who is seen, the fit is penalised.

    Raises
    ------
    ModelError
        If nobody, or everybody, was lost, or the people are too few for the terms.
    """
    rows, names = drop_out_table(measured, people)
    share = rows.groupby(WAVE)["seen"].transform("mean")
    open_waves = rows[(share > 0) & (share < 1)].reset_index(drop=True)
    if open_waves.empty:
        raise ModelError("nobody was lost, or nobody was seen, after the first wave: there is no drop-out to model")
    waves = f" + C({WAVE})" if _varies(open_waves[WAVE]) else ""
    formula = "seen ~ 1" + waves + "".join(f" + {name}" for name in names if _varies(open_waves[name]))
    fit = _fitted(formula, open_waves)
    before = " + before" if "before" in names and _varies(open_waves["before"]) else ""
    alike = _fitted(f"seen ~ 1{waves}{before}", open_waves)
    # Where a wave was missed by nobody, or by everybody, both are what happened.
    found = rows[[PERSON, WAVE, "seen"]].assign(chance=share, share=share)
    found.loc[(share > 0) & (share < 1), ["chance", "share"]] = np.column_stack(
        [fit.predict(open_waves), alike.predict(open_waves)]
    )
    return Chances(found, fit, names)


def _fitted(formula: str, rows: pd.DataFrame) -> GeeFit:
    plain = gee(formula, rows, groups=PERSON, family="binomial", corr="independence")
    if not plain.separated:
        return plain
    return gee(formula, rows, groups=PERSON, family="binomial", corr="independence", penalty="firth")


def drop_out_records(measured: Measured, chances: Chances) -> Iterator[Record]:
    """Yield the odds ratio of being seen for each thing known before; the last answer first."""
    fit = chances.fit
    table = fit.table(alpha=1 - measured.plan.confidence_level).to_dict("index")
    flags = (*(("penalised",) if fit.penalty else ()), *small_sample_flags(int(fit.n_groups)))
    for name, (of, part) in chances.terms.items():
        if name not in table:
            continue
        row = {str(column): float(value) for column, value in table[name].items()}
        yield {
            **measured.record("drop_out_model", model="gee-logit", contrast=measured.contrast),
            "term": f"{of}:{part}",
            "scale": "odds_ratio",
            "estimate": float(np.exp(row["estimate"])),
            "std_error": row["std_error"],
            "df": row["df"],
            "statistic": row["statistic"],
            "p_value": row["p_value"],
            "conf_low": float(np.exp(row["conf_low"])),
            "conf_high": float(np.exp(row["conf_high"])),
            "n_obs": int(fit.nobs),
            "n_persons": int(fit.n_groups),
            "flags": flags,
        }
