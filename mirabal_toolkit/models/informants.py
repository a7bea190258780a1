"""A second account of the same people, beside the first: each for itself, and how far they agree; never pooled."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from mirabal_toolkit.core.data import PERSON, PanelData
from mirabal_toolkit.core.instrument import Estimand
from mirabal_toolkit.core.plan import AnalysisPlan, PlannedOutcome
from mirabal_toolkit.errors import FindingsError, ModelError, Problem
from mirabal_toolkit.mixed.agreement import (
    Estimated,
    cohen_kappa,
    correlation_within,
    limits_of_agreement,
    one_sided_disagreement,
    prevalence_adjusted_kappa,
)
from mirabal_toolkit.models.describe import Record, by_wave, percent_record, score_scale, small_sample_flags
from mirabal_toolkit.models.measured import Measured, measure, started
from mirabal_toolkit.models.paired import count_pairs, first_to_last

#: What estimates of the second account are called after.
SECOND = "second_"
#: Of what is estimated of one account, what is shown of the second.
SHOWN = ("prevalence", "mean", "paired_change", "paired_mean_change")


@dataclass(frozen=True, slots=True)
class Accounts:
    """The same outcome in two accounts; tables of people × waves."""

    first: Measured
    second: Measured


def two_accounts(panel: PanelData, second: PanelData, plan: AnalysisPlan) -> Iterator[Record]:
    """Yield the second account by wave and from first to last wave, and how far the two agree at each wave.

    Parameters
    ----------
    panel, second : PanelData
        The first and the second account; a couple has the same person_id in both.
    plan : AnalysisPlan
        ``plan.informants`` names the pairs of outcomes.

    Raises
    ------
    FindingsError
        If the plan names no second account, the file is of another instrument, an outcome is unknown, the outcomes of
        a pair are of different kinds, or nobody is in both files.
    """
    for accounts in _paired_accounts(panel, second, plan):
        for record in [*by_wave(accounts.second), *first_to_last(accounts.second)]:
            if record["analysis"] in SHOWN:
                yield {**record, "analysis": SECOND + record["analysis"]}
        yield from agreement(accounts)


def _paired_accounts(panel: PanelData, second: PanelData, plan: AnalysisPlan) -> list[Accounts]:
    _check(panel, second, plan)
    assert plan.informants is not None  # noqa: S101 - _check raises otherwise
    bare = replace(plan, covariates=(), cluster=None, subgroups=(), comparison=None)
    people, others = started(panel), started(second)
    found = []
    for name, other in plan.informants.pairs:
        mine, his = panel.instrument.outcome(name), second.instrument.outcome(other)
        planned = next((one for one in plan.outcomes if one.outcome == name), PlannedOutcome(name))
        estimand = planned.estimands_of(panel.instrument)[0]
        theirs: Estimand = estimand if estimand in his.estimands else his.estimands[0]
        found.append(
            Accounts(
                measure(panel, bare, PlannedOutcome(mine.id), estimand, people),
                measure(second, bare, PlannedOutcome(his.id), theirs, others),
            )
        )
    return found


def _check(panel: PanelData, second: PanelData, plan: AnalysisPlan) -> None:
    if plan.informants is None:
        fix = "add `informants: {instrument: …, pairs: [[her outcome, his outcome], …]}` to the plan"
        raise FindingsError(f"the plan {plan.id} does not say which outcomes of a second account to compare", fix=fix)
    if second.instrument.id != plan.informants.instrument:
        told = f"the plan {plan.id} expects a second account by {plan.informants.instrument}"
        raise FindingsError(
            f"{told}; the file is of {second.instrument.reference}",
            fix="give the file of the other questionnaire, or name this one in the plan",
        )
    problems = [
        problem
        for name, other in plan.informants.pairs
        if (problem := _pair_problem(panel, second, name, other)) is not None
    ]
    if problems:
        raise FindingsError("the two accounts cannot be set side by side", problems=problems)
    if not _ids(panel) & _ids(second):
        raise FindingsError(
            "nobody is in both files", fix="give a couple the same id in both; see `mirabal check` for ids"
        )


def _pair_problem(panel: PanelData, second: PanelData, name: str, other: str) -> Problem | None:
    mine, his = panel.instrument.outcome_by_id.get(name), second.instrument.outcome_by_id.get(other)
    if mine is None or his is None:
        missing, where = (name, panel) if mine is None else (other, second)
        return Problem(f"{where.instrument.reference} has no outcome “{missing}”", "informants, pairs")
    if mine.kind != his.kind or mine.kind not in ("binary", "score"):
        return Problem(f"“{name}” and “{other}” are not both yes or no, or both scores", "informants, pairs")
    return None


def _ids(panel: PanelData) -> set[Any]:
    return set(panel.status.frame.index.get_level_values(PERSON))


def agreement(accounts: Accounts) -> Iterator[Record]:
    """Yield how far the two accounts agree at every wave both were asked at, couples with both answers only."""
    first, second = accounts.first, accounts.second
    both = first.values.index.intersection(second.values.index)
    for wave in [wave for wave in first.values.columns if wave in second.values.columns]:
        pairs = pd.concat([first.values.loc[both, wave], second.values.loc[both, wave]], axis=1).dropna().to_numpy()
        base = {**first.record("agreement", wave=int(wave)), "indicator": second.outcome.id}
        base |= {"n_obs": len(pairs), "n_persons": len(pairs)}
        if first.outcome.kind == "binary":
            yield from _of_answers(base, pairs, first.plan.confidence_level)
        else:
            yield from _of_scores({**base, "scale": score_scale(first)}, pairs, first.plan.confidence_level)
    yield from _moving_together(accounts, both)


def _of_answers(base: Record, pairs: np.ndarray, level: float) -> Iterator[Record]:
    counts = count_pairs(pairs[:, 0], pairs[:, 1])
    if counts.n == 0:
        yield {**base, "term": "percent_agreement", "scale": "percent", "flags": ("not_estimable",)}
        return
    cells = {
        "both_yes": counts.both,
        "first_only": counts.stopped,
        "second_only": counts.started,
        "neither": counts.neither,
    }
    for term, count in cells.items():
        yield {**base, "term": term, "scale": "people", "count": count, "estimate": float(count)}
    agreed = counts.both + counts.neither
    yield percent_record({**base, "term": "percent_agreement"}, agreed, counts.n, level)
    flags = small_sample_flags(counts.n)
    yield {**base, "term": "kappa", "scale": "ratio", "flags": flags, **_numbers(cohen_kappa(counts, level))}
    yield {**base, "term": "pabak", "scale": "ratio", "estimate": prevalence_adjusted_kappa(counts), "flags": flags}
    yield {**base, "term": "mcnemar", "p_value": one_sided_disagreement(counts), "flags": flags}


def _of_scores(base: Record, pairs: np.ndarray, level: float) -> Iterator[Record]:
    try:
        found = limits_of_agreement(pairs[:, 0], pairs[:, 1], level)
    except ModelError:
        yield {**base, "term": "bias", "flags": ("not_estimable",)}
        return
    base = {**base, "flags": small_sample_flags(found.n)}
    for term, one in (("bias", found.bias), ("limit_low", found.low), ("limit_high", found.high)):
        yield {**base, "term": term, "model": "bland-altman", **_numbers(one)}
    yield {**base, "term": "correlation", "model": "pearson", "scale": "ratio", **_numbers(found.correlation)}


def _moving_together(accounts: Accounts, both: pd.Index) -> Iterator[Record]:
    """Yield the correlation of two scores over the waves within a couple."""
    if accounts.first.outcome.kind != "score":
        return
    tables = {"first": accounts.first.values.loc[both], "second": accounts.second.values.loc[both]}
    long = pd.DataFrame({name: table.stack() for name, table in tables.items()}).dropna()
    couple = pd.factorize(long.index.get_level_values(0))[0]
    base = accounts.first.record("agreement", term="rm_correlation", scale="ratio", model="repeated-measures")
    base |= {"indicator": accounts.second.outcome.id, "n_obs": len(long), "n_persons": int(couple.max(initial=-1)) + 1}
    try:
        found = correlation_within(long["first"].to_numpy(), long["second"].to_numpy(), couple, _level(accounts))
    except ModelError:
        yield {**base, "flags": ("not_estimable",)}
        return
    yield {**base, **_numbers(found), "flags": small_sample_flags(base["n_persons"])}


def _level(accounts: Accounts) -> float:
    return accounts.first.plan.confidence_level


def _numbers(one: Estimated) -> Record:
    names = ("estimate", "conf_low", "conf_high", "std_error", "p_value")
    return {name: value for name in names if np.isfinite(value := getattr(one, name))}
