"""What must not change a fit by quadrature: order of rows, units, names of people, weights instead of repeated rows."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from mirabal_toolkit.mixed import clmm, glmm

seeds = st.integers(0, 10_000)
few = settings(max_examples=6, deadline=None)


def draw(seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    people = int(rng.integers(25, 50))
    sizes = rng.integers(1, 6, people)
    person = np.repeat(np.arange(people), sizes)
    months = np.concatenate([np.arange(size) for size in sizes]) * 3.0
    x = np.round(rng.normal(size=len(person)), 1)
    eta = 0.2 - 0.05 * months + 0.4 * x + rng.normal(size=people)[person]
    latent = eta + rng.logistic(size=len(person))
    data = {"person_id": person, "months": months, "x": x, "yes": latent > 0, "grade": np.digitize(latent, [-1, 0.5])}
    return pd.DataFrame({**data, "visits": rng.poisson(np.exp(0.5 * eta))}).astype({"yes": int})


def fits(data: pd.DataFrame, **choices: str):
    yield glmm("yes ~ months + x", data, groups="person_id", n_quad=7, **choices)
    yield glmm("visits ~ months + x", data, groups="person_id", family="poisson", n_quad=5, **choices)
    yield clmm("grade ~ months + x", data, groups="person_id", n_quad=5, **choices)


def same(one, other, terms: list[str], scale: float = 1.0) -> None:
    # the search ends within 1e-5 standard errors of the maximum, where the likelihood is flat
    np.testing.assert_allclose(one.llf, other.llf, rtol=1e-9)
    np.testing.assert_allclose(one.params[terms], other.params[terms] * scale, atol=1e-4 * one.bse[terms].max())
    np.testing.assert_allclose(one.bse[terms], other.bse[terms] * scale, rtol=1e-3)
    np.testing.assert_allclose(one.cov_re, other.cov_re, rtol=1e-3, atol=1e-4)


@few
@given(seeds)
def test_order_of_rows_and_names_of_people(seed: int) -> None:
    data = draw(seed)
    names = {person: f"p{(person * 7919) % 1009:04d}" for person in data["person_id"].unique()}
    other = data.sample(frac=1, random_state=seed).assign(person_id=lambda d: d["person_id"].map(names))
    for one, two in zip(fits(data), fits(other), strict=True):
        same(one, two, ["months", "x"])
        modes = two.random_effects.loc[[names[person] for person in one.random_effects.index]]
        np.testing.assert_allclose(one.random_effects, modes, atol=1e-4)


@few
@given(seeds, st.sampled_from([1 / 12, 30.4, 1e6]), st.sampled_from([0.0, 500.0]))
def test_units_and_origin_of_time(seed: int, unit: float, origin: float) -> None:
    data = draw(seed)
    other = data.assign(months=(data["months"] + origin) * unit)
    for one, two in zip(fits(data), fits(other), strict=True):
        same(one, two, ["x"])
        same(one, two, ["months"], scale=unit)


@settings(max_examples=5, deadline=None)
@given(seeds)
def test_units_of_time_with_slopes(seed: int) -> None:
    data = draw(seed)
    one, two = (
        glmm("visits ~ months", frame, groups="person_id", family="poisson", re_formula="~ months", n_quad=3)
        for frame in (data, data.assign(months=data["months"] / 12 + 2000))
    )
    np.testing.assert_allclose(one.llf, two.llf, rtol=1e-7)
    np.testing.assert_allclose(one.params["months"], two.params["months"] / 12, atol=1e-3 * one.bse["months"])


@few
@given(seeds)
def test_weights_stand_for_repeated_rows(seed: int) -> None:
    data = draw(seed).assign(times=lambda d: 1 + (np.arange(len(d)) * 7) % 3)
    repeated = data.loc[data.index.repeat(data["times"])].reset_index(drop=True)
    for one, two in zip(fits(data, frequency_weights="times"), fits(repeated), strict=True):
        same(one, two, ["months", "x"])
        assert one.nobs == two.nobs


@few
@given(seeds, st.integers(2, 4))
def test_everybody_several_times(seed: int, copies: int) -> None:
    """Copies of people are joined: the same estimates, standard errors smaller by the root of the number of copies."""
    data = draw(seed)
    crowd = pd.concat([data.assign(person_id=data["person_id"] + 1000 * copy) for copy in range(copies)])
    for one, two in zip(fits(data), fits(crowd), strict=True):
        assert two.core.n_kept <= one.core.n_kept
        np.testing.assert_allclose(two.llf, copies * one.llf, rtol=1e-9)
        np.testing.assert_allclose(two.bse * np.sqrt(copies), one.bse, rtol=1e-3)
