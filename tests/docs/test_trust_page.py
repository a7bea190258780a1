"""The page on trust: every promise names tests that are there, was measured, and holds."""

import ast
import sys

import pytest


@pytest.fixture(scope="module")
def trust(root):
    sys.path.insert(0, str(root / "tests"))
    try:
        import trust
    finally:
        sys.path.pop(0)
    return trust


def test_every_promise_names_tests_that_are_there(trust, root):
    for promise in trust.promises():
        assert promise.tests, promise.text
        for test in promise.tests:
            file, _, name = test.partition("::")
            tree = ast.parse((root / file).read_text(encoding="utf-8"))
            assert name in [node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)], test


def test_what_was_measured_holds(trust):
    measured = trust.known()
    assert len(measured) > 40
    assert [test for test, one in measured.items() if one["passed"] != one["cases"] or not one["cases"]] == []


def test_every_row_of_the_page_has_its_figure(trust):
    rows = [line for line in trust.PAGE.read_text(encoding="utf-8").splitlines() if line.endswith("` |")]
    assert len(rows) > 40
    assert [row for row in rows if "**broken**" in row or "| not yet measured" in row] == []


def test_a_broken_promise_is_said_to_be_broken(trust):
    promise = trust.OWN[0]
    one = {"cases": 4, "passed": 3, "told": {}, "when": "2026-01-31"}
    assert "**broken**: 1 of 4 cases failed (2026-01-31)" in trust.page({promise.tests[0]: one})
    assert f"| {promise.text} | holds in 4 cases (2026-01-31) |" in trust.page({promise.tests[0]: {**one, "passed": 4}})


def test_the_page_is_made_of_the_figures_and_not_by_hand(trust):
    assert trust.PAGE.read_text(encoding="utf-8") == trust.page(trust.known())


PIECE = """<testsuites><testsuite timestamp="2026-01-{day}T23:59:59">
<testcase classname="tests.property.test_disclosure_attack" name="test_attack[{case}]"><properties>
<property name="studies attacked" value="{studies}" /><property name="of these" value="import 3" />
</properties>{end}</testcase></testsuite></testsuites>"""


def test_pieces_of_a_long_run_are_added_up_and_a_broken_one_breaks_all(trust, tmp_path):
    for number, (day, studies, end) in enumerate([("02", 600, ""), ("01", 399, ""), ("03", 0, "<failure />")]):
        text = PIECE.format(day=day, case=number, studies=studies, end=end)
        (tmp_path / f"piece{number}.xml").write_text(text, encoding="utf-8")
    test = "tests/property/test_disclosure_attack.py::test_attack"
    whole = {"cases": 2, "passed": 2, "told": {"studies attacked": "999", "of these": "import 3"}, "when": "2026-01-02"}
    assert trust.found_in([tmp_path / "piece0.xml", tmp_path / "piece1.xml"]) == {test: whole}
    assert trust.found_in(sorted(tmp_path.glob("*.xml")))[test]["passed"] == 2
    assert trust.found_in(sorted(tmp_path.glob("*.xml")))[test]["cases"] == 3
