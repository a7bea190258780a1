"""Benchmark jobs of the linear models: `lmm` with intercept and slope, `mmrm` unstructured."""

from __future__ import annotations

import time
import warnings

import numpy as np
import pandas as pd
from mixed_registry import Answer, Contestant, Job, register

from mirabal_toolkit.mixed import lmm, mmrm

MONTHS = np.array([0.0, 3.0, 6.0, 12.0, 24.0])
EXTRA = [f"x{k}" for k in range(1, 7)]
LMM = "score ~ months * arm + age + C(site) + " + " + ".join(EXTRA)
MMRM = "score ~ C(wave) * arm + age"


def waves(n: int) -> pd.DataFrame:
    """Five waves with 40 % drop-out: half-normal life, an arm, a site, six answers that change over time."""
    random = np.random.default_rng(n)
    person = np.repeat(np.arange(n), 5)
    wave = np.tile(np.arange(5), n)
    last = np.where(random.random(n) < 0.4, random.integers(0, 4, n), 4)
    data = {
        "person_id": person,
        "wave": wave + 1,
        "months": MONTHS[wave],
        "arm": random.integers(0, 2, n)[person],
        "age": random.normal(38, 9, n)[person],
        "site": random.integers(0, 4, n)[person],
    }
    data |= {name: random.normal(size=5 * n).round(2) for name in EXTRA}
    level, slope = random.normal(0, 2, n)[person], random.normal(0, 0.08, n)[person]
    change = (-0.08 - 0.05 * data["arm"] + slope) * data["months"]
    data["score"] = 20 + 0.05 * data["age"] + level + change + random.normal(0, 1.5, 5 * n)
    return pd.DataFrame(data)[wave <= last[person]].reset_index(drop=True)


def _ours(data: pd.DataFrame) -> Answer:
    fit = lmm(LMM, data, groups="person_id", re_formula="~ months")
    fit.df_satterthwaite  # noqa: B018 - glmm and lmerTest compute degrees of freedom too
    names = [name.replace("C(site)[T.", "site").replace("]", "") for name in fit.names]
    return Answer(
        fit.llf,
        dict(zip(names, fit.estimates, strict=True)),
        dict(zip(names, np.sqrt(np.diag(fit.covariance)), strict=True)),
    )


def _rust(data: pd.DataFrame) -> Answer:
    import glmm

    table = data.assign(site=data["site"].astype(str))
    formula = LMM.replace("C(site)", "site") + " + (1 + months | person_id)"
    fit = glmm.fit(table, formula)
    names = ["Intercept" if name == "(Intercept)" else name for name in fit.names]
    return Answer(fit.loglik, dict(zip(names, fit.beta, strict=True)), dict(zip(names, fit.se, strict=True)))


def _statsmodels(data: pd.DataFrame) -> Answer:
    import statsmodels.formula.api as smf

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fit = smf.mixedlm(LMM, data, groups="person_id", re_formula="~ months").fit(reml=True)
    names = [name.replace("C(site)[T.", "site").replace("]", "") for name in fit.fe_params.index]
    p = len(names)
    return Answer(
        fit.llf,
        dict(zip(names, fit.fe_params, strict=True)),
        dict(zip(names, fit.bse_fe if hasattr(fit, "bse_fe") else fit.bse[:p], strict=True)),
    )


def _gram(data: pd.DataFrame) -> float:
    """Seconds of X'X on the same matrix: one pass over the data."""
    X = np.random.default_rng(0).normal(size=(len(data), 15))
    seconds = []
    for _ in range(3):
        start = time.perf_counter()
        X.T @ X
        seconds.append(time.perf_counter() - start)
    return float(np.median(seconds))


def _mmrm(data: pd.DataFrame) -> Answer:
    fit = mmrm(MMRM, data, groups="person_id", time="wave")
    names = [name.replace("C(wave)[T.", "wave").replace("]", "") for name in fit.names]
    return Answer(
        fit.llf,
        dict(zip(names, fit.estimates, strict=True)),
        dict(zip(names, np.sqrt(np.diag(fit.covariance)), strict=True)),
    )


register(
    Job(
        name="lmm",
        title="lmm: intercept and slope, REML, 14 coefficients, up to 5 waves, with Satterthwaite df",
        make=waves,
        sizes=(100, 1_000, 10_000, 100_000, 1_000_000),
        ours=Contestant("mirabal", _ours),
        others=(
            Contestant("glmm (Rust)", _rust),
            Contestant("lme4", r_script="lmm.R", repeats=lambda n: 3 if n <= 10_000 else 1),
            Contestant(
                "statsmodels", _statsmodels, largest=10_000, repeats=lambda n: 3 if n <= 100 else 1, limit=600.0
            ),
        ),
        n_columns=14,
        pass_over=_gram,
        targets={"lme4": 15, "glmm (Rust)": 2, "statsmodels": 100},
    )
)
register(
    Job(
        name="mmrm",
        title="mmrm: unstructured, REML, 11 coefficients, up to 5 waves",
        make=waves,
        sizes=(100, 1_000, 10_000, 100_000),
        ours=Contestant("mirabal", _mmrm),
        others=(Contestant("nlme::gls", r_script="mmrm.R", largest=1_000, repeats=lambda n: 3 if n <= 100 else 1),),
        n_columns=11,
        pass_over=_gram,
        targets={"nlme::gls": 10},
    )
)
