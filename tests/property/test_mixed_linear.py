"""What must not change a linear fit: row order, units, names of people, and how the data are cut."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mirabal_toolkit.mixed import LinearMixedStatistics, fit_from_statistics, lmm, mmrm

FORMULA = "score ~ months + arm + months:arm"
UNITS = st.floats(1e-4, 1e6)


@st.composite
def panels(draw):
    seed = draw(st.integers(0, 10**6))
    n = draw(st.integers(16, 40))
    random = np.random.default_rng(seed)
    frame = pd.DataFrame({"who": np.repeat(np.arange(n), 4), "wave": np.tile(np.arange(4), n)})
    frame["months"] = frame["wave"].map({0: 0.0, 1: 3.0, 2: 6.0, 3: 12.0})
    if draw(st.booleans()):
        frame["months"] += random.uniform(0, 1, len(frame))
    frame["arm"] = (np.arange(n) % 2)[frame["who"]]
    slope = draw(st.sampled_from([0.15, 0.4]))
    frame["score"] = 5 + random.normal(0, 2, n)[frame["who"]] + random.normal(0, 1, len(frame))
    frame["score"] += random.normal(0, slope, n)[frame["who"]] * frame["months"]
    kept = frame[(random.random(len(frame)) > draw(st.sampled_from([0.0, 0.2]))) | (frame["wave"] == 0)]
    return kept.reset_index(drop=True)


def fitted(data, **options):
    return lmm(FORMULA, data, groups="who", re_formula="~ months", **options)


def assert_same(one, other):
    """Equal up to rounding: an estimate is compared on the scale of its standard error."""
    errors = one.bse.to_numpy()
    np.testing.assert_allclose(other.params.to_numpy(), one.params.to_numpy(), rtol=0, atol=1e-4 * errors.max())
    np.testing.assert_allclose(other.bse.to_numpy(), errors, rtol=1e-4)


@settings(max_examples=25, deadline=None)
@given(panels(), st.integers(0, 1000))
def test_row_order(data, seed):
    mixed = data.sample(frac=1, random_state=seed)
    one, other = fitted(data), fitted(mixed)
    assert other.llf == pytest.approx(one.llf, rel=1e-8)
    assert_same(one, other)
    np.testing.assert_allclose(other.fittedvalues.loc[data.index], one.fittedvalues, atol=1e-3)


@settings(max_examples=25, deadline=None)
@given(panels(), st.permutations(range(40)))
def test_names_of_people(data, names):
    renamed = data.assign(who=[f"person {names[k]:02d}" for k in data["who"]])
    assert fitted(renamed).llf == pytest.approx(fitted(data).llf, rel=1e-8)
    assert_same(fitted(data), fitted(renamed))


@settings(max_examples=25, deadline=None)
@given(panels(), UNITS)
def test_unit_of_time(data, unit):
    one, other = fitted(data, reml=False), fitted(data.assign(months=data["months"] * unit), reml=False)
    assert other.llf == pytest.approx(one.llf, rel=1e-7)
    back = np.array([1.0, unit, 1.0, unit])
    np.testing.assert_allclose(other.bse.to_numpy() * back, one.bse, rtol=1e-4)
    np.testing.assert_allclose(other.tvalues.to_numpy(), one.tvalues, rtol=1e-4, atol=1e-4)


@settings(max_examples=25, deadline=None)
@given(panels(), UNITS, st.floats(-1e4, 1e4))
def test_unit_and_origin_of_the_outcome(data, unit, origin):
    one, other = fitted(data), fitted(data.assign(score=data["score"] * unit + origin * unit))
    np.testing.assert_allclose(other.bse.to_numpy() / unit, one.bse, rtol=1e-4)
    np.testing.assert_allclose(other.params.to_numpy()[1:] / unit, one.params.iloc[1:], rtol=1e-4, atol=1e-4)
    assert other.singular == one.singular


@settings(max_examples=25, deadline=None)
@given(panels(), st.integers(2, 5))
def test_splitting_and_adding(data, n_parts):
    parts = [data[data["who"] % n_parts == k] for k in range(n_parts)]
    first = LinearMixedStatistics.from_data(FORMULA, parts[0], groups="who", re_formula="~ months")
    total = first
    for part in parts[1:]:
        total = LinearMixedStatistics.from_data(FORMULA, part, groups="who", like=first) + total
    one, other = fitted(data), fit_from_statistics(total)
    assert other.llf == pytest.approx(one.llf, rel=1e-8)
    assert_same(one, other)


@settings(max_examples=15, deadline=None)
@given(panels(), st.integers(2, 4))
def test_weights_are_repeats(data, times):
    repeats = pd.concat([data.assign(who=data["who"] + 1000 * k) for k in range(times)])
    weighted = fitted(data.assign(times=times), weights="times")
    repeated = fitted(repeats)
    assert weighted.llf == pytest.approx(repeated.llf, rel=1e-8)
    assert_same(repeated, weighted)


@settings(max_examples=15, deadline=None)
@given(panels(), st.integers(0, 1000), UNITS)
def test_repeated_measures(data, seed, unit):
    one = mmrm("score ~ C(wave) + arm", data, groups="who", time="wave", cov="csh")
    changed = data.assign(score=data["score"] * unit).sample(frac=1, random_state=seed)
    other = mmrm("score ~ C(wave) + arm", changed, groups="who", time="wave", cov="csh")
    np.testing.assert_allclose(other.bse.to_numpy() / unit, one.bse, rtol=1e-4)
    np.testing.assert_allclose(other.df.to_numpy(), one.df, rtol=1e-3)
