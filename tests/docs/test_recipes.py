"""The recipes of CONTRIBUTING.md, followed step by step."""

import re
from dataclasses import replace

import pytest

from mirabal_toolkit.cli.main import exit_code_of
from mirabal_toolkit.core import results
from mirabal_toolkit.core.plan import PlannedOutcome
from mirabal_toolkit.core.results import estimates_frame
from mirabal_toolkit.disclosure import estimates as protection
from mirabal_toolkit.disclosure.profiles import PROFILES
from mirabal_toolkit.instruments.loading import load_instrument, reference_path
from mirabal_toolkit.models.measured import measure, started
from mirabal_toolkit.plans.loading import load_plan
from mirabal_toolkit.reporting.edition import Edition
from mirabal_toolkit.reporting.words import catalogue
from mirabal_toolkit.reporting.words.languages.reading import language_from, read_language
from mirabal_toolkit.workflow import analyse, clean, read, release, score
from mirabal_toolkit.workflow_data import simulate_file


@pytest.fixture(scope="module")
def recipes(root):
    text = (root / "CONTRIBUTING.md").read_text(encoding="utf-8")
    found = re.findall(r"^```\w+\n# recipe: (\w+)\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)
    return dict(found)


def test_every_recipe_is_followed_here(recipes):
    assert set(recipes) == {"item", "outcome", "changes", "estimate", "table", "language", "phrases"}


@pytest.fixture
def versions(tmp_path):
    """A folder with the version that was used, and the text of it to go on from."""
    old = reference_path("training-feedback")
    folder = tmp_path / "training-feedback"
    folder.mkdir()
    text = old.read_text(encoding="utf-8")
    (folder / "1.0.0.yaml").write_text(text, encoding="utf-8")
    return folder, text.replace('version: "1.0.0"', 'version: "1.1.0"')


def test_a_question_is_added(recipes, versions, capsys):
    folder, text = versions
    new = folder / "1.1.0.yaml"
    end_of_block = re.search(r"  - id: P\n.*?\n(?=\n  - id: )", text, flags=re.DOTALL)
    text = text.replace(end_of_block[0], end_of_block[0] + recipes["item"])
    text = text.replace("outcomes:\n", "outcomes:\n" + recipes["outcome"], 1)
    new.write_text(text.replace("changes: []\n", recipes["changes"]), encoding="utf-8")
    assert exit_code_of(["instruments", "lint", str(new)]) == 0, capsys.readouterr().out
    assert "sound" in capsys.readouterr().out
    instrument = load_instrument(new)
    assert instrument.item("TF_P5").block == "P"
    assert instrument.outcome("asks_about_children").kind == "binary"


def test_a_question_that_is_not_in_the_log_of_changes_is_noticed(recipes, versions):
    folder, text = versions
    new = folder / "1.1.0.yaml"
    end_of_block = re.search(r"  - id: P\n.*?\n(?=\n  - id: )", text, flags=re.DOTALL)
    new.write_text(text.replace(end_of_block[0], end_of_block[0] + recipes["item"]), encoding="utf-8")
    assert exit_code_of(["instruments", "lint", str(new)]) == 3


@pytest.fixture(scope="module")
def panel(tmp_path_factory):
    file = tmp_path_factory.mktemp("recipes") / "waves.csv"
    simulate_file("partner-safety-short", file, people=40, waves=3, seed=7)
    return score(clean(read(file))).to_panel()


@pytest.fixture(scope="module")
def plan():
    kept = (PlannedOutcome("injured", headline=True), PlannedOutcome("harm_score"))
    return replace(load_plan("short-form"), outcomes=kept, cluster=None)


def records_of(recipes, panel, plan):
    space = {}
    exec(recipes["estimate"], space)  # noqa: S102 - the recipe's own code
    planned = plan.outcomes[0]
    injured = measure(panel, plan, planned, "experienced", started(panel))
    score_outcome = measure(panel, plan, plan.outcomes[1], "experienced", started(panel))
    assert list(space["ever"](score_outcome)) == []
    return list(space["ever"](injured)), injured


def test_an_estimate_is_added(recipes, panel, plan, monkeypatch):
    records, injured = records_of(recipes, panel, plan)
    by_hand = [int((row.dropna() == 1).any()) for _, row in injured.values.iterrows() if row.notna().any()]
    assert (records[0]["count"], records[0]["n_persons"]) == (sum(by_hand), len(by_hand))
    with pytest.raises(Exception, match="ever"):
        estimates_frame(records)
    monkeypatch.setitem(results.ANALYSES, "ever", "people to whom it ever happened")
    frame = estimates_frame(records)
    monkeypatch.setattr(protection, "COUNTED", protection.COUNTED | {"ever"})
    few = frame.assign(count=2.0)
    hidden = protection.protect_estimates(few, PROFILES["funder"], plan)
    assert hidden["estimate"].isna().all()
    shown = protection.protect_estimates(frame.assign(count=13.0, n_persons=40, n_obs=40), PROFILES["funder"], plan)
    assert shown["count"].tolist() == [15.0]
    assert shown["estimate"].tolist() == [37.5]


def test_a_table_is_added(recipes, panel, plan, monkeypatch):
    records, _ = records_of(recipes, panel, plan)
    monkeypatch.setitem(results.ANALYSES, "ever", "people to whom it ever happened")
    monkeypatch.setattr(protection, "COUNTED", protection.COUNTED | {"ever"})
    found = analyse(panel, plan=plan)
    assert build(recipes, release(found)).is_empty
    rows = estimates_frame([*found.estimates.frame.to_dict("records"), *records])
    with_it = replace(found, estimates=type(found.estimates)(rows))
    table = build(recipes, release(with_it))
    (row,) = table.rows
    assert row.cells[0].text == "Physically injured"
    assert "%" in row.cells[1].text


def build(recipes, released):
    space = {}
    exec(recipes["table"], space)  # noqa: S102 - the recipe's own code
    return space["ever_table"](Edition(released))


def test_a_language_is_added(recipes, versions, capsys):
    folder, text = versions
    declared = text.replace("languages:\n  en: {name: English, status: original}\n", recipes["language"])
    new = folder / "1.1.0.yaml"
    new.write_text(declared, encoding="utf-8")
    assert [language.code for language in load_instrument(new).languages] == ["en", "cy"]
    assert exit_code_of(["instruments", "lint", str(new)]) == 3
    assert capsys.readouterr().out.count("is not in “cy”") > 30


def test_phrases_of_a_language_are_added(recipes, monkeypatch):
    welsh = language_from(recipes["phrases"], "cy.yaml")
    monkeypatch.setattr(catalogue, "read_language", lambda code: welsh if code == "cy" else read_language(code))
    assert catalogue.phrase("count_of", "cy", count="5", n="60") == "5 o 60"
    assert catalogue.phrase("header_indicator", "cy") == catalogue.phrase("header_indicator", "en")
    assert welsh.draft
    assert welsh.about_others("Menywod") == "Pobl"
