"""XLSForm back to an instrument: the round trip, what Excel changes, forms by others, bad files."""

import dataclasses
import io
import zipfile

import openpyxl
import pytest

from mirabal_toolkit.errors import FindingsError, InputError
from mirabal_toolkit.instruments.catalogue import bundled_instruments
from mirabal_toolkit.instruments.exports.xlsform import xlsform, xlsform_sheets
from mirabal_toolkit.instruments.xlsform_conditions import MOST_SIGNS, Answers, xpath_condition
from mirabal_toolkit.instruments.xlsform_import import import_xlsform, read_xlsform
from mirabal_toolkit.instruments.xlsform_workbook import MOST_BYTES

TODAY = "2026-01-01"
#: Questionnaires of many items take ten seconds and more; one of them is enough for every day.
LONG = {"comparison-site@1.0.0", "help-seeking@1.0.0", "partner-safety@1.0.0", "client-account@1.0.0"}
OPEN = [
    pytest.param(one, marks=pytest.mark.slow if one.reference in LONG else ())
    for one in bundled_instruments()
    if one.rights.wording_redistributable
]


def read(content):
    return read_xlsform(content, "form.xlsx", TODAY)


def workbook(sheets):
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def edited(instrument, change):
    """The form of an instrument after somebody changed a row of the survey in Excel."""
    sheets = xlsform_sheets(instrument, "en")
    head = sheets["survey"][0]
    rows = [dict(zip(head, row, strict=True)) for row in sheets["survey"][1:]]
    rows = change(rows) or rows
    sheets["survey"] = [head, *([row.get(name, "") for name in head] for row in rows)]
    return read(workbook(sheets))


def row_of(rows, name):
    return next(row for row in rows if row["name"] == name)


@pytest.mark.parametrize("instrument", OPEN, ids=lambda one: one.reference)
def test_there_and_back_keeps_every_cell(instrument):
    for language in instrument.languages:
        form = read(xlsform(instrument, language.code))
        assert form.notes == ()
        assert xlsform_sheets(form.instrument, language.code) == xlsform_sheets(instrument, language.code)


@pytest.mark.parametrize("instrument", OPEN, ids=lambda one: one.reference)
def test_there_and_back_keeps_the_instrument(instrument):
    back = read(xlsform(instrument, "en")).instrument
    for field in dataclasses.fields(instrument):
        if field.name not in ("items", "fingerprint"):
            assert getattr(back, field.name) == getattr(instrument, field.name), field.name
    # What staff fill in stands together in a form, so it comes back at the head of its block.
    assert sorted(back.items, key=lambda item: item.id) == sorted(instrument.items, key=lambda item: item.id)


def test_texts_full_of_traps_come_back(traps):
    back = read(xlsform(traps, "en"))
    assert xlsform(back.instrument, "en") == xlsform(traps, "en")
    assert back.instrument.item("Q1").text == {"en": "-Did <b>he</b> & `why` $x?", "ro": "+Da?"}
    assert back.instrument.response_set_by_id["often"] == traps.response_set_by_id["often"]


def test_a_reworded_question(partner):
    def change(rows):
        row_of(rows, "C1")["label::English (en)"] = "He pushed you."

    form = edited(partner, change)
    assert form.instrument.item("C1").text == {"en": "He pushed you."}
    assert dataclasses.replace(form.instrument.item("C1"), text=partner.item("C1").text) == partner.item("C1")


def test_a_new_question_in_a_block(partner):
    def change(rows):
        place = rows.index(row_of(rows, "C2"))
        rows.insert(place, {"type": "select_one frequency", "name": "C1b", "label::English (en)": "He spat at you."})

    form = edited(partner, change)
    ids = [item.id for item in form.instrument.items_in_block("C")]
    assert ids[:3] == ["C1", "C1b", "C2"]
    assert form.instrument.item("C1b").variable == "c1b_w{wave}"


def test_a_changed_condition_is_read_from_its_xpath(partner):
    def change(rows):
        row_of(rows, "C1")["relevant"] = "${B2} = '1'"
        row_of(rows, "K6")["relevant"] = ""

    form = edited(partner, change)
    assert form.instrument.item("C1").ask_if.source == "answered(B2) and B2 == together"
    assert form.instrument.item("K6").ask_if is None
    assert form.instrument.item("C2").ask_if.source == "B2 in (together, apart)"


def test_a_changed_wave(partner):
    def change(rows):
        row_of(rows, "C1")["relevant"] = "(${wave} = '1' or ${wave} = '5') and (${B2} = '1')"

    item = edited(partner, change).instrument.item("C1")
    assert (item.waves, item.ask_if.source) == ((1, 5), "answered(B2) and B2 == together")


def test_a_question_taken_out_that_a_score_needs(partner):
    with pytest.raises(FindingsError, match="scale physical"):
        edited(partner, lambda rows: [row for row in rows if row["name"] != "C1"])


def test_a_question_taken_out_that_others_look_at(partner):
    with pytest.raises(FindingsError) as caught:
        edited(partner, lambda rows: [row for row in rows if row["name"] != "B2"])
    looking = [item for item in partner.items if item.ask_if and "B2" in item.ask_if.names]
    assert len(caught.value.problems) == len(looking)


SURVEY = (
    ("type", "name", "label::English (en)", "label::Español (es)", "hint", "relevant", "required", "constraint"),
    ("start", "start"),
    ("begin_group", "intro", "Introduction"),
    ("note", "n1", "Hello"),
    ("select_one yn", "consent", "Do you agree?", "¿De acuerdo?"),
    ("end_group",),
    ("begin group", "main", "Main", "", "", "${consent}='yes'"),
    ("integer", "age", "How old?", "", "", "", "yes", ". >= 18 and . <= 120"),
    ("select one colour", "col", "Colour?", "", "", "${age} > 30 or not(${consent} = 'no')"),
    ("decimal", "w", "Weight", "", "", "selected(${col}, 'red') and ${age} + 2 >= 20"),
    ("calculate", "c"),
    ("note", "n2", "Thanks"),
    ("end_group",),
    ("text", "t", "Anything?"),
)
CHOICES = (
    ("list_name", "name", "label::English (en)", "label::Español (es)"),
    ("yn", "yes", "Yes", "Sí"),
    ("yn", "no", "No", "No"),
    ("colour", "red", "Red"),
    ("colour", "dont_know", "DK"),
)


def foreign(survey=SURVEY, choices=CHOICES):
    settings = (("form_title", "form_id", "default_language"), ("My form!", "my_form", "English (en)"))
    return workbook({"survey": survey, "choices": choices, "settings": settings})


def test_a_form_by_others():
    form = read(foreign())
    instrument = form.instrument
    assert (instrument.id, instrument.title, instrument.effective) == ("my-form", {"en": "My form!"}, TODAY)
    assert [(block.id, dict(block.intro)) for block in instrument.blocks] == [
        ("intro", {"en": "Hello"}),
        ("main", {}),
        ("form", {}),
    ]
    assert [language.code for language in instrument.languages] == ["en", "es"]
    age = instrument.item("age")
    assert (age.minimum, age.maximum, age.required) == (18, 120, True)
    assert age.ask_if.source == "answered(consent) and consent == yes"
    assert [option.kind for option in instrument.options("col")] == ["valid", "dont_know"]
    assert instrument.item("w").ask_if.source.endswith("(answered(age) and (age + 2) >= 20)")
    assert [note.split(":")[0] for note in form.notes] == ["sheet survey, row 11", "sheet survey, row 12"]


def test_a_form_by_others_once_more_is_the_same():
    once = xlsform(read(foreign()).instrument, "en")
    assert xlsform(read(once).instrument, "en") == once


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (("select_multiple yn", "many", "Which?"), "no questions of the type “select_multiple yn”"),
        (("begin_repeat", "again", "Again"), "no questions of the type “begin_repeat”"),
        (("image", "photo", "Photo"), "no questions of the type “image”"),
        (("select_one nothing", "q", "Q"), "names the list “nothing”"),
        (("text", "a-b", "Q"), "“a-b” cannot be the id of an item"),
        (("text", "q", "Q", "", "", "${later} = 1"), "looks at “later”, which is no question before it"),
        (("text", "q", "Q", "", "", "${consent} = 'maybe'"), "which is none of its answers"),
        (("text", "q", "Q", "", "", "today() > 3"), "uses “today()”"),
        (("text", "q", "Q", "", "", "${age} >"), "ends early"),
        (("text", "q", "Q", "", "", "((${age} > 3)"), "lacks “)”"),
        (("begin_group", "g", "Open"), "is not ended"),
        (("text", "age", "Twice"), "age"),
    ],
)
def test_what_cannot_be_said_is_named_with_its_row(row, told):
    with pytest.raises(FindingsError) as caught:
        read(foreign((*SURVEY, row)))
    assert told in str(caught.value)


def test_all_problems_come_at_once_with_their_rows():
    rows = (*SURVEY, ("image", "p", "Photo"), ("text", "a b", "Q"))
    with pytest.raises(FindingsError) as caught:
        read(foreign(rows))
    assert [problem.where for problem in caught.value.problems] == ["sheet survey, row 15", "sheet survey, row 16"]


YES_NO = {"a": Answers({"1": "yes", "0": "no"}, frozenset({"98"})), "n": None}


@pytest.mark.parametrize(
    ("xpath", "ours"),
    [
        ("${a} = '1'", "answered(a) and a == yes"),
        ("'1' = ${a}", "answered(a) and a == yes"),
        ("${a} = 1", "answered(a) and a == yes"),
        ("${a} != '0'", "not answered(a) or a != no"),
        ("${a} = ''", "not answered(a)"),
        ("${a} != ''", "answered(a)"),
        ("${a} = '98'", "not answered(a)"),
        ("${n} > 2 and ${a}='1' or ${n} = 0",
         "((answered(n) and n > 2) and (answered(a) and a == yes)) or (answered(n) and n == 0)"),
        ("not(${n} > 2)", "not (answered(n) and n > 2)"),
        ("2 < ${n}", "answered(n) and n > 2"),
        ("${n} * 2 - 1 div 2 >= 3", "answered(n) and ((n * 2) - (1 / 2)) >= 3"),
        ("-${n} < number(3)", "answered(n) and -n < 3"),
        ("true()", "1 == 1"),
        ("${n}", "answered(n)"),
    ],
)  # fmt: skip
def test_xpath_in_our_language(xpath, ours):
    assert xpath_condition(xpath, YES_NO) == ours


@pytest.mark.parametrize(
    "xpath", ["1 + 1", "'text'", "${n} = 'abc'", "(${n} > 1) + 2 > 1", "§", "x" * (MOST_SIGNS + 1), "not" + "(" * 60]
)
def test_xpath_that_says_nothing_true_or_false(xpath):
    with pytest.raises(InputError):
        xpath_condition(xpath, YES_NO)


def zipped(**members):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/") + ".xml", content)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "no .xlsx workbook"),
        (b"PK\x03\x04 nonsense", "no .xlsx workbook"),
        (zipped(a="<x/>"), "no .xlsx workbook"),
        (zipped(a="<!DOCTYPE x [<!ENTITY y 'z'>]><x>&y;</x>"), "declares XML entities"),
        (zipped(a="0" * 200_000_000), "unpacks to more"),
        (b"0" * (MOST_BYTES + 1), "larger than"),
        (workbook({"Sheet": [["type"]]}), "no sheet “survey”"),
        (workbook({"survey": [["type", "name", "type"], ["text", "q", ""]]}), "has the column “type” twice"),
    ],
    ids=range(8),
)
def test_bad_files(content, told):
    with pytest.raises(InputError) as caught:
        read(content)
    assert told in str(caught.value)


def test_a_damaged_sheet_of_ours(partner):
    sheets = xlsform_sheets(partner, "en")
    sheets["mirabal"][1][2] = "{not json"
    with pytest.raises(FindingsError) as caught:
        read(workbook(sheets))
    assert "sheet mirabal, row 2" in str(caught.value)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(InputError) as caught:
        import_xlsform(tmp_path / "none.xlsx", TODAY)
    assert str(tmp_path) not in str(caught.value)
