"""The page on formats: its commands run, and it names every ending that is read and everything that is refused."""

import re
import shlex

import numpy as np
import openpyxl
import pandas as pd
import pyreadstat
import pytest

import mirabal_toolkit as mt
from mirabal_toolkit.cli.main import exit_code_of
from mirabal_toolkit.readers.formats import ENDINGS, READERS
from mirabal_toolkit.readers.refusals import REFUSALS

EPOCH = np.datetime64("1582-10-14")


@pytest.fixture(scope="module")
def page(root):
    return (root / "docs" / "formats.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def texts():
    """The first two waves of the example, as texts."""
    frame, meta = pyreadstat.read_sav(mt.example_export(), user_missing=True, disable_datetime_conversion=True)
    wide = frame[[name for name in frame.columns if not name.endswith(("_w3", "_w4", "_w5"))]].head(40)
    for name in wide.columns:
        if meta.original_variable_types[name].startswith("DATE"):
            seconds = wide[name]
            days = [str(EPOCH + np.timedelta64(int(one // 86_400), "D")) for one in seconds.fillna(0)]
            wide = wide.assign(**{name: pd.Series(days).where(seconds.notna(), "")})
    return wide.map(lambda cell: "" if pd.isna(cell) else f"{cell:g}" if isinstance(cell, float) else str(cell))


def of_wave(texts, wave):
    kept = [name for name in texts.columns if not re.search(r"_w\d$", name) or name.endswith(f"_w{wave}")]
    return texts[kept].rename(columns=lambda name: re.sub(r"_w\d$", "", name))


@pytest.fixture
def files(texts, tmp_path):
    """What the commands of the page are given."""
    (tmp_path / "waves.sav").write_bytes(mt.example_export().read_bytes())
    texts.to_csv(tmp_path / "answers.csv", index=False, sep=";", encoding="windows-1252")
    book = openpyxl.Workbook()
    book.remove(book.active)
    names = list(of_wave(texts, 1).columns)
    for wave in (1, 2):
        one = of_wave(texts, wave).reindex(columns=names, fill_value="")
        one.to_csv(tmp_path / f"wave{wave}.csv", index=False)
        sheet = book.create_sheet(f"Wave{wave}")
        for row in [list(one.columns), *one.to_numpy().tolist()]:
            sheet.append(row)
        one.assign(redcap_event_name=f"wave_{wave}_arm_1").to_csv(
            tmp_path / "redcap.csv", index=False, mode="a", header=wave == 1
        )
    book.save(tmp_path / "waves.xlsx")
    return tmp_path


def commands(page):
    return [line.strip() for line in page.splitlines() if re.match(r"^ {4,}mirabal ", line)]


def test_the_page_has_five_commands(page):
    assert len(commands(page)) == 5


@pytest.mark.parametrize("number", range(5))
def test_every_command_works(page, files, monkeypatch, capsys, number):
    monkeypatch.chdir(files)
    command = commands(page)[number]
    code = exit_code_of(shlex.split(command)[1:])
    assert code == (3 if "check" in command else 0), f"{command}\n{capsys.readouterr().err}"


def test_every_ending_is_named(page):
    assert {kind for kinds in ENDINGS.values() for kind in kinds} == set(READERS)
    for ending in set(ENDINGS) - {".xlsm"}:
        assert f"`{ending}`" in page


def test_everything_that_is_refused_is_named(page):
    for what, _ in REFUSALS.values():
        assert what in page
