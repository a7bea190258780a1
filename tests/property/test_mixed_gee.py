"""What must not change a GEE fit."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mirabal_toolkit.mixed import gee
from mirabal_toolkit.mixed.gee_blocks import Observations, build_blocks

FAMILIES = {"binomial": "hurt", "poisson": "visits", "gaussian": "score"}
CHOICES = {
    "family": st.sampled_from(sorted(FAMILIES)),
    "corr": st.sampled_from(["independence", "exchangeable", "ar1", "unstructured"]),
    "cov_type": st.sampled_from(["robust", "mancl-derouen", "kauermann-carroll", "fay-graubard", "naive"]),
    "seed": st.integers(0, 40),
}
SETTINGS = settings(max_examples=15, deadline=None, derandomize=True)


def panel(seed, n_people=60):
    rng = np.random.default_rng(seed)
    wave = np.tile([1, 2, 3], n_people)
    person = np.repeat(rng.normal(0, 0.8, n_people), 3)
    data = pd.DataFrame({"person_id": np.repeat(np.arange(n_people), 3), "wave": wave})
    data["arm"] = np.repeat(np.arange(n_people) % 2, 3)
    data["age"] = np.repeat(rng.normal(35, 9, n_people), 3)
    data["hurt"] = (rng.random(len(data)) < 1 / (1 + np.exp(0.2 * (wave - 2) - person))).astype(int)
    data["visits"] = rng.poisson(np.exp(0.4 + 0.3 * person))
    data["score"] = 5 + person + rng.normal(size=len(data))
    data["ipw"] = np.exp(rng.normal(0, 0.3, len(data)))
    return data[(wave == 1) | (rng.random(len(data)) > 0.15)]


def fitted(data, family, formula="{} ~ C(wave) + arm + age", **options):
    options = {"groups": "person_id", "time": "wave", "df": "satterthwaite", **options}
    if options.get("cov_type") == "naive":
        options["df"] = "normal"
    return gee(formula.format(FAMILIES[family]), data, family=family, **options)


def same(one, other, rtol=1e-6):
    np.testing.assert_allclose(other.params, one.params, rtol=rtol, atol=1e-8)
    np.testing.assert_allclose(other.bse, one.bse, rtol=rtol)
    np.testing.assert_allclose(other.df, one.df, rtol=10 * rtol)


@SETTINGS
@given(**CHOICES)
def test_row_order_and_names_of_people(family, corr, cov_type, seed):
    data = panel(seed)
    rng = np.random.default_rng(seed)
    labels = rng.permutation([f"p{k:03d}" for k in range(60)])
    renamed = data.assign(person_id=labels[data["person_id"]]).sample(frac=1, random_state=seed)
    options = {"corr": corr, "cov_type": cov_type}
    same(fitted(data, family, **options), fitted(renamed, family, **options))


@SETTINGS
@given(seed=CHOICES["seed"], corr=CHOICES["corr"], cov_type=CHOICES["cov_type"], unit=st.floats(0.01, 400.0))
def test_unit_of_time_and_of_a_covariate(seed, corr, cov_type, unit):
    data = panel(seed)
    scaled = data.assign(time=data["wave"] * unit, age=data["age"] * unit)
    options = {"corr": corr, "cov_type": cov_type}
    one = fitted(data, "gaussian", **options)
    other = fitted(scaled, "gaussian", time="time", **options)
    np.testing.assert_allclose(other.params["age"] * unit, one.params["age"], rtol=1e-6)
    np.testing.assert_allclose(other.bse["age"] * unit, one.bse["age"], rtol=1e-6)
    np.testing.assert_allclose(other.tvalues, one.tvalues, rtol=1e-6)


@SETTINGS
@given(seed=CHOICES["seed"], family=CHOICES["family"], factor=st.floats(0.01, 50.0))
def test_scale_of_the_weights(seed, family, factor):
    """Inverse-probability weights matter through their ratios only."""
    data = panel(seed)
    options = {"corr": "independence", "weights": "ipw"}
    same(fitted(data, family, **options), fitted(data.assign(ipw=data["ipw"] * factor), family, **options))


@SETTINGS
@given(seed=CHOICES["seed"], family=CHOICES["family"], cov_type=CHOICES["cov_type"])
def test_whole_weights_are_repeated_rows_of_the_same_person(seed, family, cov_type):
    data = panel(seed)
    times = np.random.default_rng(seed).integers(1, 4, len(data))
    repeated = data.loc[data.index.repeat(times)]
    options = {"corr": "independence", "cov_type": cov_type, "formula": "{} ~ C(wave) + arm"}
    same(fitted(data.assign(w=times), family, weights="w", **options), fitted(repeated, family, **options))


@SETTINGS
@given(**CHOICES)
def test_identical_people_are_collapsed_without_a_trace(family, corr, cov_type, seed):
    """Twice the people: the same estimates, half the robust variance, and few blocks."""
    data = panel(seed)
    twice = pd.concat([data, data.assign(person_id=data["person_id"] + 1000)])
    options = {"corr": corr, "cov_type": "robust", "df": "normal", "formula": "{} ~ C(wave) + arm"}
    one, two = fitted(data, family, **options), fitted(twice, family, **options)
    np.testing.assert_allclose(two.params, one.params, rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose(two.bse * np.sqrt(2), one.bse, rtol=1e-6)
    options["cov_type"] = cov_type
    same(uncollapsed(twice, family, options), fitted(twice, family, **options))


def uncollapsed(data, family, options):
    """The same fit with a column that makes everyone different but carries next to nothing."""
    rng = np.random.default_rng(1)
    noise = data["wave"] * 0.0 + 1.0
    noise += 1e-13 * rng.standard_normal(len(data))
    return fitted(data.assign(w=noise), family, weights="w", **options)


@SETTINGS
@given(seed=CHOICES["seed"])
def test_blocks_hold_every_row_once(seed):
    data = panel(seed)
    person = pd.factorize(data["person_id"])[0]
    X = np.column_stack([np.ones(len(data)), data["wave"]])
    rows = Observations(X, data["hurt"].to_numpy(float), person, level=data["wave"].to_numpy() - 1)
    blocks = build_blocks(rows)
    assert sum(block.counts.sum() * block.y.shape[0] for block in blocks) == len(data)
    assert sum(block.counts.sum() for block in blocks) == 60
    total = sum((block.y * block.counts).sum() for block in blocks)
    assert total == pytest.approx(data["hurt"].sum())
    assert len(blocks) <= 7
