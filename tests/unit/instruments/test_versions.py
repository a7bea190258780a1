"""Two versions of a questionnaire: what changed, whether the log says so, and which number it must have."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from mirabal_toolkit.cli.instruments import app
from mirabal_toolkit.errors import UsageError
from mirabal_toolkit.instruments.change_log import Comparison, compare, log_problems
from mirabal_toolkit.instruments.describe_changes import comparison_record, comparison_text
from mirabal_toolkit.instruments.differences import raised, step_between
from mirabal_toolkit.instruments.linting import lint_file
from mirabal_toolkit.instruments.loading import load_instrument

Put = Callable[..., Path]
Edits = tuple[tuple[str, str], ...]


def change(kind: str, item: str, comparability: str = "partial", **more: str) -> str:
    """One entry of a change log."""
    further = "".join(f", {name}: {value}" for name, value in more.items())
    return (
        f'  - {{kind: {kind}, item: {item}, from_version: "1.0.0", date: "2026-02-01", reason: it was better,'
        f' comparability: "{comparability}"{further}}}\n'
    )


def logged(*entries: str) -> tuple[str, str]:
    return ("changes: []\n", "changes:\n" + "".join(entries))


NEW_ITEM = ("scales:\n", "      - {id: A5, label: {en: Five}, text: {en: Did he call?, ro: A sunat?}}\nscales:\n")
NEW_OPTION = (
    "ro: Zilnic}}\n",
    "ro: Zilnic}}\n      - {code: 3, name: hourly, label: {en: Every hour, ro: Din oră în oră}}\n",
)
RENAMED = (("{id: A2,", "{id: B2,"), ("items: [A1, A2, A3]", "items: [A1, B2, A3]"), ("A1..A2", "A1..B2"))
REWORDED = ("en: Did he hit?", "en: Did he hit you?")

SECOND_GATE = (
    "ro: Este sigur?}}\n",
    (
        "ro: Este sigur?}}\n      - {id: S2, response_set: yes_no, sensitivity: none, label: {en: Alone},"
        " text: {en: Alone?, ro: Singură?}}\n"
    ),
)
SAME_SET = (
    "  number: {options: []}\n",
    (
        "  same:\n    options:\n      - {code: 0, name: never, label: {en: Never, ro: Niciodată}}\n"
        "      - {code: 1, name: once, label: {en: Once, ro: O dată}}\n"
        "      - {code: 2, name: daily, label: {en: Every day, ro: Zilnic}}\n  number: {options: []}\n"
    ),
)
MORE_SET = (
    SAME_SET[0],
    SAME_SET[1]
    .replace("same:", "more:")
    .replace("  number:", "      - {code: 3, name: hourly, label: {en: Hourly, ro: Orar}}\n  number:"),
)

#: name: edits of the newer version without its log, the log, the least step
CHANGES: dict[str, tuple[Edits, tuple[str, ...], str]] = {
    "an item added": ((NEW_ITEM,), (change("added", "A5", "no"),), "minor"),
    "an item removed": (
        (
            ("      - {id: A3, label: {en: Three}, text: {en: Was he calm?, ro: A fost calm?}, variable: CALM}\n", ""),
            ("items: [A1, A2, A3], reversed: [A3]", "items: [A1, A2]"),
            ("item: A3, indicator", "item: A1, indicator"),
            (", A3: 2}", "}"),
        ),
        (change("removed", "A3", "no"), change("scale_changed", "harm"), change("scale_changed", "calm", "no")),
        "major",
    ),
    "an item renamed": (RENAMED, (change("renamed", "B2", "yes", was="A2"),), "minor"),
    "a variable renamed": (
        (("variable: CALM", "variable: QUIET"),),
        (change("renamed", "A3", "yes", was="A3"),),
        "minor",
    ),
    "a slip of wording": ((REWORDED,), (change("reworded", "A2", "yes"),), "patch"),
    "a question reworded": ((REWORDED,), (change("reworded", "A2"),), "minor"),
    "another question": (
        (REWORDED, ("ro: A lovit?}, ask_if", "ro: A lovit?}, variable: HIT, ask_if")),
        (change("reworded", "A2", "no"), change("renamed", "A2", "no", was="A2")),
        "major",
    ),
    "an answer added": (
        (NEW_OPTION, ("maximum: 2}", "maximum: 3}")),
        (change("options_changed", "often"), change("scale_changed", "harm")),
        "minor",
    ),
    "an answer retired": (
        (("{code: 2, name: daily,", "{code: 2, name: daily, retired: true,"),),
        (change("options_changed", "often"),),
        "minor",
    ),
    "an answer in other words": (
        (("en: Every day", "en: Daily"),),
        (change("options_changed", "often", "yes"),),
        "patch",
    ),
    "a wider range": ((("maximum: 9", "maximum: 20"),), (change("options_changed", "A4", "yes"),), "minor"),
    "others asked": ((('"A1 >= once"', '"A1 == daily"'),), (change("routing_changed", "A2"),), "minor"),
    "a scale without an item": (
        (("items: [A1, A2, A3], reversed: [A3]", "items: [A1, A2]"),),
        (change("scale_changed", "harm"),),
        "minor",
    ),
    "an outcome on another item": (
        (("item: A3, indicator: value", "item: A1, indicator: value"),),
        (change("scale_changed", "calm", "no"),),
        "major",
    ),
    "a translation": ((("ro: A lovit?", "ro: V-a lovit?"),), (), "patch"),
    "a translated answer": ((("ro: Zilnic", "ro: În fiecare zi"),), (), "patch"),
    "a label": ((("label: {en: Two}", "label: {en: Second}"),), (), "patch"),
    "another statement": ((("en: were harmed", "en: were hurt"),), (), "patch"),
    "another time": ((("reference_period: {en: last month}", "reference_period: {en: last year}"),), (), "major"),
    "one wave more": (
        (("missing_codes:", "  - {number: 3, months: 6, window_days: 7, label: {en: Six}}\nmissing_codes:"),),
        (),
        "minor",
    ),
    "another setting": (
        (("note: {en: Wait., ro: Așteptați.}", "sensitivity: personal"),),
        (change("reworded", "A1", "yes"),),
        "patch",
    ),
    "asked at other waves": (
        (("label: {en: Three}, text", "waves: [1], label: {en: Three}, text"),),
        (change("routing_changed", "A3"),),
        "minor",
    ),
    "another reason for those left out": (
        (('ask_if: "A1 >= once"', 'ask_if: "A1 >= once", otherwise: no_contact'),),
        (change("routing_changed", "A2"),),
        "minor",
    ),
    "another gate": ((("items: [S1]", "items: [S1, S2]"), SECOND_GATE), (change("added", "S2", "no"),), "minor"),
    "a translated time": ((("{en: last month}", "{en: last month, ro: luna trecută}"),), (), "patch"),
    "answers pointing the other way": (
        (("  often:\n", "  often:\n    direction: higher_is_worse\n"),),
        (change("options_changed", "often", "partial"),),
        "major",
    ),
    "another set with the same answers": (
        (("defaults: {response_set: often}", "defaults: {response_set: same}"), SAME_SET),
        (),
        "patch",
    ),
    "another set with more answers": (
        (("id: A1,", "id: A1, response_set: more,"), MORE_SET, ("maximum: 2}", "maximum: 3}")),
        (change("options_changed", "A1"), change("scale_changed", "harm")),
        "minor",
    ),
    "a further outcome": (
        (
            (
                "outcomes:\n",
                (
                    "outcomes:\n  - {id: shouted, label: {en: Shouted}, item: A1, indicator: value, kind: ordinal,"
                    " direction: neutral, estimands: [as_reported]}\n"
                ),
            ),
        ),
        (change("added", "shouted", "yes"),),
        "minor",
    ),
    "a further estimand": (
        (("estimands: [as_reported], statement", "estimands: [as_reported, experienced], statement"),),
        (),
        "minor",
    ),
    "other waves": ((("months: 3", "months: 4"),), (), "major"),
}
FITTING = {"patch": "1.0.1", "minor": "1.1.0", "major": "2.0.0"}


def compared(put: Put, edits: Edits, log: tuple[str, ...], version: str = "1.1.0") -> Comparison:
    older = put("1.0.0")
    newer = put(version, *edits, *([logged(*log)] if log else []))
    return compare(load_instrument(older), load_instrument(newer))


@pytest.mark.parametrize(("edits", "log", "step"), CHANGES.values(), ids=CHANGES)
def test_each_change_is_found_declared_and_weighed(shelved: Put, edits: Edits, log: tuple[str, ...], step: str) -> None:
    comparison = compared(shelved, edits, log, FITTING[step])
    assert comparison.least_step == step, [one.difference for one in comparison.explained]
    assert list(log_problems(comparison)) == []
    assert lint_file(shelved(FITTING[step], *edits, *([logged(*log)] if log else []))).problems == ()


WEIGHTY = {name: case for name, case in CHANGES.items() if case[2] != "patch"}
LOGGED = {name: case for name, case in CHANGES.items() if case[1]}


@pytest.mark.parametrize(("edits", "log", "step"), WEIGHTY.values(), ids=WEIGHTY)
def test_one_step_below_the_least_number_is_refused(
    shelved: Put, edits: Edits, log: tuple[str, ...], step: str
) -> None:
    too_low = {"minor": "1.0.1", "major": "1.1.0"}[step]
    problems = list(log_problems(compared(shelved, edits, log, too_low)))
    (number,) = [problem for problem in problems if problem.where == "version"]
    assert f"asks for {step.upper()}" in number.what
    assert FITTING[step] in number.fix


@pytest.mark.parametrize(("edits", "log", "step"), LOGGED.values(), ids=LOGGED)
def test_a_silent_log_is_a_problem(shelved: Put, edits: Edits, log: tuple[str, ...], step: str) -> None:
    problems = list(log_problems(compared(shelved, edits, (), "9.0.0")))
    assert len(problems) >= len({entry.partition("item: ")[2].partition(",")[0] for entry in log})
    assert all("which the change log does not say" in problem.what for problem in problems)


def test_a_log_that_says_too_much_is_a_problem(shelved: Put) -> None:
    entries = (change("added", "A5", "no"), change("reworded", "A1", "yes"), change("renamed", "A1", "yes", was="Z9"))
    problems = [problem.what for problem in log_problems(compared(shelved, (NEW_ITEM,), entries))]
    assert any("says reworded of A1" in what for what in problems)
    assert any("was “Z9”, which is no item of 1.0.0" in what for what in problems)


def test_recode_maps_name_codes_that_exist(shelved: Put) -> None:
    entries = (change("options_changed", "often", recode='{"2": 8, "7": 1}'), change("scale_changed", "harm"))
    found = compared(shelved, (NEW_OPTION, ("maximum: 2}", "maximum: 3}")), entries)
    problems = [problem.what for problem in log_problems(found)]
    assert any("recodes to 8, which is no code of often" in what for what in problems)
    assert any("recodes 7, which was no code of often" in what for what in problems)


BROKEN_HISTORY: dict[str, tuple[Edits, str]] = {
    "a code used again": (
        (
            (
                "{code: 2, name: daily, label: {en: Every day, ro: Zilnic}}",
                "{code: 2, name: twice, label: {en: Twice, ro: De două ori}}",
            ),
        ),
        "uses the code 2 of “daily” (1.0.0) again for “twice”",
    ),
    "a removed answer without its code": (
        (
            ("      - {code: 2, name: daily, label: {en: Every day, ro: Zilnic}}\n", ""),
            ("maximum: 2}", "maximum: 1}"),
            (", A3: 2}", ", A3: 1}"),
        ),
        "lacks the code 2 (daily) of 1.0.0",
    ),
    "a missing code used for an answer": (
        (("{code: 98, name: dont_know, kind: dont_know,", "{code: 98, name: dont_know, kind: not_applicable,"),),
        "uses the code 98 of “dont_know” (1.0.0) again",
    ),
    "a variable passed on": (
        (
            ("ro: A fost calm?}, variable: CALM}", "ro: A fost calm?}}"),
            ("id: A4\n", "id: A4\n        variable: CALM\n"),
        ),
        "takes the variable CALM, which was that of A3 in 1.0.0",
    ),
    "a variable of another type": (
        (("variable: CALM}", "variable: CALM, type: integer, response_set: number, minimum: 0, maximum: 2}"),),
        "was a choice under the same variable, and is a integer",
    ),
    "another question under the same variable": (
        (REWORDED, logged(change("reworded", "A2", "no"))),
        "cannot be compared with 1.0.0, but keeps the variable a2_w{wave}",
    ),
    "valid from an earlier day": (
        (('effective: "2026-01-31"', 'effective: "2025-01-31"'),),
        "holds from a day before 1.0.0",
    ),
}


@pytest.mark.parametrize(("edits", "what"), BROKEN_HISTORY.values(), ids=BROKEN_HISTORY)
def test_rules_between_versions_find_their_breach(shelved: Put, edits: Edits, what: str) -> None:
    shelved("1.0.0")
    report = lint_file(shelved("2.0.0", *edits))
    assert report.compared_with == "small-one@1.0.0"
    found = [str(problem) for problem in report.problems if what in str(problem)]
    assert found, [str(problem) for problem in report.problems]
    assert "2.0.0.yaml, line " in found[0]


def test_a_code_retired_long_ago_is_remembered(shelved: Put) -> None:
    """The version in between dropped an answer; its code is still not free."""
    shelved("1.0.0")
    gone = (
        ("      - {code: 2, name: daily, label: {en: Every day, ro: Zilnic}}\n", ""),
        ("maximum: 2}", "maximum: 1}"),
        (", A3: 2}", ", A3: 1}"),
    )
    shelved("2.0.0", *gone)
    again = ("      - {code: 2, name: daily, label: {en: Every day, ro: Zilnic}}\n",
             "      - {code: 2, name: twice, label: {en: Twice, ro: De două ori}}\n")  # fmt: skip
    told = [str(problem) for problem in lint_file(shelved("3.0.0", again)).problems]
    assert any("uses the code 2 of “daily” (1.0.0) again for “twice”" in problem for problem in told)


def test_an_unsound_version_beside_is_said(shelved: Put) -> None:
    shelved("1.0.0", ("status: stable", "status: odd"))
    told = [str(problem) for problem in lint_file(shelved("1.1.0")).problems]
    assert any("cannot be compared with 1.0.0.yaml beside it" in problem for problem in told)


def test_a_language_more_is_a_translation(shelved: Put) -> None:
    more = (
        "ro: {name: Romanian, status: draft}}",
        "ro: {name: Romanian, status: draft}, el: {name: Greek, status: draft}}",
    )
    (one,) = compared(shelved, (more,), ()).explained
    assert (one.difference.kind, one.step, one.comparability) == ("translated", "patch", "yes")
    assert one.difference.details == ("new languages: el",)


def test_a_chain_of_renames_is_followed(shelved: Put) -> None:
    """A2 became B2 in 1.1.0 and C2 in 1.2.0: between 1.0.0 and 1.2.0 it is one question."""
    older = load_instrument(shelved("1.0.0"))
    further = change("renamed", "C2", "yes", was="B2").replace('"1.0.0"', '"1.1.0"')
    edits = (("{id: A2,", "{id: C2,"), ("items: [A1, A2, A3]", "items: [A1, C2, A3]"), ("A1..A2", "A1..C2"), REWORDED)
    log = logged(change("renamed", "B2", "yes", was="A2"), further, change("reworded", "C2", "yes"))
    comparison = compare(older, load_instrument(shelved("1.2.0", *edits, log)))
    assert comparison.pair.old_id["C2"] == "A2"
    assert comparison.items["C2"] == "yes"
    assert list(log_problems(comparison)) == []


def test_an_undeclared_rename_is_guessed_by_its_words(shelved: Put) -> None:
    comparison = compared(shelved, RENAMED, ())
    (renamed,) = [one for one in comparison.explained if one.difference.kind == "renamed"]
    assert (renamed.difference.id, renamed.difference.was, renamed.declared) == ("B2", "A2", None)


WHOLE = '      - {id: A2, label: {en: Two}, text: {en: Did he hit?, ro: A lovit?}, ask_if: "A1 >= once"}'
PARTS = """\
      - {id: A2a, label: {en: Two a}, text: {en: Did he slap?, ro: A pălmuit?}, ask_if: "A1 >= once"}
      - {id: A2b, label: {en: Two b}, text: {en: Did he punch?, ro: A dat pumni?}, ask_if: "A1 >= once"}"""
SPLIT = ((WHOLE, PARTS), ("items: [A1, A2, A3]", "items: [A1, A2a, A2b, A3]"), ("A1..A2", "A1..A2b"))


def test_a_split_item_explains_both_ends(shelved: Put) -> None:
    log = (change("split", "A2a", was="A2"), change("split", "A2b", was="A2"), change("scale_changed", "harm"))
    comparison = compared(shelved, SPLIT, log)
    kinds = {one.difference.id: one.difference.kind for one in comparison.explained}
    assert kinds == {"A2a": "split", "A2b": "split", "harm": "scale_changed"}
    assert list(log_problems(comparison)) == []
    assert (comparison.items["A2a"], comparison.outcomes["harm_any"]) == ("partial", "partial")


def test_what_a_change_means_for_outcomes(shelved: Put) -> None:
    log = (change("options_changed", "often"), change("scale_changed", "harm", "no"))
    comparison = compared(shelved, (NEW_OPTION, ("maximum: 2}", "maximum: 3}")), log, "2.0.0")
    assert comparison.outcomes == {"harm_any": "no", "calm": "partial"}
    assert comparison.items["A4"] == "yes"


def test_the_bundled_minor_version_is_one() -> None:
    comparison = compare(load_instrument("partner-safety@1.0.0"), load_instrument("partner-safety@1.1.0"))
    declared = [(one.difference.kind, one.difference.id) for one in comparison.explained]
    assert sorted(declared) == [
        ("added", "E9"),
        ("added", "images_shared"),
        ("options_changed", "programme_status"),
        ("renamed", "C8_treated"),
        ("routing_changed", "K6"),
    ]
    assert (comparison.least_step, comparison.least_version) == ("minor", "1.1.0")
    assert list(log_problems(comparison)) == []
    assert {name for name, grade in comparison.outcomes.items() if grade != "yes"} == {"images_shared"}


def test_numbers_rise_by_steps() -> None:
    assert [raised("1.2.3", step) for step in ("patch", "minor", "major")] == ["1.2.4", "1.3.0", "2.0.0"]  # type: ignore[arg-type]
    assert [step_between("1.2.3", newer) for newer in ("1.2.3", "1.2.4", "1.3.0", "2.0.0", "1.2.2")] == [
        None, "patch", "minor", "major", None,
    ]  # fmt: skip


def run(*arguments: str) -> Any:
    return CliRunner().invoke(app, list(arguments), catch_exceptions=False)


def test_diff_tells_what_it_means_within_80_columns(shelved: Put) -> None:
    told = run("diff", "partner-safety@1.0.0", "partner-safety@1.1.0")
    assert told.exit_code == 0
    assert max(len(line) for line in told.stdout.splitlines()) <= 80
    words = " ".join(told.stdout.split())
    for part in ("asks for MINOR, 1.1.0 or higher", "added: item E9", "C8a", "adds 6 paused", "agrees with the files",
                 "questions comparable: 98 of 100", "outcomes not comparable: images_shared"):  # fmt: skip
        assert part in words, part


def test_diff_as_json_says_the_same() -> None:
    record = json.loads(run("diff", "partner-safety@1.0.0", "partner-safety@1.1.0", "--json").stdout)
    assert (record["least_step"], record["least_version"], record["problems"]) == ("minor", "1.1.0", [])
    assert {change["id"]: change["comparability"] for change in record["changes"]}["programme_status"] == "partial"
    assert record["items"]["no"] == ["E9"]


def test_diff_of_a_silent_log_exits_with_3(shelved: Put) -> None:
    older, newer = shelved("1.0.0"), shelved("1.1.0", NEW_ITEM)
    told = run("diff", str(older), str(newer))
    assert told.exit_code == 3
    assert "which the change log does not say" in " ".join(told.stdout.split())


def test_diff_of_the_same_says_so() -> None:
    assert "Nothing differs." in run("diff", "partner-safety@1.0.0", "partner-safety@1.0.0").stdout


def test_a_recode_map_is_told(shelved: Put) -> None:
    log = (change("options_changed", "often", recode='{"2": 3}'), change("scale_changed", "harm"))
    comparison = compared(shelved, (NEW_OPTION, ("maximum: 2}", "maximum: 3}")), log)
    assert "recoded: 2 → 3" in comparison_text(comparison)
    assert {"2": 3} in [entry["recode"] for entry in comparison_record(comparison)["changes"]]


def test_only_two_versions_of_one_in_their_order_are_compared(shelved: Put) -> None:
    small, large = load_instrument(shelved("1.0.0")), load_instrument("partner-safety@1.0.0")
    with pytest.raises(UsageError, match="two instruments"):
        compare(small, large)
    with pytest.raises(UsageError, match="is newer than"):
        compare(load_instrument("partner-safety@1.1.0"), large)
