"""The page on cleaning is what the steps say, and its examples run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mirabal_toolkit.cleaning import DEFAULT_STEPS, arranged
from mirabal_toolkit.cleaning.page import page
from mirabal_toolkit.core.cleaning_rules import CleaningRules
from mirabal_toolkit.safe_yaml import parse_yaml

PAGE = Path(__file__).parents[2] / "docs" / "cleaning.md"


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL)


def test_the_page_is_current():
    assert PAGE.read_text(encoding="utf-8") == page(), "run: make docs"


@pytest.mark.parametrize("step", DEFAULT_STEPS, ids=lambda step: step.name)
def test_every_step_says_what_why_and_by_which_rule(step):
    text = PAGE.read_text(encoding="utf-8")
    assert f"`{step.name}`" in text
    assert step.rule in text
    assert step.why.endswith(".")
    assert step.rule.endswith(".")


def test_the_rules_on_the_page_can_be_followed():
    (example,) = blocks("yaml")
    rules = parse_yaml(example, "docs/cleaning.md").value["cleaning"]
    names = [step.name for step in arranged(DEFAULT_STEPS, CleaningRules(**rules))]
    assert "check_speed" not in names
    assert names.index("report_similar_ids") < names.index("check_dates")


def test_a_step_of_ones_own_takes_ten_lines_and_runs():
    (example,) = blocks("python")
    space: dict[str, object] = {}
    exec(example, space)  # noqa: S102 - the page's own code
    trail = space["cleaned"].trail  # type: ignore[attr-defined]
    assert [step.unit for step in trail.steps if step.step == "adults_only"] == ["rows"]
    own = [line for line in example.splitlines() if line and not line.startswith(("import", "from"))]
    assert len(own) <= 10
