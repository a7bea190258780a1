import pytest

from mirabal_toolkit.errors import FindingsError, InputError, UsageError
from mirabal_toolkit.instruments.loading import load_instrument
from mirabal_toolkit.plans.loading import bundled_plans, load_plan

PLAN = """\
format: "1"
id: mine
version: "1.0.0"
title: My plan
instrument: partner-safety
outcomes:
  - {outcome: physical_any, model: gee}
"""


def written(tmp_path, text):
    path = tmp_path / "plan.yaml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("plan", bundled_plans())
def test_bundled_plans_can_be_run_on_their_instrument(plan):
    loaded = load_plan(plan)
    loaded.check_against(load_instrument(loaded.instrument))
    assert len(loaded.fingerprint) == 64


def test_every_measure_of_success_has_a_headline_in_the_default_plan():
    plan, instrument = load_plan("steps-to-safety"), load_instrument("partner-safety")
    measures = {instrument.outcome(planned.outcome).measure for planned in plan.outcomes if planned.headline}
    assert measures >= {1, 2, 3, 4, 5, 6}


def test_estimands_default_to_all_of_the_instrument(tmp_path):
    plan = load_plan(written(tmp_path, PLAN))
    assert plan.outcomes[0].estimands_of(load_instrument("partner-safety")) == ("experienced", "while_in_contact")


def test_syntax_errors_name_the_line(tmp_path):
    with pytest.raises(InputError, match="line 8"):
        load_plan(written(tmp_path, PLAN.replace("model: gee}", "model: gee")))


def test_all_schema_problems_come_at_once_with_lines(tmp_path):
    text = PLAN.replace('version: "1.0.0"', "version: one").replace("model: gee", "model: magic")
    with pytest.raises(FindingsError) as caught:
        load_plan(written(tmp_path, text))
    assert "line 3" in str(caught.value)
    assert "line 7" in str(caught.value)


def test_a_file_of_data_is_never_read_as_a_plan(tmp_path):
    """Else a slip of the command line would print answers in an error."""
    data = tmp_path / "waves.csv"
    data.write_text("person_id,notes\n1,CANARY\n", encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        load_plan(data)
    assert "CANARY" not in str(caught.value)


def test_what_is_wrong_in_a_plan_is_told_without_its_text(tmp_path):
    with pytest.raises(FindingsError) as caught:
        load_plan(written(tmp_path, "CANARY text of a questionnaire"))
    assert "CANARY" not in str(caught.value)


def test_an_unknown_outcome_is_named_with_the_known_ones(tmp_path):
    plan = load_plan(written(tmp_path, PLAN.replace("physical_any", "physical_anything")))
    with pytest.raises(FindingsError, match="physical_anything") as caught:
        plan.check_against(load_instrument("partner-safety"))
    assert "physical_any," in str(caught.value)


@pytest.mark.parametrize(("outcome", "model"), [("physical_any", "lmm"), ("physical_score", "gee")])
def test_a_model_must_fit_its_outcome(tmp_path, outcome, model):
    text = PLAN.replace("physical_any", outcome).replace("gee", model)
    with pytest.raises(FindingsError, match=model):
        load_plan(written(tmp_path, text)).check_against(load_instrument("partner-safety"))


@pytest.mark.parametrize("reference", ["no-such-plan", "../../etc/passwd", ""])
def test_unknown_plans_are_refused_with_the_known_ones(reference):
    with pytest.raises(UsageError, match="there is no plan"):
        load_plan(reference)
