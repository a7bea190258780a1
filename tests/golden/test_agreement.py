"""Agreement of two accounts against psych and R's own functions (tests/golden/r/agreement.R)."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mirabal_toolkit.mixed.counts import PairedCounts
from mirabal_toolkit.models.agreement import (
    cohen_kappa,
    limits_of_agreement,
    one_sided_disagreement,
    prevalence_adjusted_kappa,
)

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
