"""Each instrument with a plan of its own: artificial data in, a sensible report out, without naming the plan."""

import json
import re

import pytest

from mirabal_toolkit.bundled import bundled_folder
from mirabal_toolkit.cli.main import exit_code_of

PEOPLE = "80"


def simulated(instrument, waves, folder):
    file = folder / f"{instrument}.sav"
    command = ["simulate", instrument, "--people", PEOPLE, "--waves", str(waves), "--seed", "3", "--out", str(file)]
    assert exit_code_of(command) == 0
    return str(file)


def analysed(folder, *arguments):
    out = folder / "report"
    command = ["analyse", *arguments, "--out", str(out), "--formats", "html", "--no-progress"]
    assert exit_code_of(command) == 0
    page = (out / "report.html").read_text(encoding="utf-8")
    text = re.sub(r"<[^>]+>", " ", re.sub(r"(?s)<(style|script|svg).*?</\1>", "", page))
    return text, json.loads((out / "results.json").read_text(encoding="utf-8"))["estimates"]


def kinds(rows):
    return {row["analysis"] for row in rows}


def two_outcomes(folder):
    """Return the plan of the children with two outcomes, and all that is done about those lost."""
    lines = (bundled_folder("analyses") / "children.yaml").read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if "outcome:" not in line or "child_safety_score" in line or "child_scared" in line]
    (folder / "two.yaml").write_text("\n".join(kept) + "\n", encoding="utf-8")
    return str(folder / "two.yaml")


def test_children(tmp_path):
    text, rows = analysed(tmp_path, simulated("child-parent", 3, tmp_path))
    assert "Children as their parent sees them" in text
    assert "reliability" in kinds(rows)
    assert {"imputed_change", "weighted_change", "tipping_point", "bounds", "attrition"} <= kinds(rows)
    assert "How far this depends on those who were lost" in text
    assert any(row["analysis"] == "model_contrast" and row["estimate"] is not None for row in rows)


def test_a_survey_in_several_countries_speaks_of_countries_and_not_of_change(tmp_path, capsys):
    text, rows = analysed(tmp_path, simulated("help-seeking", 1, tmp_path))
    assert {"group_level", "group_test", "group_difference"} <= kinds(rows)
    assert not {"paired_change", "model_contrast", "cochran_q"} & kinds(rows)
    assert "Each group by itself" in text
    assert "asked once" in text
    assert "before and after" not in text
    assert "Italy" in capsys.readouterr().out


def few_outcomes(folder):
    """Return the plan comparison-site with three outcomes, since each costs time."""
    kept = ("injured", "space_score", "feels_safe")
    lines = (bundled_folder("analyses") / "comparison-site.yaml").read_text(encoding="utf-8").splitlines()
    lines = [line for line in lines if "outcome:" not in line or any(f"outcome: {name}," in line for name in kept)]
    text = "\n".join(lines).replace("imputations: 30", "imputations: 5")
    (folder / "few.yaml").write_text(f"{text}\n", encoding="utf-8")
    return str(folder / "few.yaml")


def test_programme_and_comparison_site(tmp_path):
    programme, site = simulated("partner-safety", 2, tmp_path), simulated("comparison-site", 2, tmp_path)
    text, rows = analysed(tmp_path, programme, "--comparison", site, "--plan", few_outcomes(tmp_path))
    assert {"arm_level", "arm_difference", "balance", "e_value", "site_change"} <= kinds(rows)
    assert {row["model"] for row in rows if row["analysis"] == "reference_change"} >= {"jump-to-reference"}
    assert "The two groups side by side" in text
    assert "cannot be tested" in text
    assert "There is no comparison group" not in text
    models = {row["model"] for row in rows if row["analysis"] == "arm_difference"}
    assert {"lmm-random-intercept", "overlap-weighted"} <= models


@pytest.mark.slow
def test_the_default_plan_of_two_files(tmp_path):
    programme, site = simulated("partner-safety", 5, tmp_path), simulated("comparison-site", 5, tmp_path)
    text, rows = analysed(tmp_path, site, "--comparison", programme)
    assert len({row["outcome"] for row in rows if row["analysis"] == "arm_difference"}) > 10
    assert "With a programme" in text


@pytest.mark.slow
def test_a_comparison_site_alone_says_that_the_other_file_is_lacking(tmp_path):
    text, rows = analysed(tmp_path, simulated("comparison-site", 5, tmp_path))
    assert "arm_difference" not in kinds(rows)
    assert "Name the other file with --comparison" in text
    assert "There is no comparison group" in text


@pytest.mark.slow
@pytest.mark.parametrize(
    ("instrument", "waves"), [("partner-safety-short", 5), ("client-account", 5), ("training-feedback", 3)]
)
def test_further_plans_run_to_a_report_with_change(tmp_path, instrument, waves):
    _, rows = analysed(tmp_path, simulated(instrument, waves, tmp_path))
    assert {"paired_mean_change", "model_contrast", "mean"} <= kinds(rows)


def test_two_files_of_one_instrument_are_not_two_groups(tmp_path, capsys):
    file = simulated("child-parent", 3, tmp_path)
    assert exit_code_of(["analyse", file, "--comparison", file, "--out", str(tmp_path / "r")]) == 2
    assert "does not compare two files" in capsys.readouterr().err


def test_the_same_plan_on_the_same_data_gives_the_same_bytes(tmp_path):
    file, plan = simulated("child-parent", 3, tmp_path), two_outcomes(tmp_path)
    found = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        analysed(tmp_path / name, file, "--plan", plan, "--jobs", "1")
        found.append((tmp_path / name / "report" / "results.json").read_bytes())
    assert found[0] == found[1]


def test_a_plan_that_cannot_be_run_stops_before_any_model(tmp_path, capsys):
    file = simulated("partner-safety", 2, tmp_path)
    plan = tmp_path / "plan.yaml"
    plan.write_text(
        'format: "1"\nid: mine\nversion: "1.0.0"\ntitle: Mine\ninstrument: partner-safety\n'
        "comparison: {arm: P1, reference: site_a, treated: site_b}\n"
        "outcomes: [{outcome: injured, model: gee}]\n",
        encoding="utf-8",
    )
    out = tmp_path / "r"
    assert exit_code_of(["analyse", file, "--plan", str(plan), "--out", str(out)]) == 3
    assert "an arm has two" in capsys.readouterr().err
    assert not out.exists()
