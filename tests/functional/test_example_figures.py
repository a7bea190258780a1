"""Every percentage of the example's before–after table, against plain pandas from the raw file.

`plain.py` knows the file and the questionnaire, and uses nothing of the package.
"""

import json
from dataclasses import replace

import pytest
from plain import before_after

import mirabal_toolkit as mt

OUTCOMES = sorted(before_after(mt.example_export()))


@pytest.fixture(scope="module")
def plain_figures():
    return before_after(mt.example_export())


@pytest.fixture(scope="module")
def estimates():
    panel = mt.score(mt.clean(mt.read(mt.example_export()))).to_panel()
    plan = mt.load_plan("steps-to-safety")
    described = tuple(replace(planned, model=None, beside=()) for planned in plan.outcomes)
    plan = replace(plan, outcomes=described, missing_data=None, panel_models=(), time_varying=(), measurement="none")
    results = mt.analyse(panel, plan)
    return mt.release(results, profile="internal").estimates.frame


def rows(estimates, outcome, **parts):
    estimand = estimates.loc[estimates["outcome"] == outcome, "estimand"].iloc[0]
    found = estimates[(estimates["outcome"] == outcome) & (estimates["estimand"] == estimand)]
    for name, value in parts.items():
        found = found[found[name] == value]
    return found


def only(estimates, outcome, **parts):
    found = rows(estimates, outcome, **parts)
    assert len(found) == 1
    return found.iloc[0]


def test_every_binary_outcome_of_the_plan_is_checked():
    instrument, plan = mt.load_instrument("partner-safety"), mt.load_plan("steps-to-safety")
    binary = {p.outcome for p in plan.outcomes if instrument.outcome(p.outcome).kind == "binary"}
    assert binary == set(OUTCOMES)


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_percentages_at_the_first_and_last_wave(estimates, plain_figures, outcome):
    for wave, (count, n) in ((1, plain_figures[outcome].first), (5, plain_figures[outcome].last)):
        row = only(estimates, outcome, analysis="prevalence", wave=wave)
        assert (row["count"], row["n_obs"]) == (count, n)
        assert row["estimate"] == pytest.approx(100 * count / n)


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_changes_in_the_same_women(estimates, plain_figures, outcome):
    both, stopped, started, neither = plain_figures[outcome].pairs
    n = both + stopped + started + neither
    change = only(estimates, outcome, analysis="paired_change", term="change")
    assert change["n_obs"] == n
    assert change["estimate"] == pytest.approx(100 * (started - stopped) / n)
    for term, count in (
        ("stopped", stopped),
        ("started", started),
        ("before", both + stopped),
        ("after", both + started),
    ):
        assert only(estimates, outcome, analysis="paired_change", term=term)["count"] == count


def test_the_flow_is_that_of_the_office(estimates):
    reached = estimates[estimates["analysis"] == "retention"].set_index("wave")["count"]
    assert reached.loc[1] == 120
    assert list(reached) == sorted(reached, reverse=True)


def test_demo_leaves_a_report_and_prints_the_headline_table(mirabal, tmp_path):
    finished = mirabal("demo")
    assert finished.returncode == 0, finished.stderr
    out = tmp_path / "mirabal-demo"
    for name in ("report.html", "report.docx", "results.json", "flow.json", "audit.json", "manifest.json"):
        assert (out / name).stat().st_size > 100
    assert "Weapon used against" in finished.stdout
    assert "mirabal-demo/report.html" in finished.stderr.replace("\\", "/")
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert "report.html" in manifest["outputs"]
