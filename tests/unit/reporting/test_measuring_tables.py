"""Other models, reliability, items and two accounts, from simulated studies to the cells of the report."""

from dataclasses import replace

import pytest

from mirabal_toolkit.core.plan import Informants, PlannedOutcome
from mirabal_toolkit.disclosure.release import release
from mirabal_toolkit.instruments.loading import load_instrument
from mirabal_toolkit.models import analyse
from mirabal_toolkit.plans.loading import load_plan
from mirabal_toolkit.reporting.edition import Edition
from mirabal_toolkit.reporting.tables.shelf import all_tables
from mirabal_toolkit.reporting.words.english import ENGLISH
from mirabal_toolkit.reporting.words.english_measuring import MEASURING
from mirabal_toolkit.synthetic import Dropout, simulate
from mirabal_toolkit.workflow import clean, score

PLAN = replace(
    load_plan("steps-to-safety"),
    outcomes=(
        PlannedOutcome("injured", model="gee", headline=True),
        PlannedOutcome("respect_score", model="lmm", headline=True),
    ),
    panel_models=("entity", "random_effects", "within_between"),
    time_varying=("B2",),
    measurement=("safety",),
    informants=Informants("client-account", (("injured", "own_injured"), ("respect_score", "own_respect_score"))),
    missing_data=None,
    power=None,
    subgroups=(),
    cluster=None,
)


def panel_of(instrument, seed):
    study = simulate(load_instrument(instrument), people=120, waves=2, seed=seed, dropout=Dropout(missed=0.2))
    return score(clean(study.waves)).to_panel()


@pytest.fixture(scope="module")
def results():
    return analyse(panel_of("partner-safety", 1), PLAN, versions={}, second=panel_of("client-account", 2))


@pytest.fixture(scope="module")
def tables(results):
    return {table.id: table for table in all_tables(Edition(release(results, "internal")))}


def estimate(results, **parts):
    frame = results.estimates.frame
    for name, value in parts.items():
        frame = frame[frame[name] == value]
    assert len(frame)
    return frame.iloc[0]


def cell(table, group, row, column):
    place = [found.key for found in table.columns].index(column)
    rows = next(found.rows for found in table.groups if group in found.label)
    return next(found.cells[place] for found in rows if row in found.cells[0].text)


def test_every_way_of_modelling_stands_beside_the_main_one(results, tables):
    table = tables["other-models"]
    for column, model in (("entity", "panel-entity"), ("random_effects", "panel-random_effects")):
        row = estimate(results, analysis="panel_model", outcome="injured", model=model)
        assert cell(table, "3 ", "injured", column).value == row["estimate"]
    main = estimate(results, analysis="model_contrast", outcome="injured", scale="percentage_points")
    assert cell(table, "3 ", "injured", "main").value == main["estimate"]


def test_what_goes_with_contact_is_looked_at_while_in_contact(results, tables):
    row = estimate(results, analysis="within_between", outcome="injured")
    assert row["estimand"] == "while_in_contact"
    found = cell(tables["within-between"], "ratio of odds", "Contact with him", "within")
    assert found.value == row["estimate"]
    assert any("points" in group.label for group in tables["within-between"].groups)


def test_reliability_by_wave(results, tables):
    row = estimate(results, analysis="reliability", outcome="safety", term="alpha", wave=2)
    assert cell(tables["reliability"], "safety", "3 months", "alpha").value == row["estimate"]
    assert cell(tables["reliability"], "safety", "Start", "omega").text == "n < 200"
    assert any("factor model" in note.text for note in tables["reliability"].notes)


def test_items_say_whether_they_work_alike(results, tables):
    row = estimate(results, analysis="item_statistic", outcome="H2", term="item_rest", wave=1)
    assert cell(tables["items"], "safety", "H2", "first").value == row["estimate"]
    rows = results.estimates.frame.query("analysis == 'dif' and outcome == 'H2'")
    assert cell(tables["items"], "safety", "H2", "dif_wave").value == pytest.approx(rows["estimate"].max())


def test_both_accounts_side_by_side(results, tables):
    hers = estimate(results, analysis="paired_change", outcome="injured", term="change")
    his = estimate(results, analysis="second_paired_change", outcome="own_injured", term="change")
    assert cell(tables["accounts"], "injured", "Partner safety", "change").value == hers["estimate"]
    assert cell(tables["accounts"], "injured", "client-account", "change").value == his["estimate"]
    kappa = estimate(results, analysis="agreement", outcome="injured", term="kappa", wave=1)
    assert cell(tables["agreement-accounts"], "injured", "Start", "kappa").value == kappa["estimate"]
    low = estimate(results, analysis="agreement", outcome="respect_score", term="limit_low", wave=2)
    assert cell(tables["agreement-scores"], "Respect", "3 months", "limits").bounds[0] == low["estimate"]


def test_a_public_report_shows_no_couple(results):
    public = {table.id: table for table in all_tables(Edition(release(results, "public")))}
    numbers = [
        found
        for name in ("agreement-accounts", "agreement-scores")
        for row in public[name].rows
        for found in row.cells[1:]
        if found.value is not None or found.bounds is not None
    ]
    assert numbers == []


def test_every_phrase_is_in_the_catalogue():
    assert MEASURING.items() <= ENGLISH.items()
