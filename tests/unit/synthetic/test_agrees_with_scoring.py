"""Two accounts of the same outcomes, written apart: the truth here, and cleaning and scoring there."""

import numpy as np
import pytest

from mirabal_toolkit.cleaning import clean
from mirabal_toolkit.core.data import score_name
from mirabal_toolkit.scoring import score
from mirabal_toolkit.synthetic import Dropout, simulate


@pytest.mark.parametrize("which", ["small", "partner_safety"])
def test_complete_answers_score_exactly_as_the_truth_says(which, request):
    instrument = request.getfixturevalue(which)
    study = simulate(instrument, people=400, seed=4, dropout=Dropout.none())
    by_wave = score(clean(study.waves)).scores.frame.groupby(level="wave")
    means, counts = by_wave.mean(), by_wave.count()
    truth = study.truth.frame.query("population == 'everybody'")
    assert len(truth) >= 3 * len(instrument.outcomes) - 3
    for row in truth.itertuples():
        column = score_name(row.outcome, row.estimand)
        factor = 100 if instrument.outcome(row.outcome).kind == "binary" else 1
        assert counts.loc[row.wave, column] == row.n, column
        np.testing.assert_allclose(factor * means.loc[row.wave, column], row.estimate, atol=1e-9, err_msg=column)


def test_cleaning_finds_nothing_to_mend_in_a_clean_study(partner_safety):
    cleaned = clean(simulate(partner_safety, people=400, seed=4).waves)
    assert [finding.code for finding in cleaned.findings if finding.severity != "note"] == []


def test_estimates_of_a_study_with_losses_are_near_the_truth_of_those_it_reached(partner_safety):
    """What is refused and not known leaves a percentage within 4 points at 1,000 people."""
    study = simulate(partner_safety, people=1000, seed=7)
    means = score(clean(study.waves)).scores.frame.groupby(level="wave").mean()
    for row in study.truth.frame.query("population == 'interviewed'").itertuples():
        if partner_safety.outcome(row.outcome).kind == "binary":
            estimate = 100 * means.loc[row.wave, score_name(row.outcome, row.estimand)]
            assert estimate == pytest.approx(row.estimate, abs=4), (row.outcome, row.estimand, row.wave)
