"""Write everything a report has into a folder: documents, tables, figures, and the numbers as JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from mirabal_toolkit.core.results import ReleasableResults
from mirabal_toolkit.file_safety import clean_text
from mirabal_toolkit.reporting.briefing.content import make_briefing
from mirabal_toolkit.reporting.briefing.page import render_html_briefing
from mirabal_toolkit.reporting.briefing.word import render_docx_briefing
from mirabal_toolkit.reporting.checklists.filling import render_checklists
from mirabal_toolkit.reporting.choices import USUAL, Choices
from mirabal_toolkit.reporting.documents.docx import render_docx_report
from mirabal_toolkit.reporting.documents.html import render_html_report
from mirabal_toolkit.reporting.documents.outline import make_outline
from mirabal_toolkit.reporting.documents.pdf import render_pdf_report
from mirabal_toolkit.reporting.edition import Edition
from mirabal_toolkit.reporting.figures.gallery import all_figures
from mirabal_toolkit.reporting.figures.spec import Figure, Sheet, draw
from mirabal_toolkit.reporting.opening import read_records
from mirabal_toolkit.reporting.records import record_files
from mirabal_toolkit.reporting.tables.register import register
from mirabal_toolkit.reporting.tables.render_csv import render_csv
from mirabal_toolkit.reporting.tables.render_docx import render_docx
from mirabal_toolkit.reporting.tables.render_html import render_html_page
from mirabal_toolkit.reporting.tables.render_latex import render_latex, render_latex_document
from mirabal_toolkit.reporting.tables.render_xlsx import render_workbook, render_xlsx
from mirabal_toolkit.reporting.tables.shelf import all_tables
from mirabal_toolkit.reporting.tables.spec import Table
from mirabal_toolkit.reporting.words.languages.reading import read_language
from mirabal_toolkit.reporting.words.numbers import written_in
from mirabal_toolkit.safekeeping.processes import with_others


def write_report(released: ReleasableResults, folder: Path, choices: Choices = USUAL) -> tuple[Path, ...]:
    """Write the report and all its parts.

    Parameters
    ----------
    released : ReleasableResults
    folder : Path
        An existing, empty folder; putting it in its final place is up to the caller.
    choices : Choices
        Which documents. Tables and figures are always written as CSV, SVG, PNG and text.

    Returns
    -------
    tuple of Path
        The files written, in a fixed order.
    """
    with written_in(read_language(choices.language).numbers):
        return _write_report(released, folder, choices)


def _write_report(released: ReleasableResults, folder: Path, choices: Choices) -> tuple[Path, ...]:
    # A report shows what its own files hold, no digit more: so it can be written again from them, alike.
    records = record_files(released)
    edition = Edition(read_records(records), choices.language)
    tables = {table.id: table for table in all_tables(edition)}
    sheets = all_figures(edition)
    # Pictures first, since documents wait for them; while this process makes those, others go on with the tables.
    pieces = [
        *(partial(_pictures, sheet) for sheet in sheets),
        *_workbooks(tuple(tables.values()), edition, choices),
        *(partial(_table_files, table, choices) for table in tables.values()),
    ]
    made = with_others(partial(_written_in, choices.language), pieces)
    figures = {sheet.id: Figure(sheet, *next(made)) for sheet in sheets}
    files = _documents(edition, tables, figures, choices) | records
    for some in made:
        files |= some
    for figure in figures.values():
        files |= figure_files(figure)
    return write_files(folder, files)


def _documents(
    edition: Edition, tables: dict[str, Table], figures: dict[str, Figure], choices: Choices
) -> dict[str, bytes]:
    outline = make_outline(edition, tables, figures)
    files: dict[str, bytes] = {}
    if "html" in choices.formats:
        files["report.html"] = render_html_report(outline, edition)
    if "docx" in choices.formats:
        files["report.docx"] = render_docx_report(outline, edition, choices.template)
    if "pdf" in choices.formats:
        files["report.pdf"] = render_pdf_report(outline, edition)
    if choices.briefing:
        briefing = make_briefing(edition)
        files["briefing.html"] = render_html_briefing(briefing, edition)
        files["briefing.docx"] = render_docx_briefing(briefing, edition, choices.template)
    files["checklist-strobe.html"] = render_checklists(outline, edition, linked="html" in choices.formats)
    if "latex" in choices.formats:
        files["tables.tex"] = render_latex_document(tuple(tables.values()), _title(edition))
    return files


def _title(edition: Edition) -> str:
    return edition.released.plan.title or edition.released.plan.id


def _workbooks(
    tables: tuple[Table, ...], edition: Edition, choices: Choices
) -> Iterator[Callable[[], dict[str, bytes]]]:
    """Yield what writes the long workbooks."""
    yield partial(_file, "register.xlsx", render_xlsx, register(edition))
    if "xlsx" in choices.formats:
        yield partial(_file, "tables.xlsx", render_workbook, tables, _title(edition))


def _file(name: str, render: Callable[..., bytes], *what: object) -> dict[str, bytes]:
    return {name: render(*what)}


def _written_in(language: str, piece: Callable[[], Any]) -> Any:
    """Make a piece of a report; another process does not know yet how the report writes numbers."""
    with written_in(read_language(language).numbers):
        return piece()


def _pictures(sheet: Sheet) -> tuple[bytes, bytes, tuple[float, float]]:
    figure = draw(sheet)
    return figure.svg, figure.png, figure.size


def _table_files(table: Table, choices: Choices) -> dict[str, bytes]:
    name = f"tables/{table.id}"
    files = {f"{name}.csv": render_csv(table)}
    if "html" in choices.formats:
        files[f"{name}.html"] = render_html_page(table, choices.language)
    if "docx" in choices.formats:
        files[f"{name}.docx"] = render_docx(table, choices.language)
    if "xlsx" in choices.formats:
        files[f"{name}.xlsx"] = render_xlsx(table)
    if "latex" in choices.formats:
        files[f"{name}.tex"] = render_latex(table)
    return files


def figure_files(figure: Figure) -> dict[str, bytes]:
    """Return the files of a figure, by name: pictures, numbers, description."""
    name = f"figures/{figure.id}"
    return {
        f"{name}.svg": figure.svg,
        f"{name}.png": figure.png,
        f"{name}.csv": render_csv(figure.sheet.numbers),
        f"{name}.txt": (clean_text(figure.sheet.alt) + "\n").encode(),
    }


def write_files(folder: Path, files: Mapping[str, bytes]) -> tuple[Path, ...]:
    """Write files into a folder, by name; return them in order."""
    return tuple(_write(folder / name, content) for name, content in files.items())


def _write(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path
