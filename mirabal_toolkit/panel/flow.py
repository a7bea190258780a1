"""Participant flow and retention: at every wave, everybody is somewhere."""

from __future__ import annotations

import math

import pandas as pd

from mirabal_toolkit.core.data import INTERVIEWED, PERSON, WAVE, WAVE_STATUSES, PanelData
from mirabal_toolkit.mixed.counts import Interval, wilson


def flow_by_wave(status: pd.DataFrame) -> pd.DataFrame:
    """Count people by how each wave ended.

    Parameters
    ----------
    status : DataFrame
        Index (person_id, wave), column ``status``.

    Returns
    -------
    DataFrame
        Index wave; columns ``eligible`` and every one of `WAVE_STATUSES`: numbers of people.
        ``eligible`` is everybody in the study, at every wave.
    """
    counts = pd.crosstab(status.index.get_level_values(WAVE), status["status"].astype("str").to_numpy())
    counts = counts.reindex(columns=list(WAVE_STATUSES), fill_value=0)
    counts.insert(0, "eligible", status.index.get_level_values(PERSON).nunique())
    return counts.astype("int64").rename_axis(index=WAVE, columns=None)


def starters(panel: PanelData) -> pd.Index[str]:
    """Return the ids of everybody interviewed at the first wave, sorted."""
    first = panel.status.frame["status"].xs(panel.waves[0], level=WAVE)
    return first.index[(first == INTERVIEWED).to_numpy()].sort_values()


def late_starters(panel: PanelData) -> pd.Index[str]:
    """Return the ids of people interviewed at some wave, but not at the first; sorted."""
    status = panel.status.frame["status"]
    ever = status.index[(status == INTERVIEWED).to_numpy()].get_level_values(PERSON).unique()
    return ever.difference(starters(panel)).sort_values()


def participant_flow(panel: PanelData) -> pd.DataFrame:
    """Return, for every wave, how many people were interviewed and why the others were not.

    Parameters
    ----------
    panel : PanelData

    Returns
    -------
    DataFrame
        Index wave; columns ``months``; ``eligible`` (everybody in the study) and its parts, one a
        status; ``started`` (interviewed at the first wave); ``retained`` (of those, interviewed at
        this wave); ``joined_late`` (interviewed at this wave, not at the first);
        ``interviewed_so_far`` (at this wave or an earlier one).
        ``interviewed = retained + joined_late`` at every wave.
    """
    status = panel.status.frame["status"].astype("str").unstack(WAVE)
    seen = status == INTERVIEWED
    started = seen.iloc[:, 0]
    flow = panel.flow.frame.copy()
    flow.insert(0, "months", [panel.months[wave] for wave in panel.waves])
    flow["started"] = int(started.sum())
    flow["retained"] = seen[started].sum()
    flow["joined_late"] = seen[~started].sum()
    flow["interviewed_so_far"] = seen.cummax(axis=1).sum()
    return flow.astype(dict.fromkeys(flow.columns.drop("months"), "int64"))


def retention(panel: PanelData, confidence_level: float = 0.95) -> pd.DataFrame:
    """Return the percentage of those who started who were interviewed at each wave.

    Parameters
    ----------
    panel : PanelData
    confidence_level : float
        Of the Wilson (1927) score interval.

    Returns
    -------
    DataFrame
        Index wave; columns ``count``, ``n_persons``, ``percent``, ``conf_low``, ``conf_high`` (percent;
        NaN if nobody started).
    """
    flow = participant_flow(panel)
    rows = []
    for count, started in flow[["retained", "started"]].itertuples(index=False, name=None):
        share = wilson(count, started, confidence_level) if started else None
        rows.append((count, started, *(100 * limit for limit in _parts(share))))
    columns = ["count", "n_persons", "percent", "conf_low", "conf_high"]
    return pd.DataFrame(rows, index=flow.index, columns=columns)


def _parts(share: Interval | None) -> tuple[float, float, float]:
    return (share.estimate, share.low, share.high) if share else (math.nan, math.nan, math.nan)
