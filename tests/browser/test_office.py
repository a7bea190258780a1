"""Word documents opened by LibreOffice: nothing is lost, and a briefing is two pages."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import docx
import pypdf
import pytest

#: Lines of a page with next to nothing on it, page number, repeated headers and notes included.
FEW_LINES = 12


@pytest.fixture(scope="module")
def converted(output: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with both documents as PDF."""
    program = os.environ.get("SOFFICE") or shutil.which("soffice")
    if program is None:
        pytest.fail("LibreOffice was not found: install it, or say where it is in the variable SOFFICE")
    folder = tmp_path_factory.mktemp("office")
    files = [str(output / name) for name in ("report.docx", "briefing.docx")]
    home = f"-env:UserInstallation={(folder / 'home').as_uri()}"
    command = [program, home, "--headless", "--convert-to", "pdf", "--outdir", str(folder), *files]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    return folder


def pages_of(path: Path) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", path.read_bytes()))


def test_the_report_opens_and_has_all_its_pages(converted: Path) -> None:
    assert 20 <= pages_of(converted / "report.pdf") <= 80


def test_contents_say_on_which_page_a_section_begins(output: Path, converted: Path) -> None:
    written = docx.Document(str(output / "report.docx")).paragraphs
    titles = [line.text.split("\t")[0] for line in written if line.style.style_id == "TOC1"]
    pages = [
        [" ".join(line.split()) for line in page.extract_text().splitlines()]
        for page in pypdf.PdfReader(converted / "report.pdf").pages
    ]
    assert len(titles) > 8
    for title in titles:
        (number,) = [line.removeprefix(title) for line in pages[0] if re.fullmatch(re.escape(title) + r" \d+", line)]
        assert title in pages[int(number) - 1], title


def test_no_page_is_nearly_empty(converted: Path) -> None:
    """Every page but the last has a figure, or more than a few lines."""
    pages = pypdf.PdfReader(converted / "report.pdf").pages
    bare = [
        number
        for number, page in enumerate(pages[:-1], start=1)
        if not page.images and len(page.extract_text().splitlines()) < FEW_LINES
    ]
    assert bare == []


def test_a_briefing_is_two_pages(converted: Path) -> None:
    assert pages_of(converted / "briefing.pdf") == 2
