"""Study files of this toolkit, column by column as they are. Part of the child process."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

HISTORY = b"mirabal"
ROWS_AT_A_TIME = 50_000


def parts(request: dict[str, Any]) -> Iterator[Any]:
    """Yield (description, schema), then lists of arrays as the file holds them; no rows if none are asked for."""
    worker = sys.modules["__main__"]
    file = pq.ParquetFile(request["path"])
    names = list(file.schema_arrow.names)
    if len(set(names)) < len(names):
        raise worker.Refused("two_columns_one_name")
    nested = [field.name for field in file.schema_arrow if pa.types.is_nested(field.type)]
    if nested:
        raise worker.Refused("nested", f"column {nested[0]}")
    metadata = file.schema_arrow.metadata or {}
    kinds = [_plain(field.type) for field in file.schema_arrow]
    yield (
        {
            "column_names": names,
            "history": metadata.get(HISTORY, b"").decode("utf-8", "replace"),
            # byte by byte, as JSON can hold them
            "metadata": {key.decode("latin-1"): value.decode("latin-1") for key, value in metadata.items()},
            "number_rows": file.metadata.num_rows,
        },
        pa.schema([pa.field(str(place), kind) for place, kind in enumerate(kinds)]),
    )
    if request["arguments"].get("rows", True):
        for batch in file.iter_batches(ROWS_AT_A_TIME):
            yield [column.cast(kind) for column, kind in zip(batch.columns, kinds, strict=True)]


def _plain(kind: Any) -> Any:
    return kind.value_type if pa.types.is_dictionary(kind) else kind
