"""Every plan that looks for change by models says what is done about those who were lost."""

import pytest
import yaml

from mirabal_toolkit.bundled import bundled_folder
from mirabal_toolkit.core.plan_sections import MissingData
from mirabal_toolkit.errors import FindingsError
from mirabal_toolkit.instruments.loading import load_instrument
from mirabal_toolkit.plans.choosing import default_plan
from mirabal_toolkit.plans.loading import load_plan
from mirabal_toolkit.plans.starting import new_plan

PLANS = sorted(path.stem for path in bundled_folder("analyses").glob("*.yaml"))


@pytest.mark.parametrize("name", PLANS)
def test_bundled_plans(name):
    plan = load_plan(name)
    models_change = any(planned.models for planned in plan.outcomes)
    assert (plan.missing_data is not None) == models_change
    if plan.missing_data is not None:
        asked = plan.missing_data
        assert asked.imputations >= 30
        assert (asked.outcomes, asked.weights, asked.tipping_point, asked.bounds) == ("headline", True, True, True)
        assert asked.reference_based == (plan.comparison is not None)


@pytest.mark.parametrize(("name", "lost"), [("wellbeing", MissingData()), ("help-seeking", None)])
def test_a_new_plan_asks_for_it_from_the_start(tmp_path, name, lost):
    file = tmp_path / "plan.yaml"
    file.write_text(new_plan(load_instrument(name), "mine", "plan.yaml"), encoding="utf-8")
    assert load_plan(str(file)).missing_data == lost
    assert yaml.safe_load(file.read_text(encoding="utf-8"))["id"] == "mine"


def test_without_a_plan_the_command_that_starts_one_is_named():
    with pytest.raises(FindingsError) as caught:
        default_plan([load_instrument("wellbeing")])
    assert "mirabal plans new --instrument wellbeing" in caught.value.problem.fix
