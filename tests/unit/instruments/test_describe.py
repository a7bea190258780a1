"""What `mirabal instruments list` and `show` say."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from typer.testing import CliRunner

from mirabal_toolkit.cli.instruments import app
from mirabal_toolkit.core.instrument import Instrument
from mirabal_toolkit.errors import UsageError
from mirabal_toolkit.instruments.describe import as_text, full_record, spans, summary
from mirabal_toolkit.instruments.loading import load_instrument


@pytest.fixture(scope="module")
def instrument() -> Instrument:
    return load_instrument("partner-safety@1.0.0")


def run(*arguments: str) -> Any:
    return CliRunner().invoke(app, list(arguments), catch_exceptions=False)


def test_text_holds_every_item_answer_scale_and_outcome_within_its_width(instrument: Instrument) -> None:
    text = as_text(instrument)
    assert max(len(line) for line in text.splitlines()) <= 80
    words = " ".join(text.split())
    for item in instrument.items:
        assert f"{item.id}{'*' if item.severe else ''} {' '.join(item.text['en'].split())[:40]}" in words, item.id
    for response_set in instrument.response_sets:
        assert f"{response_set.id}: {response_set.options[0].code} {response_set.options[0].label['en']}" in words
    for outcome in instrument.outcomes:
        assert f"{outcome.id}: {outcome.label['en']}" in words
    assert "validated this questionnaire yet" in words
    assert "Open Government Licence" in words


def test_routing_is_told_once_a_block_and_where_an_item_differs(instrument: Instrument) -> None:
    lines = as_text(instrument, width=200).splitlines()
    start = lines.index("C  Physical harm")
    assert lines[start + 2] == "   answers: frequency; asked if B2 in (together, apart), else no_contact"
    place = next(place for place, line in enumerate(lines) if line.startswith("   C8a*"))
    assert lines[place + 1].strip() == "→ yes_no; asked if B2 in (together, apart) and C8 > 0, else not_applicable"
    assert sum("→" in line for line in lines[start:place]) == 0


def test_an_item_asked_of_everybody_says_so_in_a_routed_block(instrument: Instrument) -> None:
    items = tuple(replace(item, ask_if=None) if item.id == "C2" else item for item in instrument.items)
    assert "→ asked of everybody" in as_text(replace(instrument, items=items))


def test_narrow_terminals_are_served(instrument: Instrument) -> None:
    assert max(len(line) for line in as_text(instrument, width=20).splitlines()) <= 60


@pytest.mark.parametrize(
    ("ids", "expected"),
    [
        ([], ""),
        (["A"], "A"),
        (["A", "B"], "A, B"),
        (["A", "B", "C"], "A–C"),
        (["A", "C", "D", "E"], "A, C–E"),
        (["C", "B", "A"], "C, B, A"),
    ],
)
def test_spans(ids: list[str], expected: str) -> None:
    assert spans(ids, list("ABCDE")) == expected


def test_records_are_plain_data(instrument: Instrument) -> None:
    record = json.loads(json.dumps(full_record(instrument), allow_nan=False))
    assert sum(len(block["items"]) for block in record["blocks"]) == record["items"] == len(instrument.items)
    assert record["fingerprint"] == instrument.fingerprint
    assert summary(instrument).items() <= full_record(instrument).items()


def test_list_prints_a_table_or_json() -> None:
    table = run("list")
    assert table.exit_code == 0
    assert "partner-safety" in table.stdout
    assert "1.0.0" in table.stdout
    entries = json.loads(run("list", "--json").stdout)
    assert "partner-safety" in [entry["id"] for entry in entries]
    assert all(entry["validation"] for entry in entries)


def test_show_prints_the_questions_or_json(instrument: Instrument) -> None:
    assert run("show", "partner-safety@1.0.0").stdout == as_text(instrument)
    assert json.loads(run("show", "partner-safety", "--json").stdout) == full_record(load_instrument("partner-safety"))


def test_brackets_in_a_question_are_printed(tmp_path: Any) -> None:
    from mirabal_toolkit.bundled import bundled_folder

    text = (bundled_folder("instruments") / "partner-safety" / "1.0.0.yaml").read_text(encoding="utf-8")
    file = tmp_path / "own.yaml"
    file.write_text(text.replace("How old are you?", '"How old are you [red]now[/red]?"'), encoding="utf-8")
    assert "How old are you [red]now[/red]?" in run("show", str(file)).stdout


def test_show_refuses_what_is_not_there() -> None:
    with pytest.raises(UsageError, match="no instrument"):
        run("show", "unheard-of")
    with pytest.raises(UsageError, match="is not in “xx”"):
        run("show", "partner-safety", "--lang", "xx")


def test_an_instrument_without_scores_is_shown_without_them(instrument: Instrument) -> None:
    bare = replace(instrument, scales=(), outcomes=(), measures_of_success=(), tests=())
    text = as_text(bare)
    assert "Scales" not in text
    assert "Outcomes" not in text
