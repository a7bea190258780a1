"""Subgroups: one test each that they change alike, and their changes without a p value of their own."""

from dataclasses import replace

import pytest

from mirabal_toolkit.core.frames import SealedFrame
from mirabal_toolkit.core.plan import PlannedOutcome
from mirabal_toolkit.core.results import estimates_frame
from mirabal_toolkit.reporting.edition import Edition
from mirabal_toolkit.reporting.tables.within import subgroups

BASE = {"outcome": "injured", "estimand": "experienced", "contrast": "w5 - w1", "n_obs": 100, "n_persons": 50}
TEST = {**BASE, "analysis": "subgroup_test", "term": "site", "statistic": 2.1, "df": 3, "p_value": 0.04}
CHANGE = {**BASE, "analysis": "subgroup_change", "term": "site=site_a", "scale": "percentage_points", "estimate": -30.0,
          "conf_low": -41.0, "conf_high": -19.0, "p_value": 0.001}  # fmt: skip


@pytest.fixture
def made(released, instrument):
    def make(*rows):
        plan = replace(released.plan, outcomes=(PlannedOutcome("injured", ("experienced",)),))
        frame = SealedFrame(estimates_frame(list(rows)))
        return subgroups(Edition(replace(released, instrument=instrument, plan=plan, estimates=frame), "en"))

    return make


def rows_of(table):
    return [[cell.text for cell in row.cells] for group in table.groups for row in group.rows]


def test_a_test_has_its_p_and_a_subgroup_has_none(made):
    table = made(TEST, CHANGE)
    assert [column.key for column in table.columns][-1] == "p"
    test, change = rows_of(table)
    assert (test[1], test[-1]) == ("50", "0.040")
    assert change[2:] == ["−30", "−41 to −19", "–"]


def test_where_tests_are_adjusted_that_stands_beside(made):
    table = made({**TEST, "p_adjusted": 0.08}, CHANGE)
    test, change = rows_of(table)
    assert [column.key for column in table.columns][-2:] == ["p", "p_adjusted"]
    assert test[-2:] == ["0.040", "0.080"]
    assert change[-2:] == ["–", "–"]
