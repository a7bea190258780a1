"""Who started: answers counted by hand, adding up, and protected together."""

from dataclasses import replace

import pytest

from mirabal_toolkit.core.plan import Comparison, MissingData
from mirabal_toolkit.disclosure.ledger import open_ledger
from mirabal_toolkit.disclosure.profiles import PROFILES
from mirabal_toolkit.disclosure.release import release
from mirabal_toolkit.models import analyse
from mirabal_toolkit.models.baseline import baseline
from mirabal_toolkit.models.measured import started
from mirabal_toolkit.plans.loading import load_plan
from mirabal_toolkit.reporting.edition import Edition
from mirabal_toolkit.reporting.tables.baseline import baseline as table_of

EXACT = replace(PROFILES["funder"], name="exact", rounding=1)


@pytest.fixture(scope="module")
def plan():
    whole = load_plan("steps-to-safety")
    outcomes = tuple(replace(one, model=None, beside=()) for one in whole.outcomes if one.outcome == "feels_safe")
    asked = MissingData(
        imputations=0,
        outcomes="headline",
        auxiliaries=("P1", "P2", "P3"),
        weights=False,
        tipping_point=False,
        bounds=False,
    )
    bare = replace(whole, outcomes=outcomes, missing_data=asked, panel_models=(), time_varying=(), measurement="none")
    return replace(bare, distributions=(), completers=False, cluster="P1")


@pytest.fixture(scope="module")
def results(panel, plan):
    return analyse(panel, plan, versions={})


def test_answers_and_averages_are_those_of_everybody_who_started(panel, plan):
    people = started(panel)
    rows = {(row["outcome"], row["term"]): row for row in baseline(panel, plan, people)}
    sites = panel.people.frame["P1"].reindex(people)
    assert rows["P1", "site_a"]["count"] == (sites == 1).sum()
    assert sum(row["count"] for (item, _), row in rows.items() if item == "P1") == len(people) == 120
    ages = panel.people.frame["P2"].reindex(people).astype(float).dropna()
    assert rows["P2", "mean"]["estimate"] == pytest.approx(ages.mean())
    assert rows["P2", "sd"]["estimate"] == pytest.approx(ages.std())
    assert rows["P2", "mean"]["n_obs"] == len(ages)


def test_with_two_arms_nothing_is_said_twice(panel, plan):
    arms = Comparison(arm="P1", reference="site_a", treated="site_b")
    assert list(baseline(panel, replace(plan, comparison=arms), started(panel))) == []


def test_a_hidden_answer_does_not_follow_from_the_others(results):
    """One site of two women: whoever knows the other sites and the total must not know it."""
    frame = results.estimates.frame
    ours = (frame["analysis"] == "baseline") & (frame["outcome"] == "P1")
    counts = dict(zip(frame.loc[ours, "term"], (50, 40, 28, 2, 0), strict=True))
    frame.loc[ours, "count"] = [float(count) for count in counts.values()]
    keep = frame["analysis"].isin(["baseline", "retention", "prevalence"])
    few = replace(results, estimates=type(results.estimates)(frame[keep].reset_index(drop=True)))
    assert any({key[0] for key in equation} == {"start"} for equation in open_ledger(few).equations)
    shown = release(few, EXACT).estimates.frame.query("analysis == 'baseline' and outcome == 'P1'")
    hidden = shown[shown["count"].isna()]
    assert "site_d" in set(hidden["term"])
    assert len(hidden) >= 2


def test_an_average_of_few_is_hidden_with_its_spread(results):
    frame = results.estimates.frame
    ours = (frame["analysis"] == "baseline") & (frame["outcome"] == "P3")
    frame.loc[ours, "count"] = 3.0
    changed = replace(results, estimates=type(results.estimates)(frame))
    shown = release(changed, PROFILES["funder"]).estimates.frame.query("analysis == 'baseline' and outcome == 'P3'")
    assert shown["estimate"].isna().all()
    assert len(shown) == 2


def test_the_table_says_who_started(results):
    table = table_of(Edition(release(results, PROFILES["internal"])))
    assert [group.label for group in table.groups] == [
        "Site", "Age at the start", "Children under 18 at the start", "Headline indicators at the start",
    ]  # fmt: skip
    sites = table.groups[0].rows
    assert sum(row.cells[1].value or 0 for row in sites) == 120
    assert {row.cells[3].text for row in sites} == {"120"}
    assert "(" in table.groups[1].rows[0].cells[2].text
