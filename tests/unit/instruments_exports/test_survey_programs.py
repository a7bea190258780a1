"""REDCap, LimeSurvey and Qualtrics files, read as those programs read them."""

import csv
import io
import re

import pytest

from mirabal_toolkit.instruments.catalogue import bundled_instruments
from mirabal_toolkit.instruments.exports.item_table import item_table
from mirabal_toolkit.instruments.exports.limesurvey import limesurvey_files
from mirabal_toolkit.instruments.exports.qualtrics import qualtrics_files
from mirabal_toolkit.instruments.exports.redcap import COLUMNS, EVENT_COLUMNS, MAPPING_COLUMNS, redcap_files

OPEN = [one for one in bundled_instruments() if one.rights.wording_redistributable]
every = pytest.mark.parametrize("instrument", OPEN, ids=lambda one: one.reference)


def table(content, delimiter=","):
    head, *rows = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=delimiter)
    assert {len(row) for row in rows} == {len(head)}
    return head, [dict(zip(head, row, strict=True)) for row in rows]


# --- REDCap -----------------------------------------------------------------------------------------

FIELD = "Variable / Field Name"
LOGIC = "Branching Logic (Show field only if...)"
CHOICES = "Choices, Calculations, OR Slider Labels"


@every
def test_redcap_dictionary_keeps_the_rules_of_redcap(instrument):
    head, rows = table(redcap_files(instrument, "en")["redcap-dictionary.csv"])
    assert tuple(head) == COLUMNS
    names = [row[FIELD] for row in rows]
    assert names[0] == "person_id"
    assert len(names) == len(set(names)) == len(instrument.items) + 1
    assert all(re.fullmatch(r"[a-z][a-z0-9_]{0,25}", name) for name in names)
    forms = [row["Form Name"] for row in rows]
    assert all(re.fullmatch(r"[a-z][a-z0-9_]{0,49}", form) for form in forms)
    runs = [form for place, form in enumerate(forms) if place == 0 or forms[place - 1] != form]
    assert len(runs) == len(set(runs)), "the fields of a form must stand together"
    assert {row["Field Type"] for row in rows} <= {"text", "radio", "notes"}


@every
def test_redcap_logic_looks_at_known_fields_and_their_answers(instrument):
    _, rows = table(redcap_files(instrument, "en")["redcap-dictionary.csv"])
    by_name = {row[FIELD]: row for row in rows}
    seen = set()
    for row in rows:
        for name, code in re.findall(r"\[([\w-]+)\] (?:=|<>) '([^']*)'", row[LOGIC]):
            if name == "event-name":
                continue
            assert name in seen, f"{row[FIELD]} looks ahead at {name}"
            choices = [part.split(",")[0] for part in by_name[name][CHOICES].split(" | ")]
            assert code == "" or by_name[name]["Field Type"] == "text" or code in choices
        assert row[LOGIC].count("(") == row[LOGIC].count(")")
        seen.add(row[FIELD])


@every
def test_redcap_events_and_forms_belong_together(instrument):
    files = redcap_files(instrument, "en")
    event_head, events = table(files["redcap-events.csv"])
    mapping_head, mapping = table(files["redcap-forms-by-event.csv"])
    _, fields = table(files["redcap-dictionary.csv"])
    assert (tuple(event_head), tuple(mapping_head)) == (EVENT_COLUMNS, MAPPING_COLUMNS)
    assert [event["unique_event_name"] for event in events] == [f"wave_{w.number}_arm_1" for w in instrument.waves]
    assert {row["form"] for row in mapping} == {row["Form Name"] for row in fields}
    assert {row["unique_event_name"] for row in mapping} == {event["unique_event_name"] for event in events}
    offsets = [int(event["day_offset"]) for event in events]
    assert offsets == sorted(offsets)


def test_redcap_of_partner_safety(partner):
    files = redcap_files(partner, "en")
    _, rows = table(files["redcap-dictionary.csv"])
    by_name = {row[FIELD]: row for row in rows}
    assert by_name["c1"][CHOICES].startswith("0, Never | 1, Once | 2, Two to five times")
    assert by_name["a2"][LOGIC] == "[a1] = '1'"
    assert by_name["c1"][LOGIC].endswith("[b2] <> '3' and [b2] <> '4'")
    assert by_name["k0"]["Text Validation Type OR Show Slider Number"] == "integer"
    assert by_name["n1"]["Identifier?"] == "y"
    _, mapping = table(files["redcap-forms-by-event.csv"])
    once = [row["unique_event_name"] for row in mapping if row["form"] == by_name["age_start"]["Form Name"]]
    assert once == ["wave_1_arm_1"]


def test_redcap_escapes(traps):
    content = redcap_files(traps, "en")["redcap-dictionary.csv"]
    _, rows = table(content)
    by_name = {row[FIELD]: row for row in rows}
    assert by_name["q1"]["Field Label"] == "'-Did &lt;b&gt;he&lt;/b&gt; &amp; `why` $x?"
    assert by_name["q1"][CHOICES].startswith("0, =Never / ever | 1, Once")
    assert "long" not in by_name["q1"][CHOICES].lower()
    assert by_name["q5"][LOGIC] == "[event-name] = 'wave_2_arm_1'"
    assert all(not cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row.values())


# --- LimeSurvey -------------------------------------------------------------------------------------


@every
def test_limesurvey_structure(instrument):
    _, rows = table(limesurvey_files(instrument, "en")["limesurvey.txt"], "\t")
    assert [row["class"] for row in rows[:3]] == ["S", "S", "S"]
    codes = [language.code for language in instrument.languages]
    questions = [row for row in rows if row["class"] == "Q"]
    assert all(re.fullmatch(r"[a-z][a-z0-9]{0,19}", row["name"]) for row in questions)
    names = [row["name"] for row in questions if row["language"] == "en"]
    assert len(names) == len(set(names))
    for row in rows:
        if row["class"] in "GQA":
            assert row["text"] or row["name"]
            assert row["language"] in codes
        if row["class"] == "A":
            assert re.fullmatch(r"[A-Za-z0-9]{1,5}", row["name"])
    for code in codes[1:]:
        assert [row["name"] for row in questions if row["language"] == code] == names


@every
def test_limesurvey_relevance_looks_back_at_known_answers(instrument):
    _, rows = table(limesurvey_files(instrument, "en")["limesurvey.txt"], "\t")
    answers, current = {}, ""
    for row in rows:
        if row["language"] != "en":
            continue
        for name, code in re.findall(r'(\w+)\.NAOK (?:==|!=) "([^"]*)"', row["relevance"]):
            assert name in answers
            assert code == "" or not answers[name] or code in answers[name]
        if row["class"] == "Q":
            current = row["name"]
            answers[current] = set()
        elif row["class"] == "A":
            answers[current].add(row["name"])


def test_limesurvey_escapes(traps):
    content = limesurvey_files(traps, "en")["limesurvey.txt"]
    _, rows = table(content, "\t")
    texts = [row["text"] for row in rows] + [row["name"] for row in rows if row["class"] == "G"]
    assert not [text for text in texts if re.search(r"[{}]|<(?!br />)|^[=+@-]", text)]
    one = next(row for row in rows if row["name"] == "q1" and row["language"] == "en")
    assert one["text"] == "&#45;Did &lt;b&gt;he&lt;/b&gt; &amp; `why` $x?"
    three = next(row for row in rows if row["name"] == "q3")
    assert three["em_validation_q"] == "(self.NAOK >= 0 and self.NAOK <= 20) or self.NAOK == 97 or self.NAOK == 99"


# --- Qualtrics --------------------------------------------------------------------------------------


def questions_of(text):
    """Name → text and choices, as Qualtrics reads the advanced format."""
    assert text.startswith("[[AdvancedFormat]]\n")
    found = {}
    for part in text.split("[[Question:")[1:]:
        body = part.split("[[Block:")[0].split("[[PageBreak]]")[0]
        name = re.search(r"\[\[ID:(.*?)\]\]", body)[1]
        words, _, choices = body.split("]]", 2)[2].strip().partition("[[Choices]]")
        found[name] = (words.strip(), [line for line in choices.split("\n") if line.strip()])
    return found


@every
def test_qualtrics_questions_and_their_settings(instrument):
    files = qualtrics_files(instrument, "en")
    questions = questions_of(files["qualtrics.txt"].decode())
    head, rows = table(files["qualtrics-settings.csv"])
    assert head == ["question", "item", "show only if", "choice", "text", "recode value"]
    assert {row["item"] for row in rows} == {item.id for item in instrument.items}
    for row in rows:
        words, choices = questions[row["question"]]
        assert words
        if row["choice"]:
            item = instrument.item(row["item"])
            codes = [str(option.code) for option in instrument.options(item.id) if not option.retired]
            assert len(choices) == len(codes)
            assert row["recode value"] == codes[int(row["choice"]) - 1]


def test_qualtrics_escapes(traps):
    files = qualtrics_files(traps, "en")
    text = files["qualtrics.txt"].decode()
    assert "[[Block:X Block {one} <i>&]]" in text
    assert "&lt;b&gt;he&lt;/b&gt; &amp; `why` &#36;x?" in text
    assert (
        "Ask only if Q1 (=label) is “Once, &#x27;or&#x27;" in text or "Ask only if Q1 (=label) is “Once, 'or'" in text
    )


def test_qualtrics_says_who_passes_the_gate(partner):
    files = qualtrics_files(partner, "en")
    _, rows = table(files["qualtrics-settings.csv"])
    c1 = next(row for row in rows if row["item"] == "C1")
    assert c1["show only if"].startswith(
        "A1, A2, A3, A4 = “yes”. Ask only if B2 (Contact with him) is “Living together”"
    )


# --- the table of items -----------------------------------------------------------------------------


@every
def test_item_table(instrument):
    head, rows = table(item_table(instrument))
    assert [row["item"] for row in rows] == [item.id for item in instrument.items]
    assert {f"text_{language.code}" for language in instrument.languages} <= set(head)


def test_item_table_runs_nothing(traps):
    _, rows = table(item_table(traps))
    assert rows[0]["label_en"] == "'=label"
    assert rows[0]["text_ro"] == "'+Da?"
    assert rows[0]["codes"] == "0:never 1:once 2:long_ago"
