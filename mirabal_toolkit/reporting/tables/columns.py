"""Columns that many tables have."""

from __future__ import annotations

from mirabal_toolkit.reporting.edition import Edition
from mirabal_toolkit.reporting.tables.spec import Column


def interval_column(key: str, edition: Edition, span: str = "") -> Column:
    """Return a column of intervals at the plan's level of confidence, for the numbers of the column before it."""
    return Column(key, edition.say("header_interval", level=edition.level), "interval", span)
