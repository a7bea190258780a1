"""ARCHITECTURE.md is true: its rooms and files exist, and the answer it follows goes the way it says."""

import re

import pyreadstat
import pytest

import mirabal_toolkit as mt
from mirabal_toolkit.core.plan import AnalysisPlan, PlannedOutcome
from mirabal_toolkit.reporting.edition import Edition
from mirabal_toolkit.reporting.words.summary import summary

PERSON, WAVE, OUTCOME = "0005C", 5, "money_control.as_reported"


@pytest.fixture(scope="module")
def page(root):
    return (root / "ARCHITECTURE.md").read_text(encoding="utf-8")


def test_every_room_and_road_stands_on_the_page(page, root):
    package = root / "mirabal_toolkit"
    rooms = [path.name for path in package.iterdir() if (path / "__init__.py").is_file()]
    assert len(rooms) > 10
    assert [room for room in rooms if not re.search(rf"`(mirabal_toolkit/)?{room}/`", page)] == []
    assert [road.name for road in package.glob("workflow*.py") if f"{road.name}`" not in page] == []


def test_every_file_it_names_is_there(page, root):
    package = root / "mirabal_toolkit"
    names = set(re.findall(r"`([\w/.-]+\.(?:py|sav|toml))`", page))
    assert len(names) > 15
    for name in names:
        assert (root / name).exists() or list(package.rglob(name)) or list((package / "reporting").rglob(name)), name


def test_the_answer_goes_the_way_the_page_says(page):
    """The test walks the seven steps; each number on the page must be the number it meets."""
    story = re.sub(r"\s+", " ", page.partition("## One answer")[2].partition("\n## ")[0])
    raw, _ = pyreadstat.read_sav(mt.example_export(), usecols=["person_id", "f2_w5"])
    (cell,) = raw.loc[raw["person_id"].str.strip() == PERSON, "f2_w5"].unique()
    waves = mt.read(mt.example_export())
    read = waves.answers.frame.query("person_id == @PERSON and wave == @WAVE")["F2"]
    cleaned = mt.clean(waves)
    scored = mt.score(cleaned)
    panel = scored.to_panel()
    assert cell == read.iloc[0] == cleaned.answers.frame.loc[(PERSON, WAVE), "F2"] == 1
    assert f"woman {PERSON}" in story
    assert "said 1, “once”" in story
    assert "puts 1.0 into `WaveData.answers`, row (0005C, 5), column `F2`" in story
    assert scored.scores.frame.loc[(PERSON, WAVE), OUTCOME] == 1
    assert f"`{OUTCOME}` = 1" in story
    assert panel.flow.frame.loc[WAVE, "interviewed"] > 0

    results = mt.analyse(panel, plan=described_only(OUTCOME.partition(".")[0]))
    count, base = at_the_last_wave(results)
    assert f"“wave 5: {count} of {base}”" in story
    released = mt.release(results, profile="funder")
    count, base = at_the_last_wave(released)
    percent = round(100 * count / base)
    assert f"makes it {count} of {base}, {percent} %" in story
    (sentence,) = [text for _, texts in summary(Edition(released)) for text in texts]
    assert f"{percent}% ({count} of {base}) at 12 months" in sentence
    assert f"“{percent}% ({count} of {base}) at 12 months”" in story


def described_only(outcome: str) -> AnalysisPlan:
    """The default plan, cut to one outcome without models."""
    plan = mt.load_plan("steps-to-safety")
    kept = {name: getattr(plan, name) for name in ("id", "version", "title", "description", "instrument")}
    return AnalysisPlan(**kept, outcomes=(PlannedOutcome(outcome, headline=True),))


def at_the_last_wave(results):
    frame = results.estimates.frame
    (row,) = frame[(frame["analysis"] == "prevalence") & (frame["wave"] == WAVE)].to_dict("records")
    return int(row["count"]), int(row["n_obs"])
