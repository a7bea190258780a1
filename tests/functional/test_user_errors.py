"""The commonest mistakes on the command line are met with what mends them; never with a value or a traceback."""

import json

import openpyxl
import pandas as pd
import pytest

from mirabal_toolkit.cli.main import exit_code_of
from mirabal_toolkit.workflow_data import simulate_file

SHORT = "partner-safety-short"
HER = "Jane Doe 07700"

USE, FINDINGS, INPUT = 2, 3, 5

#: What was typed → exit code, and words that have to stand in the answer.
MISTAKES = {
    "analyse no-such.sav": (INPUT, "no such file", "spelling"),
    "analyse wave.csv": (INPUT, "no such file", "did you mean “waves.csv”"),
    "analyse .": (INPUT, "folder", "name the file inside it"),
    "analyse empty.csv": (INPUT, "empty", "export it again"),
    "analyse header.csv": (INPUT, "header.csv", "export"),
    "analyse broken.sav": (INPUT, "broken.sav", "export"),
    "analyse renamed.sav": (INPUT, "named .sav", "rename"),
    "analyse quote.csv": (INPUT, "quotation mark", "close it"),
    "analyse extra.csv": (INPUT, "fields", "title"),
    "analyse twice.csv": (INPUT, "stand twice", "rename"),
    "analyse noid.csv --instrument partner-safety-short": (INPUT, "id of a person", "mapping file"),
    "analyse latin.csv": (INPUT, "not UTF-8", "--encoding windows-1252"),
    "analyse merged.xlsx": (INPUT, "merged", "unmerge"),
    "analyse formula.xlsx": (INPUT, "formula", "LibreOffice"),
    "analyse waves.csv --sheet Nope": (INPUT, "only workbooks", "leave --sheet out"),
    "analyse waves.csv --plan nope": (USE, "no plan", "short-form"),
    "analyse waves.csv --plan steps-to-safety": (FINDINGS, "is for the instrument", "mirabal plans list"),
    "analyse waves.csv --plan bad.yaml": (INPUT, "bad.yaml, line 3", "indentation"),
    "analyse waves.csv --plan unknown.yaml": (FINDINGS, "unknown.yaml, line 7", "did you mean"),
    "analyse waves.csv --plan wrong.yaml": (FINDINGS, "unknown outcome", "use one of"),
    "analyse waves.csv --profile nope": (USE, "no disclosure profile", "funder"),
    "analyse waves.csv --formats htm": (USE, "no report format", "html"),
    "analyse waves.csv --language xx": (USE, "xx", "en"),
    "analyse waves.csv --instrument nope": (USE, "no instrument", "partner-safety"),
    "analyse waves.csv --instrument partner-safety@9.9.9": (USE, "no version", "1.0.0"),
    "analyse waves.csv --mapping nope.yaml": (INPUT, "no such file", ""),
    "analyse waves.csv --mapping bad.yaml": (INPUT, "bad.yaml, line 3", "indentation"),
    "analyse waves.csv --links bad.yaml": (INPUT, "bad.yaml, line 3", "indentation"),
    "analyse waves.csv --template plain.txt": (INPUT, "plain.txt", ""),
    "import waves.csv --out study.csv": (USE, ".parquet", "--out study.parquet"),
    "write waves.csv --to back.doc": (USE, ".doc", ".sav"),
    "simulate partner-safety-short --out new.doc": (USE, ".doc", ".sav"),
    "simulate nope --out new.sav": (USE, "no instrument", "partner-safety"),
    "power short-form --people many": (USE, "whole numbers", "--people 60,100,150"),
    "power help-seeking-countries": (FINDINGS, "one wave", "mirabal plans list"),
    "report .": (INPUT, "mistakes0 is not a complete report", "mirabal analyse"),
    "verify .": (INPUT, "mistakes0 is not a complete report", "mirabal analyse"),
    "check-outputs .": (INPUT, "mistakes0 is not a complete report", "mirabal analyse"),
    "explore empty-folder": (INPUT, "not a complete report", "mirabal analyse"),
    "erase waves.csv --person 1": (INPUT, "not a study file", "mirabal import"),
    "rotate-key waves.csv": (INPUT, "", ""),
    "unseal waves.csv": (USE, "only sealed files", "name the sealed file"),
    "init .": (USE, "not empty", "mirabal init"),
    "notebooks --strip waves.csv": (INPUT, "notebook", ".ipynb"),
    "plans show nope": (USE, "no plan", "short-form"),
    "plans lint wrong.yaml": (FINDINGS, "unknown outcome", "use one of"),
    "instruments show nope": (USE, "no instrument", "partner-safety"),
    "instruments lint no-such.yaml": (INPUT, "cannot be read", "mirabal instruments list"),
    "instruments diff partner-safety partner-safety-short": (USE, "two instruments", "mirabal instruments list"),
    "instruments export partner-safety --to pdf": (USE, "no format", "docx"),
    "instruments export partner-safety --to html --lang fr": (USE, "not in “fr”", "en"),
}

#: What Typer itself answers: it says how the command is used, and which help to ask for.
MISUSES = ("analyse", "analyze waves.csv", "analyse waves.csv --nonsense", "import waves.csv", "power", "report")

PLAN = """format: "1"
id: mine
version: "1.0.0"
title: Mine
instrument: partner-safety-short
outcomes: [{outcome: %s}]
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Files with one mistake each; the answers hold a name that no message may repeat."""
    place = tmp_path_factory.mktemp("mistakes")
    simulate_file(SHORT, place / "waves.csv", people=6, waves=2, seed=1)
    text = (place / "waves.csv").read_text(encoding="utf-8")
    head, first, *rest = text.splitlines()
    named = f"{HER}{first[first.index(',') :]}"
    lines = [head, named, *rest]

    def write(name, content):
        (place / name).write_bytes(content if isinstance(content, bytes) else content.encode())

    write("waves.csv", "\n".join(lines))
    write("empty.csv", "")
    write("header.csv", head + "\n")
    write("broken.sav", b"$FL2@(#) SPSS DATA FILE" + HER.encode() * 40)
    write("renamed.sav", "\n".join(lines))
    write("quote.csv", "\n".join([head, f'"{named}', *rest]))
    write("extra.csv", "\n".join([f"Survey of {HER}", *lines]))
    write("twice.csv", "\n".join([head.replace("pss_a1_w1", "pss_a2_w1"), *lines[1:]]))
    write("noid.csv", "\n".join([head.replace("person_id", "woman"), *lines[1:]]))
    write("latin.csv", "\n".join([f"{head},note", *(f"{line},Peña {HER}" for line in lines[1:])]).encode("latin-1"))
    write("bad.yaml", f"instrument: x\nid: [\n  {HER}: : :\n")
    write("unknown.yaml", PLAN % "harm_any" + "colour: red\n")
    write("wrong.yaml", PLAN % "no_such")
    write("plain.txt", HER)
    (place / "empty-folder").mkdir()
    frame = pd.read_csv(place / "waves.csv", dtype=str, keep_default_na=False)
    for name, change in (("merged", lambda sheet: sheet.merge_cells("A2:A3")), ("formula", _formula)):
        frame.to_excel(place / f"{name}.xlsx", index=False)
        book = openpyxl.load_workbook(place / f"{name}.xlsx")
        change(book.active)
        book.save(place / f"{name}.xlsx")
    return place


def _formula(sheet):
    sheet["E3"] = "=1+1"


@pytest.mark.parametrize("typed", MISTAKES)
def test_a_mistake_is_answered_with_what_mends_it(folder, monkeypatch, capsys, typed):
    monkeypatch.chdir(folder)
    code, what, fix = MISTAKES[typed]
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    given = exit_code_of([*typed.split(), *(["--no-progress"] if typed.startswith("analyse") else [])])
    printed = capsys.readouterr()
    assert (given, printed.out) == (code, "")
    said = printed.err
    assert said.startswith("Error: ")
    assert "to mend it: " in said
    assert what in said
    assert fix in said.partition("to mend it: ")[2] or fix in said.rpartition("to mend it: ")[2]
    for never in ("Traceback", HER, "Jane", "07700", str(folder)):
        assert never not in said
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before


@pytest.mark.parametrize("typed", MISUSES)
def test_a_misuse_is_answered_with_the_help_to_ask_for(folder, monkeypatch, capsys, typed):
    monkeypatch.chdir(folder)
    assert exit_code_of(typed.split()) == USE
    said = capsys.readouterr().err
    assert "Usage: " in said
    assert "-h" in said
    assert "Traceback" not in said


def test_findings_in_data_exit_with_3_and_each_says_what_to_do(folder, monkeypatch, capsys):
    monkeypatch.chdir(folder)
    assert exit_code_of(["check", "waves.csv", "--instrument", SHORT, "--json"]) == FINDINGS
    printed = capsys.readouterr().out
    assert HER not in printed
    serious = [one for one in json.loads(printed) if one["severity"] != "note"]
    assert serious
    assert [one["code"] for one in serious if not one["advice"]] == []
