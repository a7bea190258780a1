import pandas as pd
import pytest

from mirabal_toolkit.core.plan import AnalysisPlan, PlannedOutcome
from mirabal_toolkit.core.results import estimates_frame
from mirabal_toolkit.disclosure.estimates import protect_estimates
from mirabal_toolkit.disclosure.profiles import PROFILES
from mirabal_toolkit.mixed.counts import PairedCounts, newcombe_paired, wilson

FUNDER = PROFILES["funder"]
PLAN = AnalysisPlan(
    id="plan",
    version="1.0.0",
    title="",
    description="",
    instrument="any",
    outcomes=(PlannedOutcome("hurt", family="harm"), PlannedOutcome("slapped", family="harm")),
)
BASE = {"outcome": "hurt", "indicator": "any", "estimand": "experienced", "population": "all_started"}


def prevalence(wave, count, n):
    interval = wilson(count, n)
    return {
        **BASE,
        "analysis": "prevalence",
        "wave": wave,
        "scale": "percent",
        "estimate": 100 * count / n,
        "conf_low": 100 * interval.low,
        "conf_high": 100 * interval.high,
        "count": count,
        "n_obs": n,
        "n_persons": n,
        "n_universe": n,
        "flags": ("zero_cell",) if count in (0, n) else (),
    }


def model(analysis, *, wave=None, contrast="", scale="percent", estimate=33.333):
    return {
        **BASE,
        "analysis": analysis,
        "wave": wave,
        "contrast": contrast,
        "scale": scale,
        "estimate": estimate,
        "std_error": 4.2,
        "p_value": 0.01234,
        "n_obs": 300,
        "n_persons": 118,
    }


def paired(both, stopped, started, neither):
    n = both + stopped + started + neither
    part = {**BASE, "analysis": "paired_change", "contrast": "w5 - w1", "n_obs": n, "n_persons": n}
    before, after = both + stopped, both + started
    return [
        {**part, "term": "before", "scale": "percent", "count": before, "estimate": 100 * before / n},
        {**part, "term": "after", "scale": "percent", "count": after, "estimate": 100 * after / n},
        {
            **part,
            "term": "change",
            "scale": "percentage_points",
            "estimate": 100 * (after - before) / n,
            "p_value": 0.5,
        },
        {**part, "term": "stopped", "scale": "people", "count": stopped, "estimate": stopped},
        {**part, "term": "started", "scale": "people", "count": started, "estimate": started},
    ]


def protect(*records):
    return protect_estimates(estimates_frame(list(records)), FUNDER, PLAN)


def only(frame, **parts):
    for name, value in parts.items():
        frame = frame[frame[name] == value]
    assert len(frame) == 1
    return frame.iloc[0]


def test_a_percentage_is_recomputed_from_rounded_counts():
    row = only(protect(prevalence(1, 73, 118)))
    assert (row["count"], row["n_obs"]) == (75, 120)
    assert row["estimate"] == pytest.approx(62.5)
    assert (row["conf_low"], row["conf_high"]) == pytest.approx((100 * wilson(75, 120).low, 100 * wilson(75, 120).high))
    assert "rounded" in row["flags"]


@pytest.mark.parametrize(("count", "flag"), [(3, "few"), (57, "all_but_few")])
def test_small_counts_leave_no_number_behind(count, flag):
    row = only(protect(prevalence(5, count, 60)))
    for name in ("estimate", "conf_low", "conf_high", "count", "std_error", "p_value"):
        assert pd.isna(row[name])
    assert row["flags"] == ("suppressed", flag)


def test_nobody_is_shown_as_zero():
    row = only(protect(prevalence(5, 0, 62)))
    assert (row["estimate"], row["count"], row["n_obs"]) == (0, 0, 60)


def test_a_model_is_hidden_where_its_wave_is():
    protected = protect(
        prevalence(1, 60, 120),
        prevalence(2, 30, 100),
        prevalence(5, 2, 60),
        model("model_prediction", wave=2),
        model("model_prediction", wave=5),
        model("model_contrast", contrast="w2 - w1", scale="percentage_points"),
        model("model_contrast", contrast="w5 - w1", scale="percentage_points"),
    )
    assert only(protected, analysis="model_prediction", wave=2)["estimate"] == 33
    assert pd.isna(only(protected, analysis="model_prediction", wave=5)["estimate"])
    assert only(protected, analysis="model_contrast", contrast="w2 - w1")["estimate"] == 33
    hidden = only(protected, analysis="model_contrast", contrast="w5 - w1")
    assert pd.isna(hidden["estimate"])
    assert pd.isna(hidden["p_value"])


def test_a_paired_change_comes_from_rounded_counts_only():
    """Two tables that round alike must be released alike, to the last digit."""
    numbers = ["estimate", "conf_low", "conf_high", "p_value", "count", "n_obs"]
    one = protect(*paired(both=11, stopped=39, started=7, neither=46))[numbers]
    other = protect(*paired(both=9, stopped=41, started=9, neither=44))[numbers]
    changes = [frame.iloc[2] for frame in (one, other)]
    for name in ("estimate", "conf_low", "conf_high", "p_value", "n_obs"):
        assert changes[0][name] == changes[1][name]
    expected = newcombe_paired(PairedCounts(both=10, stopped=40, started=10, neither=45))
    assert changes[0]["estimate"] == pytest.approx(100 * expected.estimate)


def test_a_paired_change_is_hidden_with_either_end():
    protected = protect(*paired(both=1, stopped=40, started=2, neither=17))
    assert pd.isna(only(protected, term="after")["estimate"])
    assert pd.isna(only(protected, term="change")["estimate"])
    assert pd.isna(only(protected, term="started")["count"])
    assert only(protected, term="before")["count"] == 40


def mean(count, n, wave=5, estimate=1.234567):
    part = {**BASE, "analysis": "mean", "wave": wave, "scale": "points", "n_obs": n, "n_persons": n, "n_universe": n}
    return [{**part, "term": "mean", "estimate": estimate, "count": count}, {**part, "term": "sd", "estimate": 4.5678}]


def test_a_mean_that_few_people_make_is_hidden_with_its_spread():
    protected = protect(*mean(count=2, n=60))
    assert protected["estimate"].isna().all()


def test_a_mean_of_many_is_rounded_and_does_not_show_who_makes_it():
    protected = protect(*mean(count=40, n=62))
    assert protected["estimate"].tolist() == [1.2, 4.6]
    assert protected["count"].isna().all()
    assert set(protected["n_obs"]) == {60}


def test_a_mean_that_one_answer_makes_is_hidden_with_the_change_from_it():
    change = {"analysis": "paired_mean_change", "term": "change", "contrast": "w5 - w1", "scale": "points"}
    rows = [{**mean(count=40, n=62)[0], "flags": ("dominated",)}, {**BASE, **change, "estimate": 1.0, "n_obs": 60}]
    protected = protect(*mean(count=40, n=62, wave=1), *rows)
    assert protected["estimate"].notna().tolist() == [True, True, False, False]
    assert "suppressed" in protected["flags"].iloc[2]


def test_a_mean_of_nine_people_is_hidden():
    assert protect(*mean(count=9, n=9))["estimate"].isna().all()


def test_no_released_count_lies_between_one_and_four():
    records = [prevalence(wave, count, 60) for wave, count in enumerate(range(61), start=1)]
    protected = protect(*records)
    counts = protected["count"].dropna()
    assert ((counts == 0) | (counts >= 5)).all()
    assert (counts % 5 == 0).all()


def test_adjusted_p_values_come_from_released_ones_with_hidden_tests_counted():
    """Holm over two: the one that is shown is doubled, whatever the hidden one was."""
    shown, hidden = paired(both=0, stopped=10, started=0, neither=50), paired(both=1, stopped=40, started=2, neither=17)
    for record in shown:
        record["outcome"] = "slapped"
    for record in (shown[2], hidden[2]):
        record |= {"p_value": 0.002, "p_adjusted": 0.004}
    protected = protect(*shown, *hidden)
    row = only(protected, outcome="slapped", term="change")
    assert row["p_value"] == pytest.approx(2 * 0.5**10)
    assert row["p_adjusted"] == pytest.approx(round(4 * 0.5**10, 3))
    assert pd.isna(only(protected, outcome="hurt", term="change")["p_adjusted"])


def test_degrees_of_freedom_do_not_tell_how_many_people():
    contrast = {**model("model_contrast", contrast="w2 - w1", scale="percentage_points"), "df": 113.0}
    assert protect(contrast)["df"].tolist() == [115.0]
