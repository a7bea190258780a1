"""Tables as one workbook and as LaTeX; the report as PDF: whole, and with every text as text."""

from __future__ import annotations

import io
import re

import openpyxl
import pypdf
import pytest

from mirabal_toolkit.core.results import ReleasableResults
from mirabal_toolkit.errors import UsageError
from mirabal_toolkit.reporting import choices
from mirabal_toolkit.reporting.choices import Choices
from mirabal_toolkit.reporting.documents.blocks import (
    Bullets,
    FigureBlock,
    Link,
    Outline,
    Paragraph,
    Section,
    Subheading,
    TableBlock,
)
from mirabal_toolkit.reporting.documents.pdf import render_pdf_report
from mirabal_toolkit.reporting.edition import Edition
from mirabal_toolkit.reporting.figures.page import new_page
from mirabal_toolkit.reporting.figures.spec import Sheet, draw
from mirabal_toolkit.reporting.tables.render_latex import latex_text, render_latex, render_latex_document
from mirabal_toolkit.reporting.tables.render_xlsx import render_workbook
from mirabal_toolkit.reporting.tables.spec import Cell, Column, Note, Row, RowGroup, Table

NASTY = (
    "=cmd|' /C calc'!A0",
    "<script>alert(1)</script>",
    r"\input{/etc/passwd} & _ # $x^2$ ~ % [1] -- `a'",
    '#panic("x") #eval("1") @ref *bold* "quoted" \\',
    "Αθήνα, București, שלום, 😀",
)


def nasty_table(name: str = "nasty") -> Table:
    columns = (
        Column("label", NASTY[0], "label"),
        Column("x", "%", span=NASTY[1]),
        Column("x_conf", "95% interval", "interval", span=NASTY[1]),
    )
    groups = tuple(
        RowGroup(text, (Row((Cell(text), Cell("−4", -4.0), Cell("−9 to 1", bounds=(-9.0, 1.0), marks=("a",)))),))
        for text in NASTY
    )
    return Table(name, NASTY[2], columns, groups, (Note(NASTY[3]), Note("few", "a")))


def test_a_workbook_has_a_sheet_a_table_and_one_that_lists_them() -> None:
    long = "a-very-long-name-of-a-table-indeed"
    tables = (nasty_table(long + "-1"), nasty_table(long + "-2"), nasty_table("contents"))
    written = render_workbook(tables, "=1+1")
    book = openpyxl.load_workbook(io.BytesIO(written))
    assert written == render_workbook(tables, "=1+1")
    assert len(book.sheetnames) == 4
    assert all(len(name) <= 31 for name in book.sheetnames)
    listed = [(row[0].value, row[1].value) for row in book["contents"].iter_rows(min_row=3)]
    assert [name for name, _ in listed] == book.sheetnames[1:]
    assert {title for _, title in listed} == {NASTY[2]}
    assert book["contents"]["A3"].hyperlink.location == f"'{book.sheetnames[1]}'!A1"
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert sum(cell.value == -4 for cell in cells) == 3 * len(NASTY)


def test_latex_shows_text_and_runs_nothing() -> None:
    text = render_latex(nasty_table()).decode()
    assert r"\textbackslash{}input\{/etc/passwd\} \& \_ \# \$x\textasciicircum{}2\$" in text
    body = re.sub(r"\\(?:[A-Za-z]+|.)", "", text)
    assert not set("$#_^~") & set(body.replace("% needs", ""))
    commands = set(re.findall(r"\\([A-Za-z]+)", text))
    assert "input" not in commands
    assert r"\toprule" in text
    assert text.count(r"\endhead") == text.count(r"\endfirsthead") == 1
    assert text.count("{") - text.count(r"\{") == text.count("}") - text.count(r"\}")
    assert rf"\caption{{{latex_text(NASTY[2])}}}" in text


def test_every_row_of_a_latex_table_has_a_cell_a_column() -> None:
    lines = [line for line in render_latex(nasty_table()).decode().splitlines() if line.endswith(r" \\")]
    cells = [len(re.findall(r"(?<!\\)&", line)) for line in lines]
    assert cells == [1, 2, 1, 2, *[2] * len(NASTY)]


def test_a_latex_document_takes_in_every_table() -> None:
    text = render_latex_document((nasty_table("one"), nasty_table("two")), "50% & more").decode()
    assert r"\input{tables/one.tex}" in text
    assert r"\input{tables/two.tex}" in text
    assert r"\title{50\% \& more}" in text


@pytest.fixture(scope="module")
def outline() -> Outline:
    def picture() -> object:
        page = new_page(NASTY[3], "", "", 1.0)
        page.canvas().text(0, 0.5, NASTY[4])
        return page

    numbers = nasty_table("numbers")
    table = TableBlock(nasty_table(), 1)
    figure = FigureBlock(draw(Sheet("fig", NASTY[0], NASTY[3], NASTY[3], numbers, picture)), 1)  # type: ignore[arg-type]
    link = Link("Table 1", table)
    blocks = (
        Paragraph(f"{NASTY[3]} Table 1 {NASTY[4]}", lead=True, links=(link,)),
        Bullets(NASTY),
        Subheading(NASTY[1]),
        table,
        figure,
    )
    return Outline(NASTY[2], NASTY[3], (NASTY[0], NASTY[1]), True, "en", (Section("s", NASTY[3], blocks),))


@pytest.fixture(scope="module")
def pdf(outline: Outline, few: ReleasableResults) -> bytes:
    return render_pdf_report(outline, Edition(few))


def test_a_pdf_holds_every_text_as_it_is(pdf: bytes) -> None:
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    text = re.sub(r"\s+", "", "".join(page.extract_text() for page in reader.pages))
    for nasty in NASTY[:4]:
        assert re.sub(r"\s+", "", nasty) in text
    assert "Αθήνα,București," in text
    assert reader.metadata is not None
    assert reader.metadata.title == NASTY[2]


def test_appendices_begin_on_pages_of_their_own_and_none_is_empty(few: ReleasableResults) -> None:
    wide = tuple(Column(f"c{n}", "95% interval", "interval") for n in range(12))
    row = Row((Cell("Any physical harm"), *(Cell("−9.1 to 11.2") for _ in wide)))
    lying = Table("wide", "Wide", (Column("label", "Indicator", "label"), *wide), (RowGroup("", (row,)),))
    said, table = (Paragraph("Said."),), TableBlock(lying, 1)
    sections = (
        Section("s", "First", said),
        Section("a", "Appendix A", (table,), own_page=True),
        Section("b", "Appendix B", said, own_page=True),
        Section("c", "Appendix C", said, own_page=True),
    )
    written = render_pdf_report(Outline("T", "S", (), False, "en", sections), Edition(few))
    pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(written)).pages]
    assert [text.split("\n")[0] for text in pages[1:]] == ["Appendix A", "Appendix B", "Appendix C"]


def test_a_pdf_is_for_everybody(pdf: bytes) -> None:
    """It is tagged, says its language, describes its figures, and carries its fonts."""
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    assert b"pdfuaid:part>1" in root["/Metadata"].get_data()
    tags, alternatives = _tags(root["/StructTreeRoot"])
    assert {"/H1", "/H2", "/P", "/L", "/Table", "/TH", "/TD", "/Figure", "/Caption"} <= tags
    assert NASTY[3] in alternatives
    for page in reader.pages:
        for font in page["/Resources"].get("/Font", {}).values():
            descriptor = font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
            assert {"/FontFile2", "/FontFile3"} & descriptor.keys()


def _tags(node: object) -> tuple[set[str], set[str]]:
    tags: set[str] = set()
    alternatives: set[str] = set()
    waiting = [node]
    while waiting:
        one = waiting.pop()
        one = one.get_object() if hasattr(one, "get_object") else one
        if isinstance(one, list):
            waiting.extend(one)
        elif isinstance(one, dict):
            tags.add(str(one.get("/S")))
            alternatives.add(str(one.get("/Alt")))
            waiting.append(one.get("/K"))
    return tags, alternatives


def test_a_pdf_is_the_same_every_time(pdf: bytes, outline: Outline, few: ReleasableResults) -> None:
    assert render_pdf_report(outline, Edition(few)) == pdf


def test_without_typst_the_command_that_installs_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choices, "TYPST", "no_such_package")
    with pytest.raises(UsageError, match="needs the package typst") as raised:
        Choices(("html", "pdf"))
    assert 'pip install "mirabal-toolkit[pdf]"' in str(raised.value)
    assert Choices(("html",)).formats == ("html",)
