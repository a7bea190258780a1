"""Plausible released results, from simulated answers to the outcomes of an instrument.

Counts, intervals and disclosure control are those of the package; only the answers are drawn here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from mirabal_toolkit.core.data import WAVE_STATUSES, AuditStep, AuditTrail, Finding, Source
from mirabal_toolkit.core.frames import SealedFrame
from mirabal_toolkit.core.instrument import Instrument, Outcome
from mirabal_toolkit.core.plan import AnalysisPlan, PlannedOutcome
from mirabal_toolkit.core.results import ReleasableResults, Results, estimates_frame
from mirabal_toolkit.disclosure.release import release
from mirabal_toolkit.instruments.loading import load_instrument
from mirabal_toolkit.mixed.counts import exact_interval, mcnemar_exact, mean_interval, newcombe_paired, wilson
from mirabal_toolkit.models.paired import count_pairs

Record = dict[str, Any]
NEVER_AT_THE_END = frozenset({"weapon_used"})


def _percent(base: Record, count: int, n: int) -> Record:
    zero = count in (0, n)
    found = exact_interval(count, n) if zero else wilson(count, n)
    return {
        **base,
        "scale": "percent",
        "estimate": 100 * found.estimate,
        "conf_low": 100 * found.low,
        "conf_high": 100 * found.high,
        "count": count,
        "n_obs": n,
        "n_persons": n,
        "flags": ("zero_cell",) if zero else (),
    }


def _waves_of_answers(
    outcome: Outcome, seen: np.ndarray, generator: np.random.Generator, *, moves: float
) -> np.ndarray:
    """Draw answers, shape (people, waves); NaN where she was not seen."""
    people, waves = seen.shape
    worse = outcome.direction == "higher_is_worse"
    start = generator.uniform(0.4, 0.75) if worse else generator.uniform(0.15, 0.4)
    end = start * (1 - moves) if worse else start + (1 - start) * moves * 0.7
    path = np.linspace(start, end, waves)
    person = generator.normal(0, 0.15, (people, 1))
    chance = np.clip(path[None, :] + person, 0.01, 0.99)
    if outcome.kind == "binary":
        values = (generator.uniform(size=seen.shape) < chance).astype(float)
        if outcome.id in NEVER_AT_THE_END:
            values[:, -1] = 0.0
    elif outcome.kind == "count":
        values = generator.binomial(3, chance).astype(float)
    else:
        top = 10 if outcome.indicator == "value" else 100
        values = np.clip(top * (chance + generator.normal(0, 0.1, seen.shape)), 0, top)
    return np.where(seen, values, np.nan)


def _base(outcome: Outcome, estimand: str, **parts: Any) -> Record:
    return {
        "outcome": outcome.id,
        "indicator": outcome.indicator,
        "estimand": estimand,
        "population": "all_started",
        **parts,
    }


def _binary_records(outcome: Outcome, estimand: str, values: np.ndarray) -> Iterator[Record]:
    last = values.shape[1]
    for wave in range(1, last + 1):
        met = values[:, wave - 1][~np.isnan(values[:, wave - 1])]
        base = _base(outcome, estimand, analysis="prevalence", wave=wave, n_universe=len(met))
        yield _percent(base, int(met.sum()), len(met))
    both = values[:, [0, -1]][~np.isnan(values[:, [0, -1]]).any(axis=1)]
    counts = count_pairs(both[:, 0], both[:, 1])
    base = _base(outcome, estimand, analysis="paired_change", contrast=f"w{last} - w1", n_obs=counts.n)
    yield _percent({**base, "term": "before", "wave": 1}, counts.before, counts.n)
    yield _percent({**base, "term": "after", "wave": last}, counts.after, counts.n)
    change = newcombe_paired(counts)
    p_value = mcnemar_exact(counts.stopped, counts.started)
    yield {
        **base,
        "term": "change",
        "scale": "percentage_points",
        "estimate": 100 * change.estimate,
        "conf_low": 100 * change.low,
        "conf_high": 100 * change.high,
        "p_value": p_value,
        "p_adjusted": min(1.0, 4 * p_value),
    }
    for term, count in (("stopped", counts.stopped), ("started", counts.started)):
        yield {**base, "term": term, "scale": "people", "count": count, "estimate": float(count)}
    yield from _model_records(outcome, estimand, values, "percent", "percentage_points")


def _model_records(
    outcome: Outcome, estimand: str, values: np.ndarray, unit: str, change_unit: str
) -> Iterator[Record]:
    last = values.shape[1]
    factor = 100 if unit == "percent" else 1
    means = np.nanmean(values, axis=0) * factor
    zero = unit == "percent" and bool(np.isin(means, (0, 100)).any())
    base = _base(
        outcome,
        estimand,
        model="gee" if unit == "percent" else "lmm",
        n_persons=len(values),
        df=80.0,
        flags=("penalised",) if zero else (),
    )
    for wave in range(1, last + 1):
        centre = float(means[wave - 1])
        yield {
            **base,
            "analysis": "model_prediction",
            "wave": wave,
            "scale": unit,
            "estimate": centre,
            "std_error": 4.0,
            "conf_low": max(centre - 8, 0.0),
            "conf_high": min(centre + 8, 100.0),
        }
    for wave in range(2, last + 1):
        step = float(means[wave - 1] - means[0])
        yield {
            **base,
            "analysis": "model_contrast",
            "contrast": f"w{wave} - w1",
            "scale": change_unit,
            "wave": wave,
            "estimate": step,
            "std_error": 5.0,
            "statistic": step / 5,
            "p_value": float(np.exp(-abs(step))),
            "conf_low": step - 10,
            "conf_high": step + 10,
        }
        if unit == "percent":
            ratio = float(np.exp(step / 25))
            yield {
                **base,
                "analysis": "model_contrast",
                "contrast": f"w{wave} - w1",
                "scale": "odds_ratio",
                "wave": wave,
                "estimate": ratio,
                "std_error": 0.2,
                "conf_low": ratio / 2,
                "conf_high": ratio * 2,
            }
    parameters = (
        {"working_correlation": 0.41}
        if unit == "percent"
        else {"variance_between": 210.4, "variance_within": 158.2, "icc": 0.571}
    )
    for term, value in parameters.items():
        yield {**base, "analysis": "model_parameters", "term": term, "estimate": value}


def _score_records(outcome: Outcome, estimand: str, values: np.ndarray) -> Iterator[Record]:
    last = values.shape[1]
    unit = "items" if outcome.kind == "count" else "points"
    for wave in range(1, last + 1):
        met = values[:, wave - 1][~np.isnan(values[:, wave - 1])]
        found = mean_interval(met)
        yield _base(
            outcome,
            estimand,
            analysis="mean",
            wave=wave,
            term="mean",
            scale=unit,
            estimate=found.estimate,
            conf_low=found.low,
            conf_high=found.high,
            n_obs=len(met),
            n_persons=len(met),
            n_universe=len(met),
            count=int((met != 0).sum()),
        )
    both = values[:, [0, -1]][~np.isnan(values[:, [0, -1]]).any(axis=1)]
    base = _base(
        outcome, estimand, analysis="paired_mean_change", contrast=f"w{last} - w1", scale=unit, n_obs=len(both)
    )
    parts = {"before": both[:, 0], "after": both[:, 1], "change": both[:, 1] - both[:, 0]}
    for (term, met), wave in zip(parts.items(), (1, last, None), strict=True):
        found = mean_interval(met)
        yield {
            **base,
            "term": term,
            "wave": wave,
            "estimate": found.estimate,
            "conf_low": found.low,
            "conf_high": found.high,
            "p_value": 0.0004 if term == "change" else None,
        }
    if outcome.kind != "count":
        yield from _model_records(outcome, estimand, values, "points", "points")


def _distribution_records(
    instrument: Instrument, item: str, seen: np.ndarray, generator: np.random.Generator
) -> Iterator[Record]:
    options = [option for option in instrument.options(item) if option.kind == "valid"]
    for wave in range(1, seen.shape[1] + 1):
        met = int(seen[:, wave - 1].sum())
        silent = min(met, int(generator.integers(0, 9)))
        tilt = (wave - 1) / max(seen.shape[1] - 1, 1)
        weights = np.linspace(0.4 + 2 * tilt, 2.2 - 1.9 * tilt, len(options))
        counts = generator.multinomial(met - silent, weights / weights.sum())
        base = {
            "analysis": "distribution",
            "outcome": item,
            "estimand": "as_reported",
            "population": "all_started",
            "wave": wave,
        }
        for option, count in zip(options, counts, strict=True):
            yield _percent({**base, "term": option.name}, int(count), met - silent)
        yield {**base, "term": "refused", "scale": "people", "count": silent, "estimate": float(silent)}


def _flow(seen: np.ndarray) -> pd.DataFrame:
    people, waves = seen.shape
    frame = pd.DataFrame(0, index=pd.Index(range(1, waves + 1), name="wave"), columns=["eligible", *WAVE_STATUSES])
    frame["eligible"] = people
    frame["interviewed"] = seen.sum(axis=0)
    lost = people - frame["interviewed"]
    frame["unsafe_to_contact"] = lost // 6
    frame["withdrawn"] = lost // 5
    frame["wave_missed"] = lost - frame["unsafe_to_contact"] - frame["withdrawn"]
    return frame


def _trail() -> AuditTrail:
    return AuditTrail(
        (
            AuditStep(
                "duplicates",
                "Two records of the same interview were merged",
                "one interview counts once",
                "rows",
                520,
                516,
                4,
            ),
            AuditStep(
                "codes",
                "Codes outside the list of answers were set aside",
                "they mean nothing we know",
                "cells",
                41230,
                41218,
                12,
                item="C7",
            ),
            AuditStep(
                "routing",
                "Answers to questions routed past were set aside",
                "she was not meant to be asked",
                "cells",
                41218,
                41090,
                128,
            ),
        )
    )


def _findings() -> tuple[Finding, ...]:
    return (
        Finding(
            "warning",
            "out_of_range",
            "12 answers have a code that is no answer",
            item="C7",
            wave=3,
            count=12,
            advice="look at the data entry of this question",
        ),
        Finding(
            "note",
            "renamed",
            "a variable has another name at one wave",
            wave=3,
            count=1,
            advice="the mapping file says how it was read",
        ),
    )


def make_results(
    instrument: Instrument,
    plan: AnalysisPlan,
    *,
    people: int = 120,
    seed: int = 4,
    moves: float = 0.8,
    months: Mapping[int, float] | None = None,
) -> Results:
    """Return plausible results for every planned outcome."""
    generator = np.random.default_rng(seed)
    months = months or {wave.number: wave.months for wave in instrument.waves}
    kept = np.linspace(1, 0.55, len(months))
    seen = generator.uniform(size=(people, len(months))) < kept
    seen[:, 0] = True
    records: list[Record] = []
    for planned in plan.outcomes:
        outcome = instrument.outcome(planned.outcome)
        values = _waves_of_answers(outcome, seen, generator, moves=moves * generator.uniform(0.0, 1.15))
        for estimand in planned.estimands:
            make = _binary_records if outcome.kind == "binary" else _score_records
            records += make(outcome, estimand, values)
    for wave in range(1, seen.shape[1] + 1):
        base = {"analysis": "retention", "outcome": "interviewed", "population": "all_started", "wave": wave}
        records.append(_percent(base, int(seen[:, wave - 1].sum()), people))
    for item in plan.distributions:
        records += _distribution_records(instrument, item, seen, generator)
    return Results(
        instrument=instrument,
        plan=plan,
        estimates=SealedFrame(estimates_frame(records)),
        flow=SealedFrame(_flow(seen)),
        months=months,
        trail=_trail(),
        sources=(Source("ab" * 32, "SPSS (.sav)", people, 412),),
        findings=_findings(),
        fingerprint="cd" * 32,
        versions={"mirabal-toolkit": "0.1.0", "pandas": "3.1.1"},
    )


def make_plan(instrument: Instrument) -> AnalysisPlan:
    """Return a plan for every outcome of `instrument` that a report shows."""
    chosen = [outcome for outcome in instrument.outcomes if outcome.kind in ("binary", "score", "count")]
    headlines = {
        "respect_score",
        "space_score",
        "physical_any",
        "weapon_used",
        "injured",
        "feels_safe",
        "parenting_score",
        "accountability_score",
        "children_worried",
        "intimidation_any",
    }
    return AnalysisPlan(
        id="steps",
        version="1.0.0",
        title="Steps to safety",
        description="What changed over five waves.",
        instrument=instrument.id,
        distributions=("H1",),
        date="2026-01-01",
        fingerprint="ef" * 32,
        outcomes=tuple(
            PlannedOutcome(
                outcome.id,
                outcome.estimands,
                "gee" if outcome.kind == "binary" else "lmm",
                headline=outcome.id in headlines,
                family="all",
            )
            for outcome in chosen
        ),
    )


def first_outcomes(plan: AnalysisPlan, *ids: str) -> AnalysisPlan:
    """Return the plan with these outcomes only, for tests that need no more."""
    return replace(plan, outcomes=tuple(one for one in plan.outcomes if one.outcome in ids))


FEW = ("space_score", "physical_any", "weapon_used", "sexual_severe", "feels_safe", "children_worried", "police_called")


@pytest.fixture(scope="session")
def instrument() -> Instrument:
    return load_instrument("partner-safety")


@pytest.fixture(scope="session")
def results(instrument: Instrument) -> Results:
    return make_results(instrument, make_plan(instrument))


@pytest.fixture(scope="session")
def few_results(instrument: Instrument) -> Results:
    return make_results(instrument, first_outcomes(make_plan(instrument), *FEW))


@pytest.fixture(scope="session")
def few(few_results: Results) -> ReleasableResults:
    """Results of few outcomes, some of them hidden, for tests that write files."""
    return release(few_results, "funder")


@pytest.fixture(scope="session")
def released(results: Results) -> ReleasableResults:
    return release(results, "funder")


@pytest.fixture(scope="session")
def internal(results: Results) -> ReleasableResults:
    return release(results, "internal")


Releasing = Callable[..., ReleasableResults]


@pytest.fixture(scope="session")
def release_of() -> Releasing:
    """Return a function that makes released results of an instrument of the test's own."""

    def made(instrument: Instrument, profile: str = "internal", **study: Any) -> ReleasableResults:
        return release(make_results(instrument, make_plan(instrument), **study), profile)

    return made


@pytest.fixture(scope="session")
def results_of() -> Callable[..., Results]:
    """Return a function that makes results of an instrument of the test's own, of these outcomes or all."""

    def made(instrument: Instrument, *outcomes: str, **study: Any) -> Results:
        plan = make_plan(instrument)
        chosen = replace(first_outcomes(plan, *outcomes), distributions=()) if outcomes else plan
        return make_results(instrument, chosen, **study)

    return made
