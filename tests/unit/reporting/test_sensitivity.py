"""The report says what those who were lost could change, and tells loss by chance from loss that goes with harm."""

import re
from dataclasses import replace

import numpy as np
import pytest

from mirabal_toolkit import workflow
from mirabal_toolkit.core.frames import SealedFrame
from mirabal_toolkit.core.plan import MissingData
from mirabal_toolkit.panel.flow import flow_by_wave
from mirabal_toolkit.plans.loading import load_plan
from mirabal_toolkit.reporting.documents.outline import make_outline
from mirabal_toolkit.reporting.edition import Edition
from mirabal_toolkit.reporting.figures.tipping_point import imputation_traces, tipping_points
from mirabal_toolkit.reporting.standing import standing_of
from mirabal_toolkit.reporting.tables.attrition import attrition, drop_out, imputation, lost_and_retained, worse_off
from mirabal_toolkit.reporting.tables.before_after import headline
from mirabal_toolkit.reporting.tables.sensitivity import sensitivity
from mirabal_toolkit.reporting.words.limitations import limitations
from mirabal_toolkit.reporting.words.methods import methods
from mirabal_toolkit.reporting.words.sensitivity import turning_points, what_it_changes, who_was_lost

LAST = 5
KEPT = ("space_score", "physical_any", "intimidation_any", "coercion_score", "money_control", "feels_safe")


@pytest.fixture(scope="module")
def panel():
    """The bundled (artificial) export as a panel."""
    return workflow.score(workflow.clean(workflow.read(workflow.example_export()))).to_panel()


@pytest.fixture(scope="module")
def plan():
    whole = load_plan("steps-to-safety")
    outcomes = tuple(replace(one, beside=()) for one in whole.outcomes if one.outcome in KEPT)
    asked = MissingData(imputations=20, iterations=5)
    lean = replace(whole, outcomes=outcomes, missing_data=asked, distributions=(), measurement="none")
    return replace(lean, panel_models=(), subgroups=(), cluster=None, power=None)


def interviewed_last(panel):
    status = panel.status.frame["status"].xs(LAST, level="wave")
    return status.index[status == "interviewed"]


def without(panel, people):
    """Return the panel as if `people` had not been reached at the last wave."""
    rows = [(person, LAST) for person in people]

    def emptied(sealed, value):
        frame = sealed.frame.copy()
        frame.loc[rows, :] = value
        return SealedFrame(frame)

    status = emptied(panel.status, "wave_missed")
    return replace(
        panel,
        scores=emptied(panel.scores, np.nan),
        universe=emptied(panel.universe, False),
        answers=emptied(panel.answers, np.nan),
        reasons=emptied(panel.reasons, "wave_missed"),
        status=status,
        flow=SealedFrame(flow_by_wave(status.frame)),
    )


def edition_of(panel, plan, profile="internal"):
    return Edition(workflow.release(workflow.analyse(panel, plan), profile))


@pytest.fixture(scope="module")
def by_chance(panel, plan):
    """Half of the last wave deleted at random."""
    seen = interviewed_last(panel)
    return edition_of(without(panel, np.random.default_rng(5).permutation(seen)[: len(seen) // 2]), plan)


@pytest.fixture(scope="module")
def by_harm(panel, plan):
    """The half with most abuse at the last wave deleted."""
    seen = interviewed_last(panel)
    scores = panel.scores.frame.xs(LAST, level="wave").loc[seen]
    harm = scores[["coercion_score.experienced", "intimidation_score.experienced", "physical_score.experienced"]]
    worst = harm.sum(axis=1).sort_values(ascending=False, kind="stable").index
    return edition_of(without(panel, worst[: len(seen) // 2]), plan)


@pytest.fixture(scope="module")
def whole(panel, plan):
    return workflow.analyse(panel, plan)


@pytest.fixture(scope="module")
def internal(whole):
    return Edition(workflow.release(whole, "internal"))


@pytest.fixture(scope="module")
def funder(whole):
    return Edition(workflow.release(whole, "funder"))


def row_of(table, label):
    return next(row for row in table.rows if row.cells[0].text == label)


def test_loss_by_chance_and_loss_that_goes_with_harm_are_told_apart_in_words(by_chance, by_harm):
    chance, harm = who_was_lost(by_chance), who_was_lost(by_harm)
    assert "had not been doing clearly worse or better" in chance
    assert "do not show that loss went with how women were doing" in chance
    assert "They had been worse off at their last interview before" in harm
    assert "chance alone hardly explains this loss" in harm
    assert "Coercion and control, 0–100 (+" in harm
    # what no data can tell is said both times
    assert "what became of women after their last interview is not in them" in chance
    assert "if those lost fared worse than their earlier answers foretell" in harm


def test_filling_in_moves_more_where_loss_goes_with_harm(by_chance, by_harm):
    moves = {}
    for name, edition in (("chance", by_chance), ("harm", by_harm)):
        one = next(one for one in edition.indicators if one.outcome.id == "coercion_score")
        found = standing_of(one, edition)
        moves[name] = abs(found.imputed.estimate - found.pairs.estimate)
    assert moves["harm"] > moves["chance"] + 3
    assert any("Coercion and control, 0–100" in text for text in what_it_changes(by_harm)[1:])


def test_the_counts_in_words_add_up(internal):
    verdicts = [standing_of(one, internal).verdict for one in internal.indicators if one.first and one.headline]
    text = what_it_changes(internal)[0]
    clear = verdicts.count("holds") + verdicts.count("turns")
    assert f"Of {len(verdicts)} headline indicators, {clear} show a clear change" in text
    assert "unknown" not in verdicts
    assert "Some show no clear change to begin with: He controlled her money." in text


def test_the_summary_says_how_far_it_depends_on_those_lost(internal):
    sections = {section.id: section for section in make_outline(internal, {}, {}).sections}
    texts = [getattr(block, "text", "") for block in sections["summary"].blocks]
    place = texts.index("How far this depends on those who were lost")
    assert texts[place + 1].startswith(what_it_changes(internal)[0])
    assert list(sections).index("sensitivity") < list(sections).index("limitations")


def test_every_turning_point_is_told_with_both_levels(internal):
    sentences = turning_points(internal)
    coercion = next(text for text in sentences if text.startswith("Coercion and control"))
    one = next(one for one in internal.indicators if one.outcome.id == "coercion_score")
    found = standing_of(one, internal)
    assert f"were {found.shift.estimate:.0f} points higher at 12 months" in coercion
    assert f"({found.at_turn.estimate:.0f} instead of {found.expected.estimate:.0f})" in coercion
    assert sentences[-1].startswith("Whatever the women lost would have said")


def test_one_table_sets_all_assumptions_side_by_side(internal):
    table = sensitivity(internal)
    assert [column.key for column in table.columns] == [
        *("indicator", "n_main", "main", "n_pairs", "pairs", "n_imputed", "imputed", "n_weighted", "weighted"),
        *("turns", "bounds", "conclusion"),
    ]
    row = row_of(table, "Coercion and control, 0–100")
    for place in (2, 4, 6, 8):
        low, high = row.cells[place].bounds
        assert low < row.cells[place].value < high < 0
    assert row.cells[3].value < row.cells[5].value == 120
    lowest, highest = row.cells[10].bounds
    assert lowest < row.cells[6].value < highest
    assert row.cells[11].text.startswith("turns at +")


def test_every_headline_row_carries_its_sensitivity(internal):
    table = headline(internal)
    assert table.columns[-1].key == "if_lost_differ"
    words = {row.cells[0].text: row.cells[-1].text for row in table.rows}
    assert len(words) == len(KEPT)
    assert words["Any physical harm"] == "holds"
    assert words["He controlled her money"] == "no clear change"


def test_the_tables_about_loss_have_their_rows(internal):
    assert row_of(attrition(internal), "Everybody who started").cells[2].text == "47% (56 of 120)"
    assert len(list(worse_off(internal).rows)) == LAST
    assert any("Age" in row.cells[0].text for row in lost_and_retained(internal).rows) is False
    labels = [row.cells[0].text for row in drop_out(internal).rows]
    assert labels[0].endswith("10 points more at her last answer")
    assert "An answer at the wave before" in labels
    assert len(list(imputation(internal).rows)) == len(KEPT)


def test_figures_show_where_each_conclusion_turns(internal):
    (sheet,) = tipping_points(internal)
    assert "Coercion and control, 0–100: turns at +" in sheet.alt
    assert re.search(r"Any physical harm: never turns; n 1[12]\d\.", sheet.alt)
    assert len(list(sheet.numbers.rows)) > 8 * len(KEPT)
    (trace,) = imputation_traces(internal)
    assert len(list(trace.numbers.rows)) >= 5 * len(KEPT)


def test_methods_and_limits_say_what_was_done(by_harm, internal):
    text = " ".join(methods(internal))
    assert "filled in 20 times by chained equations" in text
    assert "neither was anything after a death" in text
    depends = any(standing_of(one, by_harm).verdict == "method" for one in by_harm.indicators if one.first)
    assert depends == any("depends on how those lost are treated" in limit for limit in limitations(by_harm))


def test_what_is_released_gives_no_count_of_few_and_no_single_weight(funder):
    rows = funder.lookup.every("weights")
    assert all(row.hidden for row in rows if row.term in ("smallest", "largest"))
    assert not any(row.hidden for row in rows if row.term == "median")
    for row in (*funder.lookup.every("attrition"), *funder.lookup.every("lost_and_retained")):
        assert row.count is None or row.count % 5 == 0
        assert row.n_obs is None or row.n_obs % 5 == 0
    for row in funder.lookup.every("bounds"):
        assert row.estimate is None or row.scale != "percentage_points" or row.estimate == round(row.estimate)


def test_a_plan_that_does_not_ask_gets_nothing(panel, plan):
    edition = edition_of(panel, replace(plan, missing_data=None, outcomes=plan.outcomes[:1]))
    assert sensitivity(edition).is_empty
    assert tipping_points(edition) == ()
    assert headline(edition).columns[-1].key != "if_lost_differ"


def test_sites_stand_in_their_order_and_are_compared_in_a_row_of_their_own(panel, plan):
    sites = replace(plan, outcomes=plan.outcomes[:1], cluster=load_plan("steps-to-safety").cluster)
    edition = edition_of(panel, replace(sites, missing_data=MissingData(imputations=5, iterations=2)))
    *members, compared = attrition(edition).groups[1].rows
    assert [row.cells[-1].value for row in members] == [None] * 4
    assert compared.cells[0].text == "Difference between these"
    assert 0 < compared.cells[-1].value < 1
    labels = [row.cells[0].text for row in drop_out(edition).rows if "Site" in row.cells[0].text]
    assert labels == sorted(labels)
    assert len(labels) == 3
