"""XLSForm: accepted by pyxform and, where Java is, by ODK Validate; the gate, the codes, the languages."""

import io
import shutil
import zipfile

import openpyxl
import pytest
from pyxform.xls2xform import convert

from mirabal_toolkit.instruments.catalogue import bundled_instruments
from mirabal_toolkit.instruments.exports.xlsform import xlsform, xlsform_sheets

#: ODK Validate is a Java program that comes with pyxform.
JAVA = shutil.which("java") is not None
#: Java takes seconds to start: the largest, and the one with four languages.
VALIDATED = ("partner-safety", "partner-safety-short")
OPEN = [one for one in bundled_instruments() if one.rights.wording_redistributable]


def survey(instrument, language="en"):
    head, *rows = xlsform_sheets(instrument, language)["survey"]
    return [dict(zip(head, row, strict=True)) for row in rows]


def named(instrument, name):
    return next(row for row in survey(instrument) if row["name"] == name)


@pytest.mark.parametrize("instrument", OPEN, ids=lambda one: one.reference)
def test_pyxform_accepts_every_bundled_questionnaire(instrument, tmp_path):
    path = tmp_path / "form.xlsx"
    path.write_bytes(xlsform(instrument, "en"))
    result = convert(path, validate=JAVA and instrument.id in VALIDATED)
    assert result.warnings == []
    asked = [item.id for item in instrument.items]
    assert [name for name in asked if f'/{name}"' not in result.xform] == []


def test_pyxform_accepts_texts_full_of_traps(traps, tmp_path):
    path = tmp_path / "form.xlsx"
    path.write_bytes(xlsform(traps, "en"))
    assert "&lt;b&gt;" in convert(path, validate=JAVA).xform


def test_the_gate_comes_before_everything_she_is_asked(partner):
    rows = survey(partner)
    asked = [row["name"] for row in rows if row["name"] in partner.item_by_id and row["m_office"] != "yes"]
    assert asked[:4] == ["A1", "A2", "A3", "A4"]
    assert named(partner, "A3")["relevant"] == "${A1} = '1' and ${A2} = '1'"
    passed = "${A1} = '1' and ${A2} = '1' and ${A3} = '1' and ${A4} = '1'"
    groups = [row for row in rows if row["type"] == "begin_group" and row["name"].startswith("block_")]
    assert {row["relevant"] for row in groups if row["name"] != "block_A"} == {passed}
    assert named(partner, "gate_ended")["relevant"].startswith("(${A1} != '' and ${A1} != '1') or ")


def test_missing_codes_of_numbers_are_allowed_and_said(partner):
    row = named(partner, "K0")
    assert row["constraint"] == "(. >= 0 and . <= 20) or . = 97 or . = 98 or . = 99"
    assert row["hint::English (en)"].endswith("Or write 97 Does not apply · 98 Don’t know · 99 Prefer not to say")


def test_what_is_asked_once_is_asked_at_the_first_wave(partner, traps):
    assert named(partner, "P2")["relevant"] == "${wave} = '1'"
    assert named(traps, "Q5")["relevant"] == "${wave} = '2'"


def test_answers_no_longer_offered_are_kept_but_not_offered(traps):
    sheets = xlsform_sheets(traps, "en")
    assert [row[1] for row in sheets["choices"] if row[0] == "often"] == ["0", "1", "97", "98", "99"]
    assert any("long_ago" in cell for row in sheets["mirabal"] for cell in row)


def test_every_language_is_in_the_form_and_the_chosen_one_first(traps):
    head = xlsform_sheets(traps, "ro")["survey"][0]
    assert [name for name in head if name.startswith("label")] == ["label::Romanian (ro)", "label::English (en)"]
    assert xlsform_sheets(traps, "ro")["settings"][1][-1] == "Romanian (ro)"
    assert named(traps, "Q1")["label::Romanian (ro)"] == "+Da?"
    assert named(traps, "Q2")["label::Romanian (ro)"] == "@two"  # no gap where the translation lacks


def test_nothing_in_the_workbook_is_a_formula(traps):
    book = openpyxl.load_workbook(io.BytesIO(xlsform(traps, "en")))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    assert any(str(cell.value).startswith("=HYPERLINK") for cell in cells)


def test_equal_questionnaires_give_equal_bytes(partner):
    content = xlsform(partner, "en")
    assert content == xlsform(partner, "en")
    assert {entry.date_time for entry in zipfile.ZipFile(io.BytesIO(content)).infolist()} == {(1980, 1, 1, 0, 0, 0)}
