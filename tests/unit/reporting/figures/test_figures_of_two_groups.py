"""Love plot and forest: every row says of how many women it speaks, and no number stands for one group alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from mirabal_toolkit.core.frames import SealedFrame
from mirabal_toolkit.core.plan_sections import Comparison
from mirabal_toolkit.core.results import ReleasableResults, Results, estimates_frame
from mirabal_toolkit.disclosure.release import release
from mirabal_toolkit.reporting.edition import Edition
from mirabal_toolkit.reporting.figures.dots import forest, love_plot
from mirabal_toolkit.reporting.figures.gallery import all_figures
from mirabal_toolkit.reporting.figures.spec import Sheet

ARMS = Comparison(
    arm="file",
    reference="comparison-site",
    treated="partner-safety",
    design="non-randomised",
    weights="overlap",
    propensity=(),
)


def _balance() -> list[dict[str, Any]]:
    base = {
        "analysis": "balance",
        "outcome": "physical_any",
        "estimand": "experienced",
        "population": "all_started",
        "wave": 1,
    }
    share = {**base, "scale": "percent"}
    apart = {**base, "scale": "standard_deviations", "n_persons": 120, "n_obs": 120}
    return [
        {**share, "term": "reference", "estimate": 50.0, "count": 20, "n_obs": 40, "n_persons": 40},
        {**share, "term": "treated", "estimate": 75.0, "count": 60, "n_obs": 80, "n_persons": 80},
        {**apart, "term": "difference", "estimate": 0.31},
        {**apart, "term": "difference_weighted", "estimate": 0.0, "model": "overlap-weighted"},
    ]


def _difference() -> dict[str, Any]:
    return {
        "analysis": "arm_difference",
        "outcome": "physical_any",
        "estimand": "experienced",
        "population": "all_started",
        "contrast": "w5 - w1",
        "scale": "percentage_points",
        "estimate": -12.0,
        "conf_low": -20.0,
        "conf_high": -4.0,
        "n_obs": 300,
        "n_persons": 120,
        "df": 60.0,
    }


@pytest.fixture(scope="module")
def compared(few_results: Results) -> ReleasableResults:
    more = estimates_frame([*_balance(), _difference()])
    frame = pd.concat([few_results.estimates.frame, more], ignore_index=True)
    plan = replace(few_results.plan, comparison=ARMS)
    return release(replace(few_results, plan=plan, estimates=SealedFrame(frame)), "internal")


def _words(sheet: Sheet, texts_of: Callable[[Sheet], Any]) -> list[str]:
    return [text for text, _ in texts_of(sheet)[0]]


def test_a_love_plot_says_how_many_women_of_both_groups(
    compared: ReleasableResults, texts_of: Callable[[Sheet], Any]
) -> None:
    (sheet,) = love_plot(Edition(compared))
    words = _words(sheet, texts_of)
    assert "n 40, 80" in words
    assert "without a programme and with a programme" in " ".join(words)
    (row,) = sheet.numbers.rows
    assert [cell.text for cell in row.cells[-2:]] == ["40", "80"]
    assert [column.header for column in sheet.numbers.columns[-2:]] == ["n, without a programme", "n, with a programme"]


def test_where_one_group_is_hidden_the_other_is_not_shown_alone(
    compared: ReleasableResults, texts_of: Callable[[Sheet], Any]
) -> None:
    frame = compared.estimates.frame.copy()
    frame.loc[(frame["analysis"] == "balance") & (frame["term"] == "treated"), ["n_persons", "n_obs", "count"]] = None
    (sheet,) = love_plot(Edition(replace(compared, estimates=SealedFrame(frame))))
    assert not [text for text in _words(sheet, texts_of) if text.startswith("n 40")]
    (row,) = sheet.numbers.rows
    assert [cell.text for cell in row.cells[-2:]] == ["–", "–"]


def test_a_forest_says_how_many_women_are_in_the_model(
    compared: ReleasableResults, texts_of: Callable[[Sheet], Any]
) -> None:
    (sheet,) = forest(Edition(compared))
    assert "n 120" in _words(sheet, texts_of)


def test_what_a_figure_of_scores_measures_is_not_called_a_percent(
    few: ReleasableResults, texts_of: Callable[[Sheet], Any]
) -> None:
    sheets = {sheet.id: _words(sheet, texts_of) for sheet in all_figures(Edition(few)) if "trajectories" in sheet.id}
    said = {name: " ".join(words) for name, words in sheets.items()}
    assert "Average score, from 0 to 100," in said["trajectories-2"]
    assert "Percent of the women who answered at each wave" in said["trajectories-6"]
    # Alone under a title that names it, a panel is not named again.
    assert not [words for words in sheets["trajectories-2"] if words == "Space for action, 0–100"]
