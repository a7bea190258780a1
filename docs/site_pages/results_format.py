"""The page on `results.json`, written from the type that holds its rows."""

from __future__ import annotations

import os
import re
from pathlib import Path

from mirabal_toolkit.core import results
from mirabal_toolkit.reporting.results_schema import schema_file

_HEAD = """# What stands in results.json

`results.json` in the folder of a report holds every number of the report, as released: what was hidden is `null`, what
was rounded is flagged. In Python:

```python
import json
from pathlib import Path

import pandas as pd

content = json.loads(Path("{report}/results.json").read_text(encoding="utf-8"))
estimates = pd.DataFrame(content["estimates"])
estimates.query("analysis == 'prevalence' and outcome == 'injured'")
```

and in R: `estimates <- jsonlite::fromJSON("{report}/results.json")$estimates`.

Beside `estimates` the file says which instrument and plan (with its SHA-256) it is of, under which disclosure profile,
the months of the waves, whether any model could not be trusted (`untrusted`), and what was hidden or rounded how often
(`decisions`).

Names in this file are kept: a program that reads it today reads it tomorrow. `schema` is raised if one ever has to
change. A [JSON Schema]({schema}) says exactly what may stand in it, and lies in the package, one for every version.
"""

_COUNTS = """
`count` is the number of people an estimate counts, `n_universe` the number who were meant to be asked, `n_obs` the rows
and `n_persons` the people a number rests on. A contrast reads `w5 - w1`."""


def page(report: str = "mirabal-demo") -> str:
    """Return the page as Markdown."""
    parts = [
        _HEAD.replace("{report}", report).replace("{schema}", _from_generated(schema_file())),
        "## One row of `estimates`\n",
        "| key | kind |\n|---|---|",
        *(f"| `{name}` | {_KINDS[dtype]} |" for name, dtype in results.ESTIMATE_COLUMNS.items()),
        _COUNTS,
        "\n## Analyses\n",
        "| `analysis` | what its rows hold |\n|---|---|",
        *(f"| `{name}` | {_cell(text)} |" for name, text in results.ANALYSES.items()),
        "\n## Flags\n",
        "| flag | means |\n|---|---|",
        *(f"| `{name}` | {_cell(text)} |" for name, text in results.FLAGS.items()),
    ]
    return "\n".join(parts) + "\n"


_KINDS = {
    "str": "text; empty where it does not apply",
    "Int64": "whole number or null",
    "Float64": "number or null",
    "float64": "number or null",
    "object": "list of flags",
}


def _from_generated(path: Path) -> str:
    """A path as links from `docs/generated` name it."""
    return os.path.relpath(path, Path(__file__).parents[1] / "generated").replace(os.sep, "/")


def _cell(text: str) -> str:
    return re.sub(r"`+", "`", text).replace("|", "\\|")
