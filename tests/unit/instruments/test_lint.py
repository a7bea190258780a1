"""Every rule of lint has an example that breaks it; all problems come at once, with line and item."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from mirabal_toolkit.cli.instruments import app
from mirabal_toolkit.cli.main import exit_code_of
from mirabal_toolkit.errors import InputError
from mirabal_toolkit.instruments.lint_rules import RULES
from mirabal_toolkit.instruments.linting import lint_file
from mirabal_toolkit.instruments.loading import bundled_ids, bundled_path, bundled_versions

Put = Callable[..., Path]

SCORING_ONLY = (
    ("class: own", "class: scoring_only"),
    ("wording_redistributable: true", "wording_redistributable: false, link: https://example.org/scale"),
)

BROKEN: dict[str, tuple[tuple[tuple[str, str], ...], str, str]] = {
    # name: edits, what is said, the text of the line that is named
    "title in an unknown language": ((("ro: Mic", "it: Piccolo"),), "has words in “it”", "title:"),
    "answer in an unknown language": ((("ro: O dată", "xx: O dată"),), "has words in “xx”", "often:"),
    "question not translated": (((", ro: A lovit?", ""),), "is not in “ro”", "id: A2"),
    "hint not translated": (((", ro: Așteptați.", ""),), "is not in “ro”", "id: A1"),
    "answer not translated": (((", ro: Zilnic", ""),), "is not in “ro”", "often:"),
    "introduction not translated": (
        ((', ro: "Bună, {service}, 5 întrebări."', ""),),
        "is not in “ro”",
        "intro:",
    ),
    "other placeholders": ((("Bună, {service}", "Bună, {serviciu}"),), "has other placeholders in “ro”", "intro:"),
    "placeholder lost": ((("Bună, {service}", "Bună"),), "has other placeholders in “ro”", "intro:"),
    "other numbers": ((("0 la 9", "1 la 9"),), "has other numbers in “ro”", "How many, 0"),
    "scoring only with a question": (SCORING_ONLY, "holds wording that is not ours", "id: A1"),
    "scoring only with a telling label": (SCORING_ONLY, "has a label that could be wording", "id: A1"),
    "scoring only with worded answers": (SCORING_ONLY, "holds wording of answers", "often:"),
    "scoring only without a link": (SCORING_ONLY[:1], "says nowhere where the wording can be had", "rights:"),
    "scoring only, to be passed on": (SCORING_ONLY[:1], "so its wording may not be redistributable", "rights:"),
    "by others, but by whom": ((("class: own", "class: third_party_free"),), "no block says by whom", "rights:"),
    "own wording kept back": (
        (("wording_redistributable: true", "wording_redistributable: false"),),
        "so it must be scoring_only",
        "rights:",
    ),
    "condition on itself": ((('"A1 >= once"', '"A2 >= once"'),), "its condition leads back to it", "id: A2"),
    "two conditions in a circle": (
        (("label: {en: One}, text", 'ask_if: "A2 > 0", label: {en: One}, text'),),
        "its condition leads back to it",
        "id: A1",
    ),
    "condition looking forward": ((('"A1 >= once"', '"A4 > 3"'),), "looks at A4, which is asked later", "id: A2"),
    "condition that cannot be read": ((('"A1 >= once"', '"A1 >="'),), "lacks an item, an answer or a number", "id: A2"),
    "life before the gate": (
        (("items: [S1]", "items: [A4]"), ('pass_option: "yes"', "pass_option: refused")),
        "is asked before the safety gate",
        "id: A1",
    ),
    "nothing but an answer": (
        (("  often:\n    options:", "  often:\n    add_missing_codes: false\n    options:"),),
        "has no answer of the kind dont_know and refused",
        "id: A1",
    ),
    "a day that does not exist": ((('"2026-01-31"', '"2026-02-31"'),), "is a date that does not exist", "effective:"),
    "waves out of order": ((("number: 2, months: 3", "number: 2, months: 0"),), "after the wave above", "number: 2"),
    "a long label": ((("label: {en: One}", f"label: {{en: {'One ' * 16}}}"),), "60 characters long", "id: A1"),
    "an effect promised": (
        (("statement: {en: were harmed}", "statement: {en: had less impact}"),),
        "promises",
        "less impact",
    ),
    "a reversed item out of range": (
        (("items: [A1, A2, A3], reversed: [A3]", "items: [A1, A2, A4], reversed: [A4]"),),
        "the reversed item A4 has codes 0 to 9, outside 0 to 2",
        "id: harm,",
    ),
    "a code twice": ((("code: 2, name: daily", "code: 1, name: daily"),), "code 1 is used twice", "often:"),
    "an item twice": ((("{id: A3,", "{id: A2,"),), "item “A2” is defined twice", "Was he calm"),
    "an id that climbs": ((("id: small-one", "id: ../../x"),), "is not written as it should be", "id: ../../x"),
    "an unknown setting": ((("authors: [us]", "autors: [us]"),), "did you mean “authors”?", "autors:"),
    "another version than its name": ((('version: "1.0.0"', 'version: "1.0.1"'),), "but holds 1.0.1", "version:"),
    "another id than its folder": ((("id: small-one", "id: other-one"),), "the folder is not named as the id", "id: o"),
    "made from what is not there": (
        (("effective:", "derived_from: small-one@0.9.0\neffective:"),),
        "was made from small-one@0.9.0, which is not there",
        "derived_from:",
    ),
    "a change from the future": (
        (
            (
                "changes: []",
                (
                    "changes: [{kind: added, item: A1, from_version: '2.0.0', date: '2026-01-01', reason: x, "
                    "comparability: partial}]"
                ),
            ),
        ),
        "is a change from 2.0.0, which is not earlier",
        "kind: added",
    ),
}


@pytest.mark.parametrize(("edits", "what", "line"), BROKEN.values(), ids=BROKEN)
def test_each_rule_finds_its_breach_and_names_the_line(
    shelved: Put, edits: tuple[tuple[str, str], ...], what: str, line: str
) -> None:
    file = shelved("1.0.0", *edits)
    problems = lint_file(file).problems
    found = [problem for problem in problems if what in str(problem)]
    assert found, [str(problem) for problem in problems]
    rows = file.read_text(encoding="utf-8").splitlines()
    wanted = {number for number, row in enumerate(rows, 1) if line in row}
    named = {int(problem.where.partition("line ")[2].split(" ")[0].rstrip(",")) for problem in found}
    assert named & wanted, (named, wanted)


def test_the_sound_one_is_sound(shelved: Put) -> None:
    report = lint_file(shelved("1.0.0"))
    assert (report.problems, report.compared_with) == ((), "")
    assert report.instrument is not None


def test_no_rule_is_without_an_example(shelved: Put) -> None:
    """Each rule function finds something in at least one of the broken files."""
    silent = {rule.__name__ for rule in RULES}
    for edits, _, _ in BROKEN.values():
        instrument = _built(shelved("1.0.0", *edits))
        if instrument is not None:
            silent -= {rule.__name__ for rule in RULES if list(rule(instrument))}
    assert silent == set()


def _built(file: Path) -> Any:
    from mirabal_toolkit.instruments.linting import _looked_into, _pruned
    from mirabal_toolkit.safe_yaml import parse_yaml

    return _looked_into(_pruned(parse_yaml(file.read_bytes(), file.name).value))[0]


def test_problems_of_every_kind_come_at_once_in_the_order_of_the_file(shelved: Put) -> None:
    file = shelved(
        "1.0.0",
        ("status: stable", "status: final"),
        ("authors: [us]", "authors: [us]\nauthor: me"),
        (", ro: A lovit?", ""),
        ('"A1 >= once"', '"A9 >= once"'),
        ("0 la 9", "1 la 9"),
        ("kind: ordinal", "kind: binary"),
    )
    told = [str(problem) for problem in lint_file(file).problems]
    for what in ("should be one of: draft", "“author” is not known", "is not in “ro”", "names “A9”", "other numbers"):
        assert any(what in problem for problem in told), what
    assert any("“value”, which is count or ordinal or score, not binary" in problem for problem in told)


def test_a_file_of_which_nothing_can_be_built_is_told_by_its_schema(shelved: Put) -> None:
    report = lint_file(shelved("1.0.0", ("{id: A1, ", "{")))
    assert report.instrument is None
    assert any("“id” is lacking" in str(problem) for problem in report.problems)


@pytest.mark.parametrize("reference", [f"{name}@{v}" for name in bundled_ids() for v in bundled_versions(name)])
def test_every_bundled_questionnaire_is_sound(reference: str) -> None:
    assert [str(problem) for problem in lint_file(bundled_path(reference)).problems] == []


BAD: dict[str, tuple[bytes, int]] = {
    "a bomb of aliases": (b"a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n", 5),
    "ten megabytes": (b"# " + b"x" * 10_000_000, 5),
    "too deep": (b"a: " + b"[" * 100 + b"]" * 100, 5),
    "too deep in braces": (b"{a: " * 100 + b"1" + b"}" * 100, 5),
    "not text": (b"\xff\xfe\x00\x01", 5),
    "a tag": (b"a: !!python/object/apply:os.system [x]\n", 5),
    "a key twice": (b"id: a\nid: b\n", 5),
    "not yaml": (b"a: [", 5),
    "empty": (b"", 3),
    "a list": (b"- 1\n", 3),
    "only an id": (b"id: ../../x\n", 3),
}


@pytest.mark.parametrize(("content", "code"), BAD.values(), ids=BAD)
def test_bad_files_exit_with_5_or_3_and_no_traceback(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes, code: int
) -> None:
    file = tmp_path / "bad.yaml"
    file.write_bytes(content)
    assert exit_code_of(["instruments", "lint", str(file)]) == code
    told = capsys.readouterr()
    assert "bad.yaml" in told.out + told.err
    assert "Traceback" not in told.out + told.err
    assert str(tmp_path) not in told.out + told.err


def test_a_file_that_is_not_there_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        lint_file(tmp_path / "none.yaml")


def test_the_command_tells_all_in_words_and_as_json(shelved: Put) -> None:
    file = shelved("1.0.0", (", ro: A lovit?", ""), ("harm_any.as_reported: 1", "harm_any.as_reported: 0"))
    told = CliRunner().invoke(app, ["lint", str(file)])
    assert told.exit_code == 3
    assert "1 problem(s)" in told.stdout
    assert "1.0.0.yaml, line 42 (item A2, text)" in told.stdout
    record = json.loads(CliRunner().invoke(app, ["lint", str(file), "--json"]).stdout)
    assert [problem["what"] for problem in record[0]["problems"]] == ["is not in “ro”"]


def test_worked_examples_are_scored(shelved: Put) -> None:
    file = shelved("1.0.0", ("harm_any.as_reported: 1", "harm_any.as_reported: 0"))
    told = CliRunner().invoke(app, ["lint", str(file)])
    assert told.exit_code == 3
    assert "harm_any.as_reported should be 0.0, and is 1.0" in told.stdout


def test_sound_files_exit_with_0() -> None:
    told = CliRunner().invoke(app, ["lint", "partner-safety@1.0.0", "partner-safety@1.1.0"])
    assert (told.exit_code, told.stdout.count("sound")) == (0, 2)
