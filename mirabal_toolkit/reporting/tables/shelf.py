"""Which tables a report has; those with nothing in them are left out."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from mirabal_toolkit.reporting.edition import Edition
from mirabal_toolkit.reporting.tables.accounts import accounts, agreement, agreement_scores
from mirabal_toolkit.reporting.tables.answers import answers
from mirabal_toolkit.reporting.tables.arms import arms, arms_sensitivity, balance
from mirabal_toolkit.reporting.tables.attrition import attrition, drop_out, imputation, lost_and_retained, worse_off
from mirabal_toolkit.reporting.tables.baseline import baseline
from mirabal_toolkit.reporting.tables.before_after import before_after, before_after_scores, headline
from mirabal_toolkit.reporting.tables.beside import model_beside
from mirabal_toolkit.reporting.tables.bounds import bounds
from mirabal_toolkit.reporting.tables.by_wave import by_wave, by_wave_scores, participant_flow
from mirabal_toolkit.reporting.tables.cleaning import cleaning, findings
from mirabal_toolkit.reporting.tables.course import completers, course, reliable_change
from mirabal_toolkit.reporting.tables.groups import group_differences, groups
from mirabal_toolkit.reporting.tables.measurement import items, reliability
from mirabal_toolkit.reporting.tables.model import model, model_detail, model_parameters
from mirabal_toolkit.reporting.tables.panel_models import other_models, within_between
from mirabal_toolkit.reporting.tables.provenance import provenance
from mirabal_toolkit.reporting.tables.sensitivity import reference_based, sensitivity
from mirabal_toolkit.reporting.tables.spec import Table
from mirabal_toolkit.reporting.tables.within import sites, subgroups

BUILDERS = (
    headline,
    participant_flow,
    baseline,
    before_after,
    before_after_scores,
    course,
    reliable_change,
    by_wave,
    by_wave_scores,
    model,
    model_parameters,
    model_beside,
    other_models,
    within_between,
    model_detail,
    accounts,
    agreement,
    agreement_scores,
    completers,
    arms,
    arms_sensitivity,
    balance,
    groups,
    group_differences,
    subgroups,
    sites,
    sensitivity,
    reference_based,
    attrition,
    worse_off,
    lost_and_retained,
    drop_out,
    imputation,
    bounds,
    reliability,
    items,
    cleaning,
    findings,
    provenance,
)


#: What a survey asked once has: nothing that speaks of change.
ONCE = (
    groups,
    group_differences,
    participant_flow,
    by_wave,
    by_wave_scores,
    reliability,
    items,
    cleaning,
    findings,
    provenance,
)


def all_tables(edition: Edition) -> Iterator[Table]:
    """Yield every table that has rows, in the order of the report."""
    tables = chain(
        (build(edition) for build in (BUILDERS if len(edition.waves) > 1 else ONCE)),
        (answers(item, edition) for item in edition.lookup.outcomes("distribution")),
    )
    return (table for table in tables if not table.is_empty)
