"""The forms for issues and changes are such as forges take, keep data of people out, and name what exists."""

import re
import shlex
from pathlib import Path

import pytest

from mirabal_toolkit.safe_yaml import parse_yaml

FORMS = sorted((Path(__file__).parents[2] / ".github" / "ISSUE_TEMPLATE").glob("[0-9]*.yml"))
KINDS = {"markdown", "textarea", "input", "dropdown", "checkboxes"}


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.name)
def test_a_form_is_one(path):
    form = parse_yaml(path.read_text(encoding="utf-8"), path.name).value
    assert {"name", "description", "body"} <= set(form)
    ids = [part["id"] for part in form["body"] if part["type"] != "markdown"]
    assert len(set(ids)) == len(ids) > 0
    assert {part["type"] for part in form["body"]} <= KINDS
    assert all(part["attributes"].get("label") or part["attributes"].get("value") for part in form["body"])


def test_who_reports_a_fault_is_warned_and_must_say_so():
    text = next(path for path in FORMS if "wrong" in path.name).read_text(encoding="utf-8")
    assert "Never attach data of people" in text
    assert "required: true" in text.partition("Nothing here came from")[2]


def test_what_a_change_must_show_is_there_to_run(root):
    text = (root / ".github" / "PULL_REQUEST_TEMPLATE.md").read_text(encoding="utf-8")
    targets = re.findall(r"^(\w+):", (root / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert {shlex.split(one)[1] for one in re.findall(r"`(make \w+)`", text)} <= set(targets)
    for place in re.findall(r"`((?:tests|docs)/[\w/]*|\w+\.md)`", text):
        assert (root / place).exists(), place
