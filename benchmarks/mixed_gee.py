"""Benchmark jobs of `gee`: logit, exchangeable, robust; with a measurement and with categories only."""

from __future__ import annotations

import time

import numpy as np
import pandas as pd
from mixed_registry import Answer, Contestant, Job, register

from mirabal_toolkit.mixed import gee

FORMULA = "hurt ~ C(wave) * arm + age"
CATEGORIES = "hurt ~ C(wave) * arm"


def panel(n: int) -> pd.DataFrame:
    """Five waves with drop-out and missed waves; a yes/no answer that goes with the person."""
    random = np.random.default_rng(n)
    wave = np.tile(np.arange(1, 6), n)
    arm = np.repeat(random.integers(0, 2, n), 5)
    age = np.repeat(random.normal(35, 9, n).round(1), 5)
    eta = 0.3 - 0.25 * (wave - 1) - 0.1 * arm * (wave - 1) + 0.02 * (age - 35)
    eta += np.repeat(random.normal(0, 1.2, n), 5)
    data = pd.DataFrame({"person_id": np.repeat(np.arange(n), 5), "wave": wave, "arm": arm, "age": age})
    data["hurt"] = (random.random(len(data)) < 1 / (1 + np.exp(-eta))).astype(int)
    leaves = random.random((n, 5)) < 0.12
    leaves[:, 0] = False
    here = ~np.logical_or.accumulate(leaves, axis=1).ravel()
    return data[here & ((wave == 1) | (random.random(len(data)) > 0.08))].reset_index(drop=True)


def _answer(names: list[str], estimates: np.ndarray, errors: np.ndarray) -> Answer:
    plain = [name.replace("C(wave)[T.", "wave").replace("]", "") for name in names]
    return Answer(
        float("nan"), dict(zip(plain, estimates, strict=True)), dict(zip(plain, np.asarray(errors), strict=True))
    )


def _ours(formula: str, cov_type: str) -> Contestant:
    def fit(data: pd.DataFrame) -> Answer:
        found = gee(formula, data, groups="person_id", family="binomial", cov_type=cov_type)
        return _answer(list(found.names), found.estimates, found.bse)

    return Contestant("mirabal", fit)


def _statsmodels(formula: str) -> Contestant:
    def fit(data: pd.DataFrame) -> Answer:
        import statsmodels.api as sm
        from statsmodels.genmod.generalized_estimating_equations import GEE

        model = GEE.from_formula(
            formula, "person_id", data, family=sm.families.Binomial(), cov_struct=sm.cov_struct.Exchangeable()
        )
        found = model.fit()
        return _answer(list(found.params.index), found.params.to_numpy(), found.bse)

    return Contestant("statsmodels", fit, largest=100_000, repeats=lambda n: 3 if n <= 10_000 else 1)


def _gram(data: pd.DataFrame) -> float:
    """Seconds of X'X on the same matrix: one pass over the data."""
    X = np.random.default_rng(0).normal(size=(len(data), 11))
    seconds = []
    for _ in range(3):
        start = time.perf_counter()
        X.T @ X
        seconds.append(time.perf_counter() - start)
    return float(np.median(seconds))


GEEPACK = Contestant("geepack", r_script="gee.R", largest=100_000, repeats=lambda n: 3 if n <= 10_000 else 1)

register(
    Job(
        name="gee",
        title="gee: logit, exchangeable, robust, 11 coefficients with a measurement among them",
        make=panel,
        sizes=(100, 1_000, 10_000, 100_000),
        ours=_ours(FORMULA, "robust"),
        others=(GEEPACK, _statsmodels(FORMULA)),
        n_columns=11,
        pass_over=_gram,
        targets={"geepack": 1, "statsmodels": 5},
    )
)
register(
    Job(
        name="gee-categories",
        title="gee: the same with categories only (identical people collapse), Kauermann-Carroll",
        make=panel,
        sizes=(10_000, 100_000, 1_000_000),
        ours=_ours(CATEGORIES, "kauermann-carroll"),
        others=(),
        n_columns=10,
        pass_over=_gram,
    )
)
