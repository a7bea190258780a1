"""Start a plan of one's own: a commented file with every setting a plan can have."""

from __future__ import annotations

from collections.abc import Sequence

from mirabal_toolkit.core.instrument import Instrument, Outcome, in_language

_MODEL = {"binary": "gee", "score": "lmm", "count": "glmm", "ordinal": "clmm"}

_HEAD = """\
# A plan says what will be analysed, and is fixed before anybody looks at the answers.
# Its SHA-256 stands in every report, so that it can be preregistered: send this file to somebody
# who dates it. Lines that begin with # are notes, or settings that are switched off.
#
#   mirabal plans lint {file}
#   mirabal analyse DATA --plan {file}

format: "1"
id: {id}
version: "1.0.0"
# date: "2026-01-31"            # the day it was fixed
title: "{title}: what changed"
# description: >-
#   What the analysis is for, in plain words.

instrument: {instrument}
{design}confidence_level: 0.95
multiplicity: holm              # holm, bh or none, within each family
disclosure_profile: funder      # who may see the report
seed: 1

# headline: stands in the summary; five or six are read, twenty are not.
# family: outcomes whose p values are adjusted together.
# model: gee (yes or no), lmm (scores), glmm (counts), clmm (ordered answers); without it: described.
outcomes:
"""

#: How many outcomes a summary begins with, where the questionnaire does not say which matter.
_FEW = 5
_LONGITUDINAL = "population: all_started\n# completers: true             # also those seen at every wave\n"

_LOST = """\
# What is done about waves that were missed, for the headline outcomes: filled in, weighted, moved until the
# conclusion turns, and at its bounds. Without it a report says nothing of how far a change depends on those lost.
missing_data: {imputations: 50, outcomes: headline}

"""


def new_plan(instrument: Instrument, plan_id: str, file: str) -> str:
    """Return the text of a new plan for an instrument, with every outcome and commented settings.

    Parameters
    ----------
    plan_id : str
        Small letters, digits, hyphens.
    file : str
        Name of the file, for the notes in it.
    """
    once = len(instrument.waves) < 2
    design = f"design: cross_sectional\ngroup: {_group(instrument)}\n" if once else _LONGITUDINAL
    title = in_language(instrument.title).replace('"', "'")
    head = _HEAD.format(file=file, id=plan_id, title=title, instrument=instrument.id, design=design)
    chosen = _headlines(instrument.outcomes)
    outcomes = "".join(_outcome(outcome, once=once, headline=outcome.id in chosen) for outcome in instrument.outcomes)
    lost = "" if once else _LOST
    return f"{head}{outcomes}\n{lost}{_settings(instrument, once=once)}"


def _group(instrument: Instrument) -> str:
    """Return the item most likely meant: the site, else the first choice."""
    choices = [item.id for item in instrument.items if item.type == "choice"]
    return instrument.roles.site or (choices or ["ITEM"])[0]


def _headlines(outcomes: Sequence[Outcome]) -> set[str]:
    """Return the first outcome of each measure of success, or the first few where there are no measures."""
    usual = [outcome for outcome in outcomes if outcome.kind in ("binary", "score")]
    first = {outcome.measure: outcome.id for outcome in reversed(usual) if outcome.measure is not None}
    return set(first.values()) or {outcome.id for outcome in usual[:_FEW]}


def _outcome(outcome: Outcome, *, once: bool, headline: bool) -> str:
    label = in_language(outcome.label)
    model = "" if once else f", model: {_MODEL[outcome.kind]}"
    summary = ", headline: true" if headline else ""
    return f"  # {label}\n  - {{outcome: {outcome.id}{model}{summary}}}\n"


def _settings(instrument: Instrument, *, once: bool) -> str:
    person = [item.id for item in instrument.items if item.per_person and item.is_numeric]
    choices = [item.id for item in instrument.items if item.type == "choice"]
    shown = (choices or ["ITEM"])[0]
    lines = ["# Everything below is optional.", f"# distributions: [{shown}]     # answers shown wave by wave"]
    if not once:
        site = instrument.roles.site or "SITE"
        lines += [
            f"# cluster: {site}                 # the site, where there are few of them",
            f"# covariates: [{', '.join(person[:2]) or 'ITEM'}]        # in every model of change; asked once a person",
            f"# subgroups: [{site}]             # does change differ? one joint test each",
            "# comparison: {arm: ITEM, reference: ANSWER, treated: ANSWER, design: non-randomised, weights: overlap,",
            "#              propensity: [ITEM, first_wave]}",
            "# paired_interval: newcombe       # or tango",
        ]
    lines.append("# measurement: all                # reliability of the scales")
    lines += ["# amendments:", '#   - {date: "2026-06-30", reason: "what was changed after the date above, and why"}']
    return "\n".join(lines) + "\n"
