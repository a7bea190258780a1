"""Ids that a spreadsheet has spoilt: kept as they are written, and said."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from mirabal_toolkit.core.data import Finding
from mirabal_toolkit.readers.mapping import Mapping
from mirabal_toolkit.readers.raw import RawTable

_ROUNDED = r"^\s*\d(?:[.,]\d+)?[eE]\+?\d+\s*$"
_WITH_DECIMALS = r"^\s*\d+[.,]0+\s*$"


def find_spoilt_ids(tables: Sequence[RawTable], mapping: Mapping) -> Iterator[Finding]:
    """Return findings on ids written as 1E+05, whose last digits are gone, or as 1.0.

    Parameters
    ----------
    tables : sequence of RawTable
    mapping : Mapping
        Which says where the ids stand.
    """
    rounded = decimals = 0
    for table in tables:
        name = next((one for one in mapping.id_columns if one in table.variable_by_name), None)
        if name is None or table.variable_by_name[name].kind != "text":
            continue
        # by Arrow, which searches a million ids without making a Python object of each
        ids = pa.array(table.frame.frame[name], from_pandas=True)
        rounded += pc.sum(pc.match_substring_regex(ids, _ROUNDED)).as_py() or 0
        decimals += pc.sum(pc.match_substring_regex(ids, _WITH_DECIMALS)).as_py() or 0
    if rounded:
        yield Finding(
            "error",
            "id_rounded",
            f"{rounded} id(s) are written as a number with an exponent; their last digits may be lost",
            count=rounded,
            advice="format the column as text before saving it as CSV, or save it as .xlsx",
        )
    if decimals:
        yield Finding(
            "warning",
            "id_with_decimals",
            f"{decimals} id(s) are written with decimals; they are another person’s than the same ids without",
            count=decimals,
            advice="format the column as text before saving it, and export again",
        )
