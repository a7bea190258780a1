"""Percentages that models predict say no more than the rounded counts beside them."""

import numpy as np
import pytest

from mirabal_toolkit.core.results import estimates_frame
from mirabal_toolkit.disclosure.estimates import protect_estimates
from mirabal_toolkit.disclosure.predictions import coarse_predictions
from mirabal_toolkit.disclosure.profiles import PROFILES
from mirabal_toolkit.mixed.counts import wilson
from mirabal_toolkit.plans.loading import load_plan

BASE = {"outcome": "injured", "estimand": "experienced", "population": "all_started", "flags": ()}


def seen(wave, count, n):
    interval = wilson(count, n)
    ends = {"estimate": 100 * count / n, "conf_low": 100 * interval.low, "conf_high": 100 * interval.high}
    return {**BASE, **ends, "analysis": "prevalence", "wave": wave, "scale": "percent", "count": count, "n_obs": n}


def predicted(wave, count, n):
    """A model that predicts what was seen."""
    share = 100 * count / n
    ends = {"estimate": share, "conf_low": share - 8, "conf_high": share + 8}
    rest = {"analysis": "model_prediction", "model": "gee-logit", "scale": "percent", "std_error": 4.0}
    return {**BASE, **ends, **rest, "wave": wave, "n_obs": n, "n_persons": 120}


def changes(first, last):
    """Its changes from wave 1 to 5, in points and as a ratio; `first` and `last` are (count, n)."""
    rest = {"analysis": "model_contrast", "model": "gee-logit", "contrast": "w5 - w1", "n_obs": 180, "n_persons": 120}
    shares = [count / n for count, n in (first, last)]
    odds = [share / (1 - share) for share in shares]
    points, ratio = 100 * (shares[1] - shares[0]), odds[1] / odds[0]
    return [
        {
            **BASE,
            **rest,
            "scale": "percentage_points",
            "estimate": points,
            "conf_low": points - 9,
            "conf_high": points + 9,
        },
        {**BASE, **rest, "scale": "odds_ratio", "estimate": ratio, "conf_low": ratio / 3, "conf_high": ratio * 3},
    ]


def released(first, last, profile="funder"):
    rows = [seen(1, *first), seen(5, *last), predicted(1, *first), predicted(5, *last), *changes(first, last)]
    return protect_estimates(estimates_frame(rows), PROFILES[profile], load_plan("steps-to-safety"))


def coarse(*rows, profile="funder"):
    return coarse_predictions(estimates_frame(rows).to_dict("records"), PROFILES[profile])


def test_two_studies_whose_counts_round_alike_are_released_alike():
    """78 and 81 of 119 and 121, 6 and 7 of 62 and 61: not a digit tells which study it was."""
    numbers = ["estimate", "conf_low", "conf_high", "std_error", "n_obs"]
    one, other = released((78, 119), (6, 62)), released((82, 121), (7, 61))
    assert one[numbers].equals(other[numbers])
    assert one["estimate"].notna().all()


def test_a_prediction_of_what_was_seen_is_released_as_what_was_seen():
    rows = released((78, 119), (6, 62)).set_index(["analysis", "wave"])["estimate"]
    for wave in (1, 5):
        assert rows["model_prediction", wave] == round(rows["prevalence", wave])


def test_a_change_is_the_difference_of_the_predictions_beside_it():
    rows = coarse(predicted(1, 78, 119), predicted(5, 6, 62), *changes((78, 119), (6, 62)))
    first, last, points, ratio = (row["estimate"] for row in rows)
    assert (first, last) == pytest.approx((100 * 80 / 120, 100 * 5 / 60))
    assert points == pytest.approx(last - first)
    odds = [share / (100 - share) for share in (first, last)]
    assert ratio == pytest.approx(odds[1] / odds[0])


def test_intervals_keep_their_width_and_stay_within_what_is_possible():
    rows = coarse(predicted(1, 78, 119), predicted(5, 6, 62))
    assert rows[0]["conf_high"] - rows[0]["conf_low"] == pytest.approx(16)
    assert rows[1]["conf_low"] >= 0


def test_a_share_that_rounds_to_nobody_still_gives_a_finite_ratio():
    rows = coarse(predicted(1, 78, 119), predicted(5, 2, 62), *changes((78, 119), (2, 62)))
    assert rows[1]["estimate"] == 0
    assert 0 < rows[3]["estimate"] < 1
    assert np.isfinite(rows[3]["conf_high"])


def test_without_rounding_nothing_is_moved():
    rows = coarse(predicted(1, 78, 119), predicted(5, 6, 62), *changes((78, 119), (6, 62)), profile="internal")
    assert [row["estimate"] for row in rows[:2]] == [100 * 78 / 119, 100 * 6 / 62]
