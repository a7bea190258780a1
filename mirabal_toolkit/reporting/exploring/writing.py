"""Write the page that explores into a folder, with its numbers and what later reports are held against."""

from __future__ import annotations

from pathlib import Path

from mirabal_toolkit.core.results import ReleasableResults
from mirabal_toolkit.reporting.edition import Edition
from mirabal_toolkit.reporting.exploring.page import render_explore_page
from mirabal_toolkit.reporting.records import record_files
from mirabal_toolkit.reporting.writing import write_files

PAGE = "explore.html"


def write_explore(released: ReleasableResults, folder: Path) -> tuple[Path, ...]:
    """Write the page and the records; return the files, the page first."""
    return write_files(folder, {PAGE: render_explore_page(Edition(released)), **record_files(released)})
