"""Studies with hardly anything to show, or far too much: every format is written, can be read, and says the same."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import docx
import lxml.etree
import lxml.html
import openpyxl
import pypdf
import pytest
from PIL import Image

from mirabal_toolkit.core.frames import SealedFrame
from mirabal_toolkit.core.instrument import Instrument
from mirabal_toolkit.core.results import Results
from mirabal_toolkit.disclosure.release import release
from mirabal_toolkit.reporting.choices import FORMATS, Choices
from mirabal_toolkit.reporting.writing import write_report

LABEL = "שלום עולם & \u202b_#\\ 😀 =cmd|'/C calc'!A0 <script>alert(1)</script> Ελευθερία și siguranță"
#: What a program would write where it has nothing to say.
NOT_A_WORD = re.compile(r"(?<![\w.])(nan|NaN|NaT|None|<NA>|null|-?inf)(?![\w.])")

Make = Callable[..., Results]
Case = Callable[[Instrument, Make], Results]
FEW = ("physical_any", "space_score")


def everything_hidden(instrument: Instrument, make: Make) -> Results:
    return make(instrument, *FEW, people=8)


def an_empty_outcome(instrument: Instrument, make: Make) -> Results:
    results = make(instrument, *FEW)
    frame = results.estimates.frame
    return replace(results, estimates=SealedFrame(frame[frame["outcome"] != "physical_any"].reset_index(drop=True)))


def one_wave_left(instrument: Instrument, make: Make) -> Results:
    results = make(instrument, *FEW)
    frame = results.estimates.frame
    first = frame[frame["analysis"].isin(["prevalence", "mean", "retention"]) & (frame["wave"] == 1)]
    flow = results.flow.frame.loc[[1]]
    return replace(
        results, estimates=SealedFrame(first.reset_index(drop=True)), flow=SealedFrame(flow), months={1: 0.0}
    )


def labels_in_all_scripts(instrument: Instrument, make: Make) -> Results:
    outcomes = tuple(
        replace(one, label={"en": f"{LABEL} {place}"}, statement={"en": LABEL})
        for place, one in enumerate(instrument.outcomes)
    )
    return make(replace(instrument, outcomes=outcomes, title={"en": LABEL}, tests=()), *FEW)


def sixty_outcomes(instrument: Instrument, make: Make) -> Results:
    more = tuple(
        replace(instrument.outcome("physical_any"), id=f"outcome_{number}", label={"en": f"Outcome number {number}"})
        for number in range(60)
    )
    return make(replace(instrument, outcomes=more, tests=()))


CASES: dict[str, tuple[Case, str]] = {
    "everything hidden": (everything_hidden, "hidden"),
    "an empty outcome": (an_empty_outcome, "Space for action"),
    "one wave left": (one_wave_left, "physical harm"),
    "labels in all scripts": (labels_in_all_scripts, "Ελευθερία și siguranță"),
}


@pytest.mark.parametrize("name", CASES)
def test_every_format_is_written_and_says_the_same(
    name: str, instrument: Instrument, results_of: Make, tmp_path: Path
) -> None:
    case, says = CASES[name]
    check(case(instrument, results_of), says, tmp_path)


@pytest.mark.slow
def test_sixty_outcomes_are_all_in_every_format(instrument: Instrument, results_of: Make, tmp_path: Path) -> None:
    check(sixty_outcomes(instrument, results_of), "Outcome number 59", tmp_path)


def check(results: Results, says: str, folder: Path) -> None:
    write_report(release(results, "funder"), folder, Choices(FORMATS))
    texts = {
        "html": page_text(folder),
        "docx": word_text(folder),
        "pdf": pdf_text(folder),
        "xlsx": workbook_text(folder),
    }
    for kind, text in texts.items():
        assert without_spaces(says) in without_spaces(text), kind
        assert not NOT_A_WORD.search(text), (kind, NOT_A_WORD.search(text))
    captions = {kind: set(re.findall(r"Table \d+\.", texts[kind])) for kind in ("html", "docx", "pdf")}
    assert captions["html"]
    assert captions["docx"] == captions["pdf"] == captions["html"]
    for path in folder.rglob("*.tex"):
        text = path.read_text(encoding="utf-8")
        assert text.count("{") - text.count(r"\{") == text.count("}") - text.count(r"\}"), path.name
    for path in folder.rglob("*.svg"):
        assert not lxml.etree.parse(str(path)).xpath("//*[local-name()='script']")
    for path in folder.rglob("*.png"):
        Image.open(path).verify()


def without_spaces(text: str) -> str:
    return re.sub(r"\s+", "", text)


def page_text(folder: Path) -> str:
    page = lxml.html.fromstring((folder / "report.html").read_bytes())
    assert not page.xpath("//script | //*[@onclick] | //*[@onerror]")
    return str(page.xpath("string(//body)"))


def word_text(folder: Path) -> str:
    document = docx.Document(str(folder / "report.docx"))
    cells = [cell.text for table in document.tables for cell in table._cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def pdf_text(folder: Path) -> str:
    reader = pypdf.PdfReader(io.BytesIO((folder / "report.pdf").read_bytes()))
    return "\n".join(page.extract_text() for page in reader.pages)


def workbook_text(folder: Path) -> str:
    cells = [
        cell
        for sheet in openpyxl.load_workbook(folder / "tables.xlsx")
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    ]
    assert not [cell for cell in cells if cell.data_type == "f"]
    return "\n".join(str(cell.value) for cell in cells)
