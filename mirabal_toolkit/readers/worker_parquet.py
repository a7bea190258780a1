"""Parquet files of other programs, as numbers and texts. Part of the child process."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

#: Seconds from 14 October 1582, where SPSS begins to count, to 1970.
_SECONDS_TO_1970 = 12_219_379_200.0
_MOST_EXACT = 2**53


def parts(request: dict[str, Any]) -> Iterator[Any]:
    """Yield (description, schema), then lists of arrays, numbers as floats and everything else as text."""
    worker = sys.modules["__main__"]
    file = pq.ParquetFile(request["path"])
    names = list(file.schema_arrow.names)
    if len(set(names)) < len(names):
        raise worker.Refused("two_columns_one_name")
    unpacked = sum(file.metadata.row_group(group).total_byte_size for group in range(file.metadata.num_row_groups))
    if unpacked > request["unpacked"]:
        raise worker.Refused("unpacks")
    nested = [field.name for field in file.schema_arrow if pa.types.is_nested(field.type)]
    if nested:
        raise worker.Refused("nested", f"column {nested[0]}")
    table = file.read()
    columns, formats = zip(*(_plain(table.column(name)) for name in names), strict=True) if names else ((), ())
    kinds = [column.type for column in columns]
    description = {
        "column_names": names,
        "column_labels": [""] * len(names),
        "readstat_variable_types": {
            name: "string" if kind == pa.large_string() else "double" for name, kind in zip(names, kinds, strict=True)
        },
        "original_variable_types": dict(zip(names, formats, strict=True)),
        "missing_ranges": {},
        "value_labels": {},
        "variable_measure": {},
        "mr_sets": {},
        "number_rows": table.num_rows,
    }
    yield description, pa.schema([pa.field(str(place), kind) for place, kind in enumerate(kinds)])
    for batch in pa.table(list(columns), names=[str(place) for place in range(len(names))]).to_batches():
        yield batch.columns


def _plain(column: Any) -> tuple[Any, str]:
    """Return a column as floats or texts, and the SPSS format that says which floats are days."""
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    kind = column.type
    if pa.types.is_date(kind) or pa.types.is_timestamp(kind):
        seconds = pc.cast(pc.cast(column, pa.timestamp("us")), pa.int64())
        shifted = pc.add(pc.divide(pc.cast(seconds, pa.float64(), safe=False), 1e6), _SECONDS_TO_1970)
        return shifted, "DATE11" if pa.types.is_date(kind) else "DATETIME20"
    if pa.types.is_boolean(kind):
        return pc.cast(pc.cast(column, pa.int8()), pa.float64()), ""
    if pa.types.is_integer(kind) and _fits(column):
        return pc.cast(column, pa.float64()), ""
    if pa.types.is_floating(kind):
        return pc.cast(column, pa.float64()), ""
    if pa.types.is_null(kind):
        return pa.chunked_array([pa.nulls(len(column), pa.float64())]), ""
    return pc.fill_null(pc.cast(column, pa.large_string()), ""), ""


def _fits(column: Any) -> bool:
    """Tell whether whole numbers are small enough to stay exact as floats; longer ones are ids, and become text."""
    ends = pc.min_max(column).as_py()
    return all(end is None or abs(end) <= _MOST_EXACT for end in ends.values())
