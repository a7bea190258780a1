"""Word documents opened by LibreOffice: nothing is lost, and a briefing is two pages."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest


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


def test_a_briefing_is_two_pages(converted: Path) -> None:
    assert pages_of(converted / "briefing.pdf") == 2
