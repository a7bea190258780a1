"""Reliable change: only with a published reliability; from the panel to a table that may leave."""

from dataclasses import replace

import numpy as np
import pytest

import mirabal_toolkit as mt
from mirabal_toolkit.core.plan import PlannedOutcome
from mirabal_toolkit.core.reliability import Reliability
from mirabal_toolkit.disclosure.ledger import open_ledger
from mirabal_toolkit.disclosure.profiles import PROFILES
from mirabal_toolkit.disclosure.release import release
from mirabal_toolkit.models.reliable_change import reliable_change, reliable_change_index
from mirabal_toolkit.reporting.edition import Edition
from mirabal_toolkit.reporting.tables.course import reliable_change as table_of
from mirabal_toolkit.synthetic import simulate

SOURCE = "Invented for this test"
TERMS = ["improved", "unchanged", "deteriorated"]


def test_by_hand():
    """SD before 10, reliability 0.92: 10 · √2 · √0.08 = 4, so that 7.84 points are the criterion."""
    before = np.array([40.0, 50.0, 60.0])
    index = reliable_change_index(before, before + np.array([-8.0, 7.0, 0.0]), 0.92)
    assert index == pytest.approx([-2.0, 1.75, 0.0])


def test_without_a_published_reliability_nothing_is_computed(measured):
    assert list(reliable_change(measured([[60, 20], [40, 20], [50, 30]], outcome="physical_score"))) == []


def test_where_no_end_is_better_nothing_is_computed(measured):
    data = replace(measured([[60, 20], [40, 20]], outcome="physical_score"), reliability=0.9)
    neutral = replace(data, outcome=replace(data.outcome, direction="neutral"))
    assert (len(list(reliable_change(data))), len(list(reliable_change(neutral)))) == (3, 0)


@pytest.mark.parametrize("values", [[[50, 20], [50, 40]], [[50, 20]], [[50, np.nan]]])
def test_where_all_began_alike_nothing_is_estimated(values, measured):
    (row,) = reliable_change(replace(measured(values, outcome="physical_score"), reliability=0.9))
    assert row["flags"] == ("not_estimable",)


@pytest.fixture(scope="module")
def results():
    """Ninety artificial women; one scale of the questionnaire with a reliability, which nobody published."""
    instrument = mt.load_instrument("partner-safety@1.0.0")
    study = simulate(instrument, people=90, waves=2, seed=4)
    panel = mt.score(mt.clean(study.waves)).to_panel()
    scales = tuple(
        replace(scale, reliability=Reliability(0.9, SOURCE)) if scale.id == "physical" else scale
        for scale in instrument.scales
    )
    outcomes = tuple(PlannedOutcome(name) for name in ("physical_score", "physical_variety", "coercion_score"))
    plan = replace(
        mt.load_plan("steps-to-safety"), outcomes=outcomes, missing_data=None, cluster=None, panel_models=(),
        subgroups=(), distributions=(), measurement="none",
    )  # fmt: skip
    return mt.analyse(replace(panel, instrument=replace(panel.instrument, scales=scales)), plan)


def rows_of(frame):
    return frame[frame["analysis"] == "reliable_change"]


def test_only_the_score_of_the_scale_itself_has_it(results):
    rows = rows_of(results.estimates.frame)
    assert set(rows["outcome"]) == {"physical_score"}
    assert rows["term"].tolist()[:3] == TERMS
    for _, part in rows.groupby("estimand"):
        assert part["count"].sum() == part["n_obs"].iloc[0]


def test_a_reader_with_a_pencil_may_not_subtract(results):
    """The three are parts of a whole: the ledger knows it, and nobody can work a hidden one out."""
    ledger = open_ledger(results)
    whole = ("reliable", "physical_score", "experienced")
    expected = {(*whole, "n"): 1, **dict.fromkeys(((*whole, term) for term in TERMS), -1)}
    assert expected in ledger.equations
    exact = replace(PROFILES["funder"], name="exact", rounding=1)
    before, after = (rows_of(found.estimates.frame) for found in (results, release(results, exact)))
    small = before["count"].between(1, 4)
    assert small.any()
    for estimand in before.loc[small, "estimand"].unique():
        assert after[after["estimand"] == estimand]["count"].isna().sum() >= 2


def test_the_table_says_who_published_it(results):
    released = release(results, PROFILES["internal"])
    table = table_of(Edition(released))
    rows = rows_of(released.estimates.frame)
    assert len(list(table.rows)) == rows["estimand"].nunique()
    first = next(iter(table.rows)).cells
    assert [cell.value for cell in first[1:]] == pytest.approx(rows["estimate"].iloc[:3].tolist())
    assert any(SOURCE in note.text and "0.9" in note.text for note in table.notes)


def test_without_it_the_table_is_empty(results):
    frame = results.estimates.frame
    without = replace(results, estimates=type(results.estimates)(frame[frame["analysis"] != "reliable_change"]))
    assert table_of(Edition(release(without, PROFILES["internal"]))).is_empty
