"""Tables: one frozen specification, built from released results, drawn by one renderer a format."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mirabal_toolkit.errors import UsageError

if TYPE_CHECKING:
    from mirabal_toolkit.core.results import ReleasableResults
    from mirabal_toolkit.reporting.tables.spec import Table


def build_table(released: ReleasableResults, name: str) -> Table:
    """Build one table by name, e.g. ``before-after``.

    Raises
    ------
    UsageError
        If the results give no table of that name; the message lists those they give.
    """
    from mirabal_toolkit.reporting.edition import Edition
    from mirabal_toolkit.reporting.tables.shelf import all_tables

    known = []
    for table in all_tables(Edition(released)):
        if table.id == name:
            return table
        known.append(table.id)
    raise UsageError(f"there is no table “{name}”", fix=f"use one of: {', '.join(known)}")
