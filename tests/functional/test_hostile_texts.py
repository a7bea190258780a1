"""A questionnaire made to do harm: its texts stay texts in every format a report or questionnaire is written in."""

import csv
import io
import re
import xml.etree.ElementTree as ET
import zipfile
from dataclasses import replace
from html.parser import HTMLParser

import pytest

import mirabal_toolkit as mt
from mirabal_toolkit.instruments.exports.kit import FORMATS, export_files, write_files
from mirabal_toolkit.instruments.loading import load_instrument
from mirabal_toolkit.reporting.choices import FORMATS as REPORTS
from mirabal_toolkit.workflow_data import simulate_file

SHORT = "partner-safety-short"
#: What runs in a browser, a spreadsheet, a template, TeX, Typst, a picture, a Word field, mathtext; and unseen signs.
HOSTILE = (
    '<script>alert("x")</script>', '"><img src=http://evil.example/x onerror=alert(1)>', "=cmd|' /C calc'!A0",
    '+HYPERLINK("http://evil.example")', "@SUM(1+1)", "-2+3", "＝1+1", "{{ 7*7 }}{% raw %}", "|x",
    r"\input{/etc/passwd}$x_1^2$",
    '#import "evil.typ"', "</text><script>alert(2)</script>", "DDEAUTO c:\\x", "$\\frac{1}{2", "]]>&evil;<!-- ",
    "a\u202eb\u0000c\u0007", "' onmouseover='x", "&lt;b&gt;", "x'.\nHOST COMMAND=['calc'].\n", 'x"\n!calc\nshell calc',
)  # fmt: skip
#: What does harm wherever it stands, in one line.
EVERYTHING = f"{HOSTILE[1]} {{{{ 7*7 }}}} $\\frac{{1}}{{2 \\input{{/etc/passwd}} <script>x</script> #import x ]]>"
RUNS_A_FORMULA = re.compile(r"^ *[=+\-@\t\r＝＋－＠|%](?![\d.,]*$)")


class _Page(HTMLParser):
    """What in a page would act: elements and attributes."""

    def __init__(self):
        super().__init__()
        self.acting = []

    def handle_starttag(self, tag, attrs):
        if tag in ("script", "iframe", "object", "embed", "base", "form"):
            self.acting.append(tag)
        for name, value in attrs:
            if name.startswith("on") or "javascript:" in (value or "").casefold():
                self.acting.append(f"{tag} {name}")
            if name in ("src", "href", "data", "action", "xlink:href") and "evil" in (value or ""):
                self.acting.append(f"{tag} {name}")


def hostile(place):
    return {"en": HOSTILE[place % len(HOSTILE)]}


@pytest.fixture(scope="module")
def instrument():
    """The short questionnaire with a hostile text wherever somebody may write one."""
    plain = load_instrument(SHORT)
    return replace(
        plain,
        title={"en": HOSTILE[0]},
        outcomes=tuple(
            replace(one, label={"en": f"{HOSTILE[2 + place % 5]} {EVERYTHING}"}, statement={"en": EVERYTHING})
            for place, one in enumerate(plain.outcomes)
        ),
        items=tuple(
            replace(one, label=hostile(place), text=hostile(place + 3)) for place, one in enumerate(plain.items)
        ),
        waves=tuple(replace(one, label=hostile(place + 9)) for place, one in enumerate(plain.waves)),
        response_sets=tuple(
            replace(
                one,
                options=tuple(
                    replace(option, label=hostile(place + number)) for number, option in enumerate(one.options)
                ),
            )
            for place, one in enumerate(plain.response_sets)
        ),
        blocks=tuple(replace(one, title=hostile(place + 6)) for place, one in enumerate(plain.blocks)),
    )


@pytest.fixture(scope="module")
def written(instrument, tmp_path_factory):
    """Everything that is written of it: a report in all formats, and the questionnaire in all formats."""
    folder = tmp_path_factory.mktemp("hostile")
    simulate_file(SHORT, folder / "raw.csv", people=30, waves=2, seed=3)
    plan = mt.load_plan("short-form")
    plan = replace(
        plan, title=HOSTILE[1], description=HOSTILE[7], outcomes=plan.outcomes[:2], measurement=(), cleaning=None
    )
    panel = mt.score(mt.clean(mt.read(folder / "raw.csv", instrument=instrument))).to_panel()
    mt.report(mt.release(mt.analyse(panel, plan), "internal"), folder / "report", formats=REPORTS)
    write_files(export_files(instrument, tuple(FORMATS), "en"), folder / "questionnaire")
    return folder


def files(folder, *endings):
    found = [path for path in sorted(folder.rglob("*")) if path.name.endswith(endings) and path.name != "raw.csv"]
    assert found, endings
    return found


def test_pages_do_nothing_but_show(written):
    for path in files(written, ".html"):
        page = _Page()
        page.feed(path.read_text(encoding="utf-8"))
        assert page.acting == [], path.name


def test_no_template_is_filled_in_by_a_text(written):
    texts = [path.read_text(encoding="utf-8") for path in files(written / "report", ".html")]
    assert any("{{ 7*7 }}" in text for text in texts)


def test_pictures_are_only_pictures(written):
    for path in files(written, ".svg"):
        for element in ET.fromstring(path.read_text(encoding="utf-8")).iter():  # noqa: S314 (our own file)
            assert str(element.tag).rpartition("}")[2] not in ("script", "foreignObject", "image", "a"), path.name
            assert not [name for name in element.attrib if name.rpartition("}")[2].startswith("on")], path.name


def test_no_cell_of_a_text_table_is_a_formula(written):
    for path in files(written, ".csv"):
        for row in csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"))):
            assert [cell for cell in row if RUNS_A_FORMULA.match(cell)] == [], path.name


def test_workbooks_hold_no_formula_of_a_text_and_no_link_out(written):
    for path in files(written, ".xlsx"):
        with zipfile.ZipFile(path) as book:
            for name in book.namelist():
                content = book.read(name)
                if name.endswith((".xml", ".rels")):
                    ET.fromstring(content)  # noqa: S314 (our own file)
                assert b'TargetMode="External"' not in content, f"{path.name} {name}"
                formulas = re.findall(rb"<f[ >].*?</f>", content, re.DOTALL)
                assert not [one for one in formulas if b"evil" in one or b"cmd|" in one or b"SUM(1" in one], path.name


def test_word_documents_are_whole_and_run_no_field_of_a_text(written):
    for path in files(written, ".docx"):
        with zipfile.ZipFile(path) as document:
            for name in document.namelist():
                if not name.endswith((".xml", ".rels")):
                    continue
                root = ET.fromstring(document.read(name))  # noqa: S314 (our own file)
                fields = [one.text or "" for one in root.iter() if str(one.tag).endswith("}instrText")]
                assert not [one for one in fields if "DDE" in one or "evil" in one], f"{path.name} {name}"
                links = [one.get("Target", "") for one in root.iter() if str(one.tag).endswith("}Relationship")]
                assert not [one for one in links if "evil" in one], f"{path.name} {name}"


def test_syntax_of_other_programs_keeps_texts_in_their_quotes(written):
    for path in files(written, ".sps", ".do"):
        lines = path.read_text(encoding="utf-8-sig").splitlines()
        assert not [line for line in lines if re.match(r"\s*(HOST\b|!|shell\b)", line, re.IGNORECASE)], path.name


def test_tex_and_typst_run_no_command_of_a_text(written):
    for path in [path for path in written.rglob("*") if path.suffix in (".tex", ".typ")]:
        text = path.read_text(encoding="utf-8")
        assert r"\input{/etc" not in text, path.name
        assert not re.search(r'(?<!\\)#import "evil', text), path.name


def test_no_unseen_sign_gets_into_a_file(written):
    for path in files(written, ".html", ".csv", ".svg", ".json"):
        text = path.read_text(encoding="utf-8-sig")
        assert "\x00" not in text
        assert "\x07" not in text, path.name


@pytest.mark.parametrize("text", [HOSTILE[0], HOSTILE[1], "<p title='' onmouseover='x'>", "<a href='javascript:x'>"])
def test_the_search_finds_what_would_act(text):
    page = _Page()
    page.feed(text)
    assert page.acting
