"""Intervals and exact tests agree with R (tests/golden/r/counts.R) and with published values."""

import numpy as np
import pandas as pd
import pytest

from mirabal_toolkit.mixed.counts import (
    PairedCounts,
    exact_interval,
    mcnemar_exact,
    mean_interval,
    newcombe_paired,
    wilson,
)
from mirabal_toolkit.models.paired import wilcoxon_p

# Closed forms on both sides: they agree to rounding.
TIGHT = 1e-9


def _rows(name, golden_values):
    return [row._asdict() for row in pd.read_csv(golden_values / name).itertuples(index=False)]


def test_one_wave_intervals(golden_values):
    rows = _rows("counts_one_wave.csv", golden_values)
    assert len(rows) == 9
    for row in rows:
        score, exact = wilson(row["count"], row["n"]), exact_interval(row["count"], row["n"])
        assert (score.low, score.high) == pytest.approx((row["wilson_low"], row["wilson_high"]), abs=TIGHT)
        assert (exact.low, exact.high) == pytest.approx((row["exact_low"], row["exact_high"]), abs=TIGHT)


def test_two_wave_intervals_and_mcnemar(golden_values):
    rows = _rows("counts_two_waves.csv", golden_values)
    assert len(rows) == 9
    for row in rows:
        counts = PairedCounts(*(int(row[name]) for name in ("both", "stopped", "started", "neither")))
        interval = newcombe_paired(counts)
        assert interval.estimate == pytest.approx((counts.after - counts.before) / counts.n)
        assert (interval.low, interval.high) == pytest.approx((row["low"], row["high"]), abs=TIGHT)
        assert mcnemar_exact(counts.stopped, counts.started) == pytest.approx(row["mcnemar_p"], abs=TIGHT)


def test_newcombe_matches_the_published_example():
    """Bentur et al. 2009 in Fagerland, Lydersen & Laake (Stat Med 2014): 0.026 to 0.507."""
    interval = newcombe_paired(PairedCounts(both=1, stopped=1, started=7, neither=12))
    assert (round(interval.low, 3), round(interval.high, 3)) == (0.026, 0.507)


def test_wilson_matches_the_published_example():
    """Newcombe (Stat Med 1998; 17: 857-72, Table I): 81 of 263 gives 0.2553 to 0.3662."""
    interval = wilson(81, 263)
    assert (round(interval.low, 4), round(interval.high, 4)) == (0.2553, 0.3662)


@pytest.mark.parametrize("case", ["plain", "tied", "large", "sixths"])
def test_score_changes(case, golden_values):
    pairs = pd.read_csv(golden_values / "counts_score_pairs.csv").query("case == @case")
    expected = pd.read_csv(golden_values / "counts_score_tests.csv").query("case == @case").iloc[0]
    change = np.asarray(pairs["after"] - pairs["before"])
    interval = mean_interval(change)
    assert interval.estimate == pytest.approx(expected["change"], abs=TIGHT)
    assert (interval.low, interval.high) == pytest.approx((expected["low"], expected["high"]), abs=TIGHT)
    assert wilcoxon_p(change) == pytest.approx(expected["wilcoxon_p"], rel=1e-7)
