"""Axes of figures run over the range a score can have, not always over 0–100."""

from types import SimpleNamespace

import pytest

from mirabal_toolkit.instruments.loading import load_instrument
from mirabal_toolkit.reporting.edition import Indicator
from mirabal_toolkit.reporting.figures.trajectories import axis_range


@pytest.mark.parametrize(
    ("instrument", "outcome", "ends"),
    [
        ("casr-sf", "casr_sf_total", (0, 75)),
        ("casr-sf", "casr_sf_any", (0, 100)),
        ("partner-safety", "space_score", (0, 100)),
        ("partner-safety", "physical_variety", (0, 8)),
        ("partner-safety", "safety_level", (1, 4)),
    ],
)
def test_the_axis_is_the_range_of_the_outcome(instrument, outcome, ends):
    loaded = load_instrument(instrument)
    found = loaded.outcome(outcome)
    one = Indicator(found, found.estimands[0], headline=True, first=True)
    assert axis_range(one, SimpleNamespace(instrument=loaded)) == ends
