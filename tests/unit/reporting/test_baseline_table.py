"""The table of those who started: shares with their counts, scores with their spread."""

from dataclasses import replace

import pytest

from mirabal_toolkit.core.frames import SealedFrame
from mirabal_toolkit.core.plan import PlannedOutcome
from mirabal_toolkit.core.results import estimates_frame
from mirabal_toolkit.reporting.edition import Edition
from mirabal_toolkit.reporting.tables.baseline import baseline

SITE = {"analysis": "baseline", "outcome": "site", "estimand": "as_reported", "wave": 1, "n_obs": 60, "n_universe": 60}
SCORE = {"analysis": "mean", "outcome": "space_score", "indicator": "score", "estimand": "as_reported", "wave": 1,
         "scale": "points", "n_obs": 60, "n_universe": 60}  # fmt: skip


@pytest.fixture
def started(released, instrument):
    rows = [
        {**SITE, "term": "1", "scale": "percent", "estimate": 25.0, "count": 15},
        {**SCORE, "term": "mean", "estimate": 39.21, "std_error": 3.27},
        {**SCORE, "term": "sd", "estimate": 25.33},
    ]
    plan = replace(released.plan, outcomes=(PlannedOutcome("space_score", ("as_reported",), headline=True),))
    return replace(released, instrument=instrument, plan=plan, estimates=SealedFrame(estimates_frame(rows)))


def rows_of(table):
    return [[cell.text for cell in row.cells] for group in table.groups for row in group.rows]


def test_scores_at_the_start_have_their_spread_beside_them(started):
    site, score = rows_of(baseline(Edition(started, "en")))
    assert site[1:] == ["15", "25", "60"]
    assert score[1:] == ["", "39.2 (25.3)", "60"]


def test_a_spread_that_is_hidden_is_said_to_be_unknown(started):
    frame = started.estimates.frame
    hidden = replace(started, estimates=SealedFrame(frame[frame["term"] != "sd"]))
    assert rows_of(baseline(Edition(hidden, "en")))[1][2] == "39.2 (–)"
