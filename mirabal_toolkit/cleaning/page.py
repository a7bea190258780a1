"""The page on cleaning, written from the steps themselves: ``python -m mirabal_toolkit.cleaning.page``."""

from __future__ import annotations

import sys

from mirabal_toolkit.cleaning.pipeline import DEFAULT_STEPS
from mirabal_toolkit.cleaning.step import Step

_HEAD = """\
# Cleaning, step by step

<!-- Written from mirabal_toolkit/cleaning by `python -m mirabal_toolkit.cleaning.page`; change it there. -->

Between reading and scoring every study goes through these steps, in this order. Each is counted in the audit trail of
the report, with how many cells, rows or people there were before and after; no value stands there. What a step only
notices becomes a finding (`mirabal check`). Cleaning what was cleaned changes nothing, and neither does the order of
the rows: both are tested on random data.

## What a plan can change

```yaml
cleaning:
  switch_off: [check_speed]
  parameters:
    check_dates: {window_days: 30}
    check_straight_lining: {drop: true}
  order: [report_similar_ids, check_dates]
```

`order` lets the named steps run in that order, on the places they hold; the others stay where they are. A step that
builds on another never runs before it, and steps marked *always* cannot be switched off: without them there is no sound
panel. All this is part of the plan, and so of its SHA-256.

## Ids that may be one woman's

`mirabal import` proposes pairs of ids in a links file beside the study file. Look them up in the contact records, write
`same: yes` or `same: no`: it is used whenever the study file is read (with an export, name it: `--links`). Only what
somebody confirmed is merged, and it is counted.

## Withdrawal

The questionnaire says in `roles: withdrawal:` which outcomes of a wave mean what: `stop_contact` and `keep` end her
later waves and keep the earlier; `erase` removes all her rows, at all waves, before anything is computed or written, by
`mirabal import` too. Your raw files still hold her: erase her there.

## A step of your own

```python
import mirabal_toolkit as mt
from mirabal_toolkit.cleaning import DEFAULT_STEPS, Step, StepResult, with_step

def leave_out_the_young(cells, instrument, step):
    kept = cells.keep(~(cells.answer("P2") < 18))
    return StepResult(kept, (step.counted("rows", len(cells), len(kept)),))

adults = Step("adults_only", "girls under 18 left out", "Consent was asked of adults only.",
              "Rows of people younger than 18 at the start are removed.", leave_out_the_young)
waves = mt.read(mt.example_export())
cleaned = mt.clean(waves, steps=with_step(DEFAULT_STEPS, adults, before="complete_grid"))
```

A step takes cells and gives back cells; it never changes what it was given. `cells.answer(item)` are numbers with NaN
for missing, `cells.keep(rows)` keeps rows, `cells.emptied({item: rows}, reason)` takes answers out for a reason.

## The steps
"""


def page() -> str:
    """Return the page as Markdown."""
    return _HEAD + "".join(_section(number, step) for number, step in enumerate(DEFAULT_STEPS, start=1))


def _section(number: int, step: Step) -> str:
    always = " *(always)*" if step.needed else ""
    lines = ["", f"### {number}. `{step.name}`{always}", "", f"**What**: {step.what}.", ""]
    lines += [f"**Why**: {step.why}", "", f"**Rule**: {step.rule}", ""]
    if step.explained:
        lines += ["| parameter | usually | meaning |", "|---|---|---|"]
        lines += [f"| `{name}` | {_shown(step.parameters[name])} | {text} |" for name, text in step.explained.items()]
        lines.append("")
    return "\n".join(lines)


def _shown(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else f"{value:g}" if isinstance(value, float) else str(value)


if __name__ == "__main__":
    sys.stdout.write(page())
