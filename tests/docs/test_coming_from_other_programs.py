"""The calls shown to people who come from other programs run, and say what the page says they do."""

import re
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "coming-from-other-programs.md"


@pytest.fixture(scope="module")
def space():
    found: dict[str, object] = {}
    for block in re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL):
        exec(block, found)  # noqa: S102 - the page's own code
    return found


def test_every_call_of_the_page_runs(space):
    assert {"fit", "data", "gee"} <= set(space)


def test_a_reference_can_be_chosen_as_the_page_says(space):
    fit = space["lmm"]("score ~ C(wave, contr.treatment(base=4))", space["data"], groups="person_id")
    assert not any("[T.4]" in name for name in fit.names)


def test_the_defaults_of_stata(space):
    fit = space["lmm"]("score ~ C(wave)", space["data"], groups="person_id", reml=False, df="normal")
    assert (fit.df == float("inf")).all()


def test_sites_with_people(space):
    fit = space["lmm"]("score ~ C(wave)", space["data"], groups="site/person_id")
    assert fit.converged
