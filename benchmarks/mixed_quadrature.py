"""Benchmark jobs of the models by quadrature: `glmm` binomial with 9 nodes, `clmm` with 10."""

from __future__ import annotations

import numpy as np
import pandas as pd
from mixed_linear import _gram
from mixed_registry import Answer, Contestant, Job, register

from mirabal_toolkit.mixed import clmm, glmm

YES = "hurt ~ C(wave) * arm + age + C(site)"
GRADE = "grade ~ C(wave) * arm + age + C(site)"
THRESHOLDS = np.array([-2.5, -1.0, 0.5, 2.0])


def answers(n: int, *, decades: bool = False) -> pd.DataFrame:
    """Five waves with 40 % drop-out, a yes/no answer and one in five grades; age in years and months, or in decades."""
    random = np.random.default_rng(n)
    person, wave = np.repeat(np.arange(n), 5), np.tile(np.arange(5), n)
    last = np.where(random.random(n) < 0.4, random.integers(0, 4, n), 4)
    arm, site = random.integers(0, 2, n)[person], random.integers(0, 4, n)[person]
    age = random.normal(38, 9, n)[person].round(2)
    if decades:
        age = 10.0 * np.clip(np.round(age / 10), 2, 6)
    eta = 0.5 - 0.3 * wave - 0.2 * arm * wave + 0.02 * (age - 38) + random.normal(0, 1.5, n)[person]
    latent = eta + random.logistic(size=5 * n)
    data = {"person_id": person, "wave": wave + 1, "arm": arm, "site": site, "age": age}
    data |= {"hurt": (latent > 0).astype(int), "grade": np.digitize(latent, THRESHOLDS) + 1}
    return pd.DataFrame(data)[wave <= last[person]].reset_index(drop=True)


def _named(names: tuple[str, ...], values: np.ndarray) -> dict[str, float]:
    plain = [name.replace("C(wave)[T.", "wave").replace("C(site)[T.", "site").replace("]", "") for name in names]
    return dict(zip(plain, values, strict=True))


def _ours(data: pd.DataFrame) -> Answer:
    fit = glmm(YES, data, groups="person_id", n_quad=9)
    return Answer(fit.llf, _named(fit.names, fit.estimates), _named(fit.names, np.sqrt(np.diag(fit.covariance))))


def _ours_ordered(data: pd.DataFrame) -> Answer:
    fit = clmm(GRADE, data, groups="person_id", n_quad=10)
    return Answer(fit.llf, _named(fit.names, fit.estimates), _named(fit.names, np.sqrt(np.diag(fit.covariance))))


def _rust(data: pd.DataFrame) -> Answer:
    import glmm as rust

    table = data.assign(wave=data["wave"].astype(str), site=data["site"].astype(str))
    formula = "hurt ~ wave * arm + age + site + (1 | person_id)"
    fit = rust.fit(table, formula, family="binomial", nagq=9)
    names = ["Intercept" if name == "(Intercept)" else name for name in fit.names]
    return Answer(fit.loglik, dict(zip(names, fit.beta, strict=True)), dict(zip(names, fit.se, strict=True)))


OTHERS = (
    Contestant("glmm (Rust)", _rust, largest=100_000, repeats=lambda n: 5 if n <= 1_000 else 3 if n <= 10_000 else 1),
    # seven minutes at 10,000 people
    Contestant("lme4::glmer", r_script="glmm.R", largest=10_000, repeats=lambda n: 3 if n <= 100 else 1),
)

register(
    Job(
        name="glmm",
        title="glmm: binomial, random intercept, 9 nodes, 14 coefficients, up to 5 waves, no two people alike",
        make=answers,
        sizes=(100, 1_000, 10_000, 100_000),
        ours=Contestant("mirabal", _ours),
        others=OTHERS,
        n_columns=14,
        pass_over=_gram,
        targets={"lme4::glmer": 20, "glmm (Rust)": 1},
    )
)
register(
    Job(
        name="glmm_categories",
        title="glmm: the same with age in decades, so that people with the same answers are counted",
        make=lambda n: answers(n, decades=True),
        sizes=(1_000, 10_000, 100_000, 1_000_000),
        ours=Contestant("mirabal", _ours),
        others=(OTHERS[0],),
        n_columns=14,
        pass_over=_gram,
        targets={"glmm (Rust)": 1},
    )
)
register(
    Job(
        name="clmm",
        title="clmm: five grades, logit, random intercept, 10 nodes, 13 coefficients, up to 5 waves",
        make=answers,
        sizes=(100, 1_000, 10_000, 100_000),
        ours=Contestant("mirabal", _ours_ordered),
        others=(
            # two minutes at 1,000 people
            Contestant(
                "ordinal::clmm",
                r_script="clmm.R",
                largest=10_000,
                repeats=lambda n: 3 if n <= 100 else 1,
                limit=900.0,
            ),
        ),
        n_columns=13,
        pass_over=_gram,
        targets={"ordinal::clmm": 10},
    )
)
