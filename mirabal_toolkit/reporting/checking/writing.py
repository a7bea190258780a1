"""Write the report on data into a folder: a page, the findings as JSON, tables and figures with their numbers."""

from __future__ import annotations

from pathlib import Path

from mirabal_toolkit.core.quality import ReleasableCheck
from mirabal_toolkit.reporting.checking.missingness import missing_figures
from mirabal_toolkit.reporting.checking.outline import make_check_outline
from mirabal_toolkit.reporting.checking.tables import agreement
from mirabal_toolkit.reporting.documents.html import render_html_report
from mirabal_toolkit.reporting.edition import Edition
from mirabal_toolkit.reporting.figures.flow_sheet import participant_flow_drawn
from mirabal_toolkit.reporting.figures.spec import Figure, draw
from mirabal_toolkit.reporting.records import check_json
from mirabal_toolkit.reporting.tables.by_wave import participant_flow
from mirabal_toolkit.reporting.tables.cleaning import cleaning, findings
from mirabal_toolkit.reporting.tables.provenance import provenance
from mirabal_toolkit.reporting.tables.render_csv import render_csv
from mirabal_toolkit.reporting.tables.spec import Table
from mirabal_toolkit.reporting.writing import figure_files, write_files

PAGE, NUMBERS = "check.html", "check.json"


def write_check(check: ReleasableCheck, folder: Path) -> tuple[Path, ...]:
    """Write the report on data.

    Parameters
    ----------
    check : ReleasableCheck
    folder : Path
        An existing, empty folder.

    Returns
    -------
    tuple of Path
        The files written, in a fixed order.
    """
    edition = Edition(check.released)
    tables = check_tables(check, edition)
    figures = check_figures(check, edition)
    outline = make_check_outline(check, edition, tables, figures)
    files = {PAGE: render_html_report(outline, edition), NUMBERS: check_json(check)}
    files |= {f"tables/{table.id}.csv": render_csv(table) for table in tables.values()}
    for figure in figures.values():
        files |= figure_files(figure)
    return write_files(folder, files)


def check_tables(check: ReleasableCheck, edition: Edition) -> dict[str, Table]:
    """Return the tables that have rows, by id."""
    built = [build(edition) for build in (findings, participant_flow, cleaning, provenance)]
    return {table.id: table for table in (*built, agreement(check, edition)) if not table.is_empty}


def check_figures(check: ReleasableCheck, edition: Edition) -> dict[str, Figure]:
    """Return the figures, drawn, by id."""
    sheets = (participant_flow_drawn(edition), *missing_figures(check, edition))
    return {sheet.id: draw(sheet) for sheet in sheets}
