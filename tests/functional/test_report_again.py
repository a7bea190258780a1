"""`mirabal report`: the same documents again, and other ones, from a folder alone."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import docx
import pytest

import mirabal_toolkit as mt
from mirabal_toolkit.cli.main import exit_code_of
from mirabal_toolkit.core.plan import PlannedOutcome
from mirabal_toolkit.reporting.choices import FORMATS

SMALL = """\
format: "1"
id: small
version: "1.0.0"
date: "2026-11-21"
title: A small plan
description: One outcome, described.
instrument: partner-safety
population: all_started
confidence_level: 0.95
multiplicity: holm
disclosure_profile: funder
seed: 1
outcomes:
  - {outcome: physical_any, headline: true}
"""


@pytest.fixture(scope="module")
def analysed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a small analysis, as `mirabal analyse` would leave it."""
    out = tmp_path_factory.mktemp("analysed") / "out"
    plan = tmp_path_factory.mktemp("plan") / "small.yaml"
    plan.write_text(SMALL, encoding="utf-8")
    code = exit_code_of(
        ["analyse", str(mt.example_export()), "--plan", str(plan), "--out", str(out), "--formats", "html", "--quiet"]
    )
    assert code == 0
    return out


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "manifest.json"
    }


def test_the_report_again_is_the_same_to_the_byte(analysed: Path, tmp_path: Path) -> None:
    out = tmp_path / "again"
    assert exit_code_of(["report", str(analysed), "--out", str(out), "--quiet"]) == 0
    assert contents(out) == contents(analysed)
    before, after = (json.loads((folder / "manifest.json").read_bytes()) for folder in (analysed, out))
    assert {name for name in before if before[name] != after[name]} <= {"created", "command", "sha256"}
    assert after["command"] == {**before["command"], "written_again": True}


def test_another_machine_in_another_place_writes_the_same_bytes(analysed: Path, tmp_path: Path, mirabal: Any) -> None:
    """Neither the order of hashes, nor the clock, nor the settings of a country stand in any file."""
    every = ["--formats", ",".join(FORMATS), "--briefing", "--quiet"]
    assert exit_code_of(["report", str(analysed), "--out", str(tmp_path / "here"), *every]) == 0
    elsewhere = {"PYTHONHASHSEED": "4711", "TZ": "Pacific/Auckland", "LC_ALL": "C", "SOURCE_DATE_EPOCH": "1"}
    finished = mirabal("report", analysed, "--out", tmp_path / "there", *every, **elsewhere)
    assert finished.returncode == 0, finished.stderr
    here, there = contents(tmp_path / "here"), contents(tmp_path / "there")
    assert here.keys() == there.keys()
    assert {"report.pdf", "report.docx", "tables.xlsx", "tables.tex", "briefing.docx"} <= here.keys()
    assert [name for name in here if here[name] != there[name]] == []


def test_in_its_own_folder_other_formats_join_those_there(
    analysed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(analysed, folder)
    (folder / "mine.txt").write_text("a note of my own", encoding="utf-8")
    assert exit_code_of(["report", str(folder), "--formats", "docx", "--json"]) == 0
    documents = [Path(path).name for path in json.loads(capsys.readouterr().out)["documents"]]
    assert sorted(documents) == ["report.docx", "report.html"]
    found = contents(folder)
    assert found.pop("mine.txt") == b"a note of my own"
    assert contents(analysed).items() <= found.items()
    assert json.loads((folder / "manifest.json").read_bytes())["command"]["formats"] == ["html", "docx"]


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["--formats", "odt"], 2, "there is no report format “odt”"),
        (["--out", "{full}"], 2, "already holds files that are not an earlier report"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_changes(
    analysed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, says: str
) -> None:
    full = tmp_path / "full"
    full.mkdir()
    (full / "letter.txt").write_text("mine", encoding="utf-8")
    before = contents(analysed)
    given = [argument.format(full=full) for argument in arguments]
    assert exit_code_of(["report", str(analysed), *given]) == code
    assert says in capsys.readouterr().err
    assert contents(analysed) == before


def test_numbers_changed_by_hand_are_refused(
    analysed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(analysed, folder)
    results = folder / "results.json"
    results.write_text(
        results.read_text(encoding="utf-8").replace('"estimate": ', '"estimate": 1', 1), encoding="utf-8"
    )
    assert exit_code_of(["report", str(folder)]) == 5
    assert "was changed after the toolkit wrote it" in capsys.readouterr().err


def test_opened_results_show_tables_and_figures(analysed: Path) -> None:
    opened = mt.open_results(analysed)
    assert opened.plan.outcomes[0] == PlannedOutcome("physical_any", headline=True)
    assert opened.table("before-after").rows
    figure = opened.figure("trajectories")
    assert figure.svg.startswith(b"<?xml")
    picture, size = figure._repr_png_()
    assert picture.startswith(b"\x89PNG")
    assert size["width"] == round(96 * figure.size[0])
    assert figure._repr_svg_() == figure.svg.decode()
    assert "<table" in opened.table("before-after")._repr_html_()


def test_two_pages_for_boards_in_the_looks_of_a_house(analysed: Path, tmp_path: Path) -> None:
    house = docx.Document()
    house.styles["Heading 1"].font.name = "Georgia"
    house.save(str(tmp_path / "house.docx"))
    out = tmp_path / "board"
    asked = ["--briefing", "--formats", "docx", "--template", str(tmp_path / "house.docx")]
    assert exit_code_of(["report", str(analysed), *asked, "--out", str(out), "--quiet"]) == 0
    for name in ("report.docx", "briefing.docx"):
        assert docx.Document(str(out / name)).styles["Heading 1"].font.name == "Georgia"
    assert "Any physical harm" in (out / "briefing.html").read_text(encoding="utf-8")
    assert json.loads((out / "manifest.json").read_bytes())["command"]["briefing"] is True


def test_a_template_is_refused_before_anything_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "template.docx"
    path.write_text("Dear board", encoding="utf-8")
    arguments = [
        "analyse",
        str(mt.example_export()),
        "--template",
        str(path),
        "--out",
        str(tmp_path / "out"),
        "--quiet",
    ]
    assert exit_code_of(arguments) == 5
    assert "not a Word document" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_report_in_another_language_stays_in_it(analysed: Path, tmp_path: Path) -> None:
    out = tmp_path / "it"
    assert exit_code_of(["report", str(analysed), "--language", "it", "--out", str(out), "--quiet"]) == 0
    page = (out / "report.html").read_text(encoding="utf-8")
    assert '<html lang="it">' in page
    assert "Riassunto in parole semplici" in page
    before = contents(out)
    assert exit_code_of(["report", str(out), "--quiet"]) == 0
    assert contents(out) == before


@pytest.mark.parametrize("command", [["demo"], ["analyse", "waves.sav"]])
def test_an_unknown_format_is_told_before_any_work(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Also where the file does not exist: nothing was read yet."""
    assert exit_code_of([*command, "--formats", "html,odt"]) == 2
    assert "use some of: html, docx, pdf, xlsx, latex" in capsys.readouterr().err
