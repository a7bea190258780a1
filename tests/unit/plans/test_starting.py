"""What a new plan offers beside its outcomes can be switched on, and suits the design."""

import pytest

from mirabal_toolkit.instruments.loading import load_instrument
from mirabal_toolkit.plans.loading import load_plan
from mirabal_toolkit.plans.starting import new_plan

OF_CHANGE = {"cluster", "covariates", "subgroups", "comparison", "paired_interval"}


def offered(instrument):
    """The lines of a new plan, and those below that are switched off."""
    text = new_plan(load_instrument(instrument), "ours", "ours.yaml")
    above, _, below = text.partition("# Everything below is optional.\n")
    return above, [line.removeprefix("# ") for line in below.splitlines()]


@pytest.mark.parametrize(("instrument", "of_change"), [("partner-safety", OF_CHANGE), ("help-seeking", set())])
def test_settings_of_change_are_offered_where_there_is_more_than_one_wave(instrument, of_change):
    above, below = offered(instrument)
    assert ("\nmissing_data: " in above) == bool(of_change)  # this one is switched on from the start
    named = {line.partition(":")[0] for line in below if line[:1].isalpha()}
    assert named & OF_CHANGE == of_change
    assert {"distributions", "measurement", "amendments"} <= named


@pytest.mark.parametrize("instrument", ["partner-safety", "help-seeking"])
def test_every_setting_offered_is_one_when_it_is_switched_on(instrument, tmp_path):
    above, below = offered(instrument)
    file = tmp_path / "ours.yaml"
    file.write_text(above + "\n".join(below) + "\n", encoding="utf-8")
    assert load_plan(file).id == "ours"
