"""Lost waves against R's mice and geepack (tests/golden/r/missing_waves.R)."""

import numpy as np
import pandas as pd
import pytest

from mirabal_toolkit.mixed import gee
from mirabal_toolkit.models.missing_waves.chains import impute, seeds_of
from mirabal_toolkit.models.missing_waves.completed import changes
from mirabal_toolkit.models.missing_waves.layout import Layout
from mirabal_toolkit.models.missing_waves.rubin import pool


@pytest.fixture(scope="module")
def values(golden_values):
    return lambda name: pd.read_csv(golden_values / f"missing_waves_{name}.csv")


@pytest.mark.parametrize("m", [5, 20, 50])
def test_rubin_and_barnard_rubin_are_those_of_pool_scalar(values, m):
    """The same formula on the same numbers: equal to rounding."""
    rows = values("pooled").query("m == @m")
    found = pool(rows["q"].to_numpy(), rows["u"].to_numpy(), df_complete=59)
    expected = rows.iloc[0]
    assert len(rows) == m
    assert found.estimate == pytest.approx(expected["estimate"], rel=1e-10)
    assert found.std_error**2 == pytest.approx(expected["variance"], rel=1e-10)
    assert found.df == pytest.approx(expected["df"], rel=1e-10)
    assert found.missing_information == pytest.approx(expected["fmi"], rel=1e-10)


def imputed_change(data, outcome, m):
    table = data[[f"{outcome}{wave}" for wave in range(1, 5)]].to_numpy(float)
    lost = np.isnan(table)
    age = data[["age"]].to_numpy(float)
    layout = Layout(
        values=table,
        kinds=("binary" if outcome == "y" else "score",) * 4,
        fixed=(age - age.mean()) / age.std(),
        waves=(1, 2, 3, 4),
        lost=lost,
        counts=np.ones_like(lost),
        limits=(0.0, 1.0) if outcome == "y" else (0.0, 100.0),
    )
    filled = impute(layout, seeds_of(1, outcome, m), 10)
    found = changes(filled.values[:, :, 0], filled.values[:, :, -1], layout.ends)
    return filled, found


@pytest.mark.parametrize("outcome", ["y", "s"])
def test_imputations_are_distributed_as_those_of_mice(values, outcome):
    """Other random numbers, so within Monte-Carlo error: that of both means, and 45 % of the variance between.

    With 100 and 200 imputations a variance has a relative standard error of 0.14 and 0.10.
    """
    expected = values("mice").set_index("outcome").loc[outcome]
    filled, found = imputed_change(values("data"), outcome, 100)
    mine = pool(found.estimates, found.variances, 299)
    error = np.sqrt(expected["between"] / expected["m"] + found.estimates.var(ddof=1) / 100)
    assert abs(mine.estimate - expected["estimate"]) < 3.5 * error + 0.05 * np.sqrt(expected["within"])
    assert found.variances.mean() == pytest.approx(expected["within"], rel=0.03)
    assert found.estimates.var(ddof=1) == pytest.approx(expected["between"], rel=0.45)
    assert mine.missing_information == pytest.approx(expected["fmi"], abs=0.09)
    assert filled.r_hat < 1.1


@pytest.mark.parametrize(("outcome", "family"), [("value", "binomial"), ("score", "gaussian")])
def test_a_weighted_gee_is_that_of_geepack(values, outcome, family):
    """Estimates to seven digits; standard errors to six, since geepack stops iterating earlier."""
    long, expected = values("long"), values("geepack").query("outcome == @outcome")
    rows = long.dropna(subset=[outcome])
    fit = gee(
        f"{outcome} ~ C(wave)",
        rows,
        groups="person",
        family=family,
        corr="independence",
        weights="weight",
        cov_type="robust",
    )
    assert len(expected) == 4
    np.testing.assert_allclose(fit.params, expected["estimate"], rtol=1e-7)
    np.testing.assert_allclose(fit.bse, expected["std_error"], rtol=1e-6)
