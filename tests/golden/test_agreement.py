"""Agreement of two accounts against psych and R's own functions (tests/golden/r/agreement.R)."""

from pathlib import Path

import numpy as np
import pandas as pd
import pingouin
import pytest

from mirabal_toolkit.mixed.agreement import (
    cohen_kappa,
    correlation_within,
    limits_of_agreement,
    one_sided_disagreement,
    prevalence_adjusted_kappa,
)
from mirabal_toolkit.mixed.counts import PairedCounts

HERE = Path(__file__).parent
VALUES = pd.read_csv(HERE / "values" / "agreement.csv").set_index(["case", "quantity"])["value"]
TABLES = {
    "even": PairedCounts(both=30, stopped=12, started=9, neither=41),
    "rare": PairedCounts(both=4, stopped=6, started=3, neither=90),
    "apart": PairedCounts(both=10, stopped=30, started=25, neither=8),
    "one_sided": PairedCounts(both=20, stopped=25, started=0, neither=30),
}


@pytest.mark.parametrize("case", TABLES)
def test_kappa_and_disagreement(case):
    counts = TABLES[case]
    kappa = cohen_kappa(counts)
    assert kappa.estimate == pytest.approx(VALUES[case, "kappa"], rel=1e-10)
    assert kappa.std_error == pytest.approx(VALUES[case, "std_error"], rel=1e-10)
    assert prevalence_adjusted_kappa(counts) == pytest.approx(VALUES[case, "pabak"], rel=1e-10)
    assert 100 * (counts.both + counts.neither) / counts.n == pytest.approx(VALUES[case, "percent_agreement"])
    assert one_sided_disagreement(counts) == pytest.approx(VALUES[case, "p_value"], rel=1e-10)


def test_limits_of_agreement():
    scores = pd.read_csv(HERE / "data" / "agreement_scores.csv")
    found = limits_of_agreement(scores["first"].to_numpy(), scores["second"].to_numpy())
    ours = {
        "bias": found.bias.estimate,
        "bias_low": found.bias.conf_low,
        "bias_high": found.bias.conf_high,
        "limit_low": found.low.estimate,
        "limit_high": found.high.estimate,
        "limit_std_error": found.high.std_error,
        "correlation": found.correlation.estimate,
        "correlation_low": found.correlation.conf_low,
        "correlation_high": found.correlation.conf_high,
    }
    theirs = VALUES.loc["scores"]
    assert set(ours) == set(theirs.index)
    np.testing.assert_allclose([ours[name] for name in theirs.index], theirs.to_numpy(), rtol=1e-10)


def test_every_case_is_tested():
    assert set(VALUES.index.get_level_values("case")) == {*TABLES, "scores"}


# pingouin 0.7 calls pandas in ways that pandas will not have for ever.
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_correlation_within_couples_is_that_of_pingouin():
    rng = np.random.default_rng(5)
    couple = np.repeat(np.arange(30), rng.integers(1, 6, size=30))
    level = rng.normal(size=30)[couple]
    first = level + rng.normal(size=len(couple))
    second = -2 * level + 0.5 * first + rng.normal(size=len(couple))
    found = correlation_within(first, second, couple)
    twice = np.bincount(couple)[couple] > 1
    table = pd.DataFrame({"first": first, "second": second, "couple": couple})[twice]
    theirs = pingouin.rm_corr(table, x="first", y="second", subject="couple").iloc[0].tolist()
    # r, degrees of freedom, p, interval: pingouin rounds the interval to two decimals.
    assert found.estimate == pytest.approx(theirs[0], rel=1e-9)
    assert found.p_value == pytest.approx(theirs[2], rel=1e-6)
    assert (found.conf_low, found.conf_high) == pytest.approx(tuple(theirs[3]), abs=6e-3)
