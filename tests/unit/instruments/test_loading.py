"""From a name or a path to an instrument: finding, reading, and everything that can be wrong with a file."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from mirabal_toolkit.core.instrument import Instrument
from mirabal_toolkit.core.missing import MissingReason
from mirabal_toolkit.core.reliability import Reliability
from mirabal_toolkit.errors import FindingsError, InputError, UsageError
from mirabal_toolkit.instruments import loading
from mirabal_toolkit.instruments.catalogue import bundled_instruments
from mirabal_toolkit.instruments.exports.raw import as_raw
from mirabal_toolkit.instruments.loading import bundled_versions, load_instrument, preferred_version, read_instrument

SMALL = """\
format: "1"
id: small-one
version: "1.0.0"
status: draft
effective: "2026-01-31"
title: {en: Small}
description: {en: For tests}
authors: [us]
citation: us
validation: none
reference_period: {en: last month}
rights: {class: own, holder: us, licence: CC-BY-4.0, notice: free, wording_redistributable: true}
languages: {en: {name: English, status: original}}
waves: [{number: 1, months: 0, window_days: 7, label: {en: Start}}]
missing_codes: [{code: 99, name: refused, kind: refused, label: {en: No answer}}]
response_sets:
  often:
    options: [{code: 0, name: never, label: {en: Never}}, {code: 1, name: once, label: {en: Once}}]
  bare:
    add_missing_codes: false
    options: [{code: 1, name: here, label: {en: Here}}]
variable: "{item}_w{wave}"
blocks:
  - id: A
    title: {en: First}
    attribution: by others
    defaults: {response_set: often, otherwise: no_contact, severe: false}
    items:
      - {id: A1, label: {en: One}, text: {en: Does he?}, severe: true}
      - {id: A2, label: {en: Two}, ask_if: "A1 == once", waves: [1]}
      - {id: A3, label: {en: Three}, response_set: bare, variable: THREE}
      - {id: A4, label: {en: Four}, response_set: null, type: text}
  - id: B
    title: {en: Second}
    items:
      - {id: B1, label: {en: Five}, type: integer, minimum: 0}
scales:
  - {id: harm, label: {en: Harm}, items: [A1, A2], minimum: 0, maximum: 1}
outcomes:
  - {id: harm_any, label: {en: Any}, scale: harm, indicator: any, kind: binary, direction: higher_is_worse,
     estimands: [experienced], measure: 1, statement: {en: were harmed}}
measures_of_success: [{number: 1, title: {en: Safe}}]
changes:
  - {kind: options_changed, item: A1, from_version: "0.9.0", date: "2026-01-01", reason: clearer,
     comparability: partial, recode: {"2": 1}}
tests:
  - {title: all, answers: {A1..A2: once, B1: 3}, expected: {harm_any.experienced: 1}}
"""
SMALL = SMALL.replace(", severe: false}", "}")


def read(text: str) -> Instrument:
    return read_instrument(text.encode(), "small.yaml")


def edited(old: str, new: str) -> str:
    assert old in SMALL
    return SMALL.replace(old, new)


def problems_of(text: str) -> list[str]:
    with pytest.raises(FindingsError) as caught:
        read(text)
    return [str(problem) for problem in caught.value.problems]


def test_block_defaults_hold_unless_the_item_says_otherwise() -> None:
    instrument = read(SMALL)
    one, two, three, four, five = instrument.items
    assert (one.response_set, one.otherwise, one.severe) == ("often", MissingReason.NO_CONTACT, True)
    assert two.ask_if is not None
    assert (two.ask_if.source, two.waves, two.text) == ("A1 == once", (1,), {})
    assert (three.response_set, three.variable, three.per_person) == ("bare", "THREE", True)
    assert (four.response_set, four.type) == (None, "text")
    assert (five.block, five.otherwise, five.variable) == ("B", MissingReason.NOT_APPLICABLE, "b1_w{wave}")


def test_missing_codes_are_added_unless_the_set_refuses() -> None:
    instrument = read(SMALL)
    assert [o.code for o in instrument.response_set_by_id["often"].options] == [0, 1, 99]
    assert [o.code for o in instrument.response_set_by_id["bare"].options] == [1]


def test_severe_items_of_a_scale_are_those_marked() -> None:
    assert read(SMALL).scale_by_id["harm"].severe == ("A1",)
    assert read(edited("maximum: 1}", "maximum: 1, severe: [A2]}")).scale_by_id["harm"].severe == ("A2",)


def test_who_is_asked_arrives_and_is_written_again() -> None:
    named = {"en": {"one": "man", "many": "men"}}
    instrument = read(edited('version: "1.0.0"', 'version: "1.0.0"\npeople: {en: {one: man, many: men}}'))
    assert instrument.people == as_raw(instrument)["people"] == named
    assert read(SMALL).people == {}
    assert "people" not in as_raw(read(SMALL))


def test_a_published_reliability_arrives_and_is_written_again() -> None:
    published = edited("maximum: 1}", 'maximum: 1, reliability: {value: 0.84, source: "Doe (2001)"}}')
    instrument = read(published)
    assert instrument.scale_by_id["harm"].reliability == Reliability(0.84, "Doe (2001)")
    assert as_raw(instrument)["scales"][0]["reliability"] == {"value": 0.84, "source": "Doe (2001)"}
    assert read(SMALL).scale_by_id["harm"].reliability is None


def test_the_rest_arrives_as_written() -> None:
    instrument = read(SMALL)
    assert instrument.blocks[0].attribution == "by others"
    assert instrument.tests[0].answers == {"A1": "once", "A2": "once", "B1": 3}
    assert instrument.changes[0].recode == {2: 1}
    assert instrument.outcome("harm_any").estimands == ("experienced",)
    assert instrument.rights.class_ == "own"
    assert instrument.gate is None
    assert instrument.fingerprint == hashlib.sha256(SMALL.encode()).hexdigest()


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ('version: "1.0.0"', "version: 1.0.0", None),
        ('version: "1.0.0"', "version: 1.1", "should be text"),
        ('version: "1.0.0"', 'version: "1.0"', "is not written as it should be"),
        ('effective: "2026-01-31"', "effective: 2026-01-31", "put it in quotes"),
        ("id: small-one", "id: ../small", "is not written as it should be"),
        ("id: small-one\n", "", "“id” is lacking"),
        ("status: draft", "status: final", "should be one of: draft, stable, retired"),
        ("title: {en: Small}", "title: Small", "should be a group of settings"),
        ("citation: us", "citaton: us", "did you mean “citation”?"),
        ("window_days: 7", "window_days: -1", "is below 0"),
        ("text: {en: Does he?}", "txt: {en: Does he?}", "did you mean “text”?"),
        ("attribution: by others", "attribution: [a]", "should be text"),
        ('ask_if: "A1 == once"', 'ask_if: "A1 = once"', "cannot be read at character 4"),
        ('ask_if: "A1 == once"', 'ask_if: "A9 == 1"', "names “A9”"),
        ("maximum: 1}", "maximum: 1, reliability: {value: 1, source: us}}", "reliability"),
        ("maximum: 1}", "maximum: 1, reliability: {value: 0.8}}", "“source” is lacking"),
        ("items: [A1, A2]", "items: [A1, A9]", "names the unknown item “A9”"),
        ("A1..A2: once", "A2..A1: once", "names “A2..A1”, which are not items in order"),
        ("A1..A2: once", "A1..A2: once, A2: 0", "answers A2 twice"),
        ("A1..A2: once", "A1..Z9: once", "names “A1..Z9”"),
    ],
)
def test_what_is_wrong_in_a_file_is_named(old: str, new: str, what: str | None) -> None:
    if what is None:
        assert read(edited(old, new)).version == "1.0.0"
    else:
        assert any(what in problem for problem in problems_of(edited(old, new)))


def test_schema_problems_come_all_at_once_with_their_lines() -> None:
    text = edited("status: draft", "status: final").replace("window_days: 7", "window_days: x")
    text = text.replace("response_set: bare, ", "responseset: bare, ")
    problems = problems_of(text)
    assert len(problems) == 3
    for problem, (fragment, place) in zip(
        problems,
        [("final", "status"), ("window_days: x", "waves, number 1, window_days"), ("responseset", "block A, item A3")],
        strict=True,
    ):
        line = next(number for number, row in enumerate(text.splitlines(), 1) if fragment in row)
        assert f"where: small.yaml, line {line} (" in problem
        assert place in problem


def test_conditions_and_contradictions_come_all_at_once() -> None:
    text = edited('ask_if: "A1 == once"', 'ask_if: "A1 =="').replace("scale: harm", "scale: pain")
    problems = problems_of(text)
    assert any("A2, ask_if" in problem for problem in problems)
    assert any("unknown scale “pain”" in problem for problem in problems)


@pytest.mark.parametrize("text", ["", "[]", "5", "text"])
def test_a_file_that_is_no_questionnaire_is_refused(text: str) -> None:
    (problem,) = problems_of(text)
    assert problem.startswith(
        "should be a group of settings\n  where: small.yaml, line 1\n  to mend it: A questionnaire"
    )


def test_yaml_mistakes_are_told_with_their_line() -> None:
    with pytest.raises(InputError) as caught:
        read(edited("status: draft", "status: draft: x"))
    assert caught.value.problem.where == "small.yaml, line 4"


def test_by_path(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(SMALL, encoding="utf-8")
    assert load_instrument(file).reference == "small-one@1.0.0"
    assert load_instrument(str(file)) is load_instrument(file)  # not read twice
    file.write_text(edited("title: {en: Small}", "title: {en: Other}"), encoding="utf-8")
    os.utime(file, ns=(1, 1))
    assert load_instrument(file).title == {"en": "Other"}


@pytest.mark.parametrize("make", [lambda p: p / "none.yaml", lambda p: p], ids=["absent", "folder"])
def test_a_path_that_cannot_be_read_is_no_crash(tmp_path: Path, make: Callable[[Path], Path]) -> None:
    with pytest.raises(InputError) as caught:
        load_instrument(make(tmp_path))
    assert str(tmp_path) not in str(caught.value)  # folders can name people


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    file = tmp_path / "huge.yaml"
    file.write_bytes(b"#" * 1_000_001)
    with pytest.raises(InputError, match="too large"):
        load_instrument(file)


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of bundled instruments with three versions of one."""
    folder = tmp_path / "instruments"
    (folder / "small-one").mkdir(parents=True)
    (folder / "empty").mkdir()
    for version in ("1.0.0", "1.10.0", "1.9.0"):
        text = edited('version: "1.0.0"', f'version: "{version}"')
        (folder / "small-one" / f"{version}.yaml").write_text(text, encoding="utf-8")
    (folder / "small-one" / "draft.yaml").write_text(SMALL, encoding="utf-8")
    (tmp_path / "1.0.0.yaml").write_text(SMALL, encoding="utf-8")
    monkeypatch.setattr(loading, "bundled_folder", lambda kind: folder)
    return folder


def test_the_newest_version_is_found_by_number(shelf: Path) -> None:
    assert bundled_versions("small-one") == ("1.0.0", "1.9.0", "1.10.0")
    assert load_instrument("small-one").version == "1.10.0"
    assert load_instrument("small-one@1.9.0").version == "1.9.0"
    assert [instrument.reference for instrument in bundled_instruments()] == ["small-one@1.10.0"]


@pytest.mark.parametrize(
    ("reference", "what"),
    [
        ("other", "there is no instrument “other”"),
        ("empty", "there is no instrument “empty”"),
        ("..", "there is no instrument “..”"),
        ("..@1.0.0", "there is no instrument “..”"),
        ("Small-One", "there is no instrument"),
        ("", "there is no instrument “”"),
        ("small-one@2.0.0", "has no version “2.0.0”"),
        ("small-one@draft", "has no version “draft”"),
        ("small-one@", "has no version “”"),
        ("small-one@..", "has no version “..”"),
    ],
)
def test_unknown_names_are_wrong_use_and_cannot_climb(shelf: Path, reference: str, what: str) -> None:
    with pytest.raises(UsageError, match=r"there is no instrument|has no version") as caught:
        load_instrument(reference)
    assert what in str(caught.value)
    assert "small-one" in str(caught.value) or "1.10.0" in str(caught.value)


def test_a_file_under_a_wrong_name_is_refused(shelf: Path) -> None:
    (shelf / "small-one" / "3.0.0.yaml").write_text(SMALL, encoding="utf-8")
    with pytest.raises(FindingsError, match=r"says that it is small-one@1\.0\.0"):
        load_instrument("small-one")


@pytest.mark.parametrize(
    ("statuses", "meant"),
    [
        (("stable", "draft", "draft"), "1.0.0"),
        (("stable", "stable", "draft"), "1.9.0"),
        (("retired", "draft", "retired"), "1.9.0"),
        (("retired", "retired", "retired"), "1.10.0"),
    ],
)
def test_an_id_alone_means_the_newest_stable_version(shelf: Path, statuses: tuple[str, ...], meant: str) -> None:
    for version, status in zip(("1.0.0", "1.9.0", "1.10.0"), statuses, strict=True):
        file = shelf / "small-one" / f"{version}.yaml"
        text = file.read_text(encoding="utf-8").replace("status: draft", f"status: {status}")
        file.write_text(text, encoding="utf-8")
    assert preferred_version("small-one") == meant
    assert load_instrument("small-one").version == meant
    assert bundled_versions("small-one") == ("1.0.0", "1.9.0", "1.10.0")
    assert bundled_versions("unheard-of") == ()
