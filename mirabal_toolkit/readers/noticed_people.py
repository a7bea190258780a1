"""Columns of an export that seem to identify people though nobody asked for them: said, so that they stay away."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd

from mirabal_toolkit.core.data import Finding
from mirabal_toolkit.core.personal_data import KINDS, suspect_name, suspect_numbers, suspect_texts
from mirabal_toolkit.readers.mapping import Mapping
from mirabal_toolkit.readers.raw import SPECIAL, RawTable, Variable

#: Rows that are looked through: an export with names has them in its first rows too.
_ROWS = 2000
#: What points to somebody only together with other things.
_INDIRECT = frozenset({"free_text", "date"})
#: Variables that are listed by name.
_LISTED = 8


def find_people_in_others(tables: Sequence[RawTable], mapping: Mapping) -> Iterator[Finding]:
    """Return a finding on variables that are no items and look as if they identify people.

    Parameters
    ----------
    tables : sequence of RawTable
    mapping : Mapping
        Which says what the other variables are.
    """
    used = {match.variable for match in mapping.variables} | {mapping.wave_column, *mapping.id_columns}
    found: dict[str, str] = {}
    for table in tables:
        for variable in table.variables:
            if variable.name not in used and variable.name not in found:
                kind = _kind(variable, table.frame.frame[variable.name])
                found |= {variable.name: kind} if kind else {}
    if found:
        told = [f"{name} ({KINDS[kind]})" for name, kind in found.items()]
        more = ", and more" if len(told) > _LISTED else ""
        yield Finding(
            "note" if set(found.values()) <= _INDIRECT else "warning",
            "identifying_seen",
            f"variables that look as if they identify people were left out: {', '.join(told[:_LISTED])}{more}",
            advice="leave them out of the export, too: they need not be on this computer",
        )


def _kind(variable: Variable, values: pd.Series) -> str:
    named = suspect_name(variable.name) or suspect_name(variable.label)
    values = values.dropna().iloc[:_ROWS]
    if len(values) == 0:
        return ""
    if variable.kind == "number":
        dated = variable.print_format.upper().startswith(("DATE", "DATETIME", "ADATE", "EDATE", "SDATE", "JDATE"))
        numbers = values[values < SPECIAL]
        found = None if dated else suspect_numbers(numbers)
    else:
        found = suspect_texts(values)
    return named or (found.kind if found else "")
