"""Tables say what the released estimates say, and nothing that was hidden."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from typing import Any

import pytest

from mirabal_toolkit.core.frames import SealedFrame
from mirabal_toolkit.core.instrument import Instrument
from mirabal_toolkit.core.plan import AnalysisPlan, PlannedOutcome
from mirabal_toolkit.core.results import ReleasableResults, estimates_frame
from mirabal_toolkit.errors import UsageError
from mirabal_toolkit.reporting.edition import Edition
from mirabal_toolkit.reporting.tables import build_table
from mirabal_toolkit.reporting.tables.answers import answers_id
from mirabal_toolkit.reporting.tables.render_csv import render_csv
from mirabal_toolkit.reporting.tables.shelf import all_tables
from mirabal_toolkit.reporting.tables.spec import Table

OUTCOME = {"outcome": "injured", "estimand": "experienced", "indicator": "category", "population": "all_started"}


def texts(table: Table, row: int = 0) -> dict[str, str]:
    found = list(table.rows)[row]
    return {column.key: cell.text for column, cell in zip(table.columns, found.cells, strict=True)}


@pytest.fixture
def by_hand(released: ReleasableResults, instrument: Instrument) -> ReleasableResults:
    """One indicator, with numbers that can be checked by eye."""
    rows: list[dict[str, Any]] = [
        {**OUTCOME, "analysis": "prevalence", "wave": 1, "scale": "percent", "estimate": 60.83, "conf_low": 51.9,
         "conf_high": 69.1, "count": 73, "n_obs": 120, "n_universe": 120},
        {**OUTCOME, "analysis": "prevalence", "wave": 2, "scale": "percent", "n_obs": 100,
         "flags": ("suppressed", "few")},
        {**OUTCOME, "analysis": "prevalence", "wave": 3, "scale": "percent", "n_obs": 90,
         "flags": ("suppressed", "all_but_few")},
        {**OUTCOME, "analysis": "prevalence", "wave": 4, "scale": "percent", "n_obs": 5, "flags": ("suppressed",)},
        {**OUTCOME, "analysis": "prevalence", "wave": 5, "scale": "percent", "estimate": 0.0, "conf_low": 0.0,
         "conf_high": 4.5, "count": 0, "n_obs": 65, "n_universe": 65, "flags": ("zero_cell",)},
        {**OUTCOME, "analysis": "paired_change", "term": "before", "wave": 1, "contrast": "w5 - w1", "estimate": 62.9,
         "conf_low": 50.5, "conf_high": 73.8, "count": 39, "n_obs": 62, "scale": "percent"},
        {**OUTCOME, "analysis": "paired_change", "term": "after", "wave": 5, "contrast": "w5 - w1", "estimate": 0.0,
         "conf_low": 0.0, "conf_high": 4.7, "count": 0, "n_obs": 62, "scale": "percent", "flags": ("zero_cell",)},
        {**OUTCOME, "analysis": "paired_change", "term": "change", "contrast": "w5 - w1", "estimate": -62.9,
         "conf_low": -73.8, "conf_high": -49.6, "p_value": 3.6e-12, "n_obs": 62, "scale": "percentage_points"},
        {"analysis": "retention", "outcome": "interviewed", "wave": 5, "estimate": 54.2, "count": 65, "n_obs": 120,
         "scale": "percent"},
    ]  # fmt: skip
    plan = replace(
        released.plan, outcomes=(PlannedOutcome("injured", ("experienced",), headline=True),), distributions=()
    )
    frame = SealedFrame(estimates_frame(rows))
    return replace(released, instrument=instrument, plan=plan, estimates=frame)


def test_before_after_gives_both_ends_the_change_its_interval_p_and_n(by_hand: ReleasableResults) -> None:
    assert texts(build_table(by_hand, "before-after")) == {
        "indicator": "Physically injured",
        "n_before": "120",
        "before": "61",
        "n_after": "65",
        "after": "0 (≤ 4)",
        "n_both": "62",
        "before_both": "63",
        "after_both": "0 (≤ 5)",
        "change": "−63",
        "change_conf": "−74 to −50",
        "p": "<0.001",
    }


def test_headline_gives_counts_with_percents(by_hand: ReleasableResults) -> None:
    row = texts(build_table(by_hand, "headline"))
    assert row["before"] == "61% (73 of 120)"
    assert row["after"] == "0% (0 of 65; ≤ 4%)"


def test_hidden_shares_say_only_what_the_gate_allows(by_hand: ReleasableResults) -> None:
    row = texts(build_table(by_hand, "by-wave"))
    assert row["w2"] == "fewer than 5 of 100"
    assert row["w3"] == "all but fewer than 5 of 90"
    assert row["w4"] == "hidden"
    assert row["w1_conf"] == "52 to 69"
    assert {row["w2_conf"], row["w3_conf"], row["w4_conf"]} == {"–"}


def test_bounds_count_everybody_not_reached_on_either_side(by_hand: ReleasableResults) -> None:
    assert texts(build_table(by_hand, "bounds")) == {
        "indicator": "Physically injured",
        "answered": "65 of 120",
        "observed": "0",
        "lowest": "0",
        "highest": "46",  # 55 of 120
    }


def test_bounds_are_not_given_where_an_indicator_does_not_apply_to_all(by_hand: ReleasableResults) -> None:
    frame = by_hand.estimates.frame
    frame.loc[(frame["wave"] == 5) & (frame["analysis"] == "prevalence"), "n_universe"] = 40
    partial = replace(by_hand, estimates=SealedFrame(frame))
    with pytest.raises(UsageError, match="there is no table “bounds”"):
        build_table(partial, "bounds")


def test_csv_of_a_table_holds_the_numbers_behind_the_text(by_hand: ReleasableResults) -> None:
    data = render_csv(build_table(by_hand, "before-after")).decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(data))
    assert float(row["before"]) == 60.83
    assert (float(row["change_conf_low"]), float(row["change_conf_high"])) == (-73.8, -49.6)
    assert float(row["p"]) == 3.6e-12


def test_all_tables_are_there(released: ReleasableResults) -> None:
    ids = [table.id for table in all_tables(Edition(released))]
    assert ids == [
        "headline",
        "participant-flow",
        "before-after",
        "before-after-scores",
        "by-wave",
        "by-wave-scores",
        "model",
        "model-parameters",
        "model-detail",
        "bounds",
        "cleaning",
        "findings",
        "provenance",
        f"answers-{answers_id('H1', Edition(released))}",
    ]


def test_every_planned_indicator_stands_in_the_before_after_tables(released: ReleasableResults) -> None:
    rows = [*build_table(released, "before-after").rows, *build_table(released, "before-after-scores").rows]
    assert len(rows) == len(Edition(released).indicators)


def test_scores_change_in_points(released: ReleasableResults) -> None:
    edition = Edition(released)
    table = build_table(released, "before-after-scores")
    one = next(one for one in edition.indicators if one.outcome.id == "space_score")
    row = next(row for row in table.rows if row.cells[0].text == edition.label(one))
    change = edition.paired(one).change
    assert change is not None
    assert row.cells[8].value == change.estimate


def test_hidden_numbers_stand_nowhere_in_any_table(released: ReleasableResults) -> None:
    edition = Edition(released)
    hidden = {
        (row["outcome"], row["estimand"])
        for row in released.estimates.frame.to_dict("records")
        if row["analysis"] == "paired_change" and row["term"] == "change" and "suppressed" in row["flags"]
    }
    assert hidden
    for one in edition.indicators:
        if (one.outcome.id, one.estimand) in hidden:
            row = next(
                row for row in build_table(released, "before-after").rows if row.cells[0].text == edition.label(one)
            )
            shown = [cell for cell in row.cells[8:] if cell.value is not None or cell.bounds]
            assert not shown
            assert row.cells[8].text == "hidden"


def test_no_table_of_people_has_numbers_below_the_threshold(released: ReleasableResults) -> None:
    for name in ("participant-flow", "before-after", "by-wave"):
        table = build_table(released, name)
        for row in table.rows:
            for column, cell in zip(table.columns, row.cells, strict=True):
                if column.key.startswith("n_") or (name == "participant-flow" and "%" not in row.cells[0].text):
                    assert cell.value is None or cell.value == 0 or cell.value >= released.profile.threshold


def test_answers_show_missing_reasons_apart(internal: ReleasableResults) -> None:
    table = build_table(internal, f"answers-{answers_id('H1', Edition(internal))}")
    assert [group.label for group in table.groups] == [
        "Answers (% of those who answered)",
        "No answer (number of women)",
    ]
    shares = [row.cells[2].value for row in table.groups[0].rows[:-1]]
    assert sum(share or 0.0 for share in shares) == pytest.approx(100)
    answered = sum(row.cells[1].value or 0.0 for row in table.groups[0].rows[:-1])
    assert table.groups[0].rows[-1].cells[1].value == answered


def test_flow_adds_up(internal: ReleasableResults) -> None:
    rows = {
        row.cells[0].text: [cell.value or 0.0 for cell in row.cells[1:]]
        for row in build_table(internal, "participant-flow").rows
    }
    lost = [rows[name] for name in ("Not reached, or did not want to talk", "Not safe to contact", "Withdrew")]
    for wave in range(5):
        assert rows["In the study"][wave] == rows["Interviewed"][wave] + sum(reason[wave] for reason in lost)


def test_model_table_gives_percents_first_and_odds_ratios_apart(internal: ReleasableResults) -> None:
    assert not any("odds" in column.header.lower() for column in build_table(internal, "model").columns)
    first = next(iter(build_table(internal, "model").rows))
    assert re.fullmatch(r"\d+ \(\d+ to \d+\)", first.cells[1].text)
    assert [column.key for column in build_table(internal, "model-parameters").columns][2] == "odds_ratio"


def test_flags_become_marks_with_notes(internal: ReleasableResults) -> None:
    table = build_table(internal, "model")
    marks = {mark for row in table.rows for cell in row.cells for mark in cell.marks}
    assert marks == {"a"}
    assert [note.text for note in table.notes if note.mark == "a"] == [
        "Fitted with a penalty, because at one wave nobody, or everybody, was counted."
    ]


def test_an_unknown_table_is_refused_with_the_names_there_are(released: ReleasableResults) -> None:
    with pytest.raises(UsageError, match="there is no table") as caught:
        build_table(released, "nonsense")
    assert "before-after" in str(caught.value)


def test_findings_are_told_in_sentences_and_count_only_what_was_counted(released: ReleasableResults) -> None:
    told = released.findings.frame.assign(message="13 row(s) repeat a person", count=[13, 0])
    table = build_table(replace(released, findings=SealedFrame(told)), "findings")
    assert [row.cells[0].text for row in table.rows] == ["13 rows repeat a person"] * 2
    assert [row.cells[3].text for row in table.rows] == ["13", "–"]


def test_a_plan_without_outcomes_gives_no_empty_tables(released: ReleasableResults) -> None:
    plan: AnalysisPlan = replace(released.plan, outcomes=(), distributions=())
    frame = released.estimates.frame
    kept = replace(released, plan=plan, estimates=SealedFrame(frame[frame["analysis"] == "retention"]))
    ids = {table.id for table in all_tables(Edition(kept))}
    assert ids == {"participant-flow", "cleaning", "findings", "provenance"}
