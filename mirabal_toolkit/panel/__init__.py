"""`ScoredData` → `PanelData`, participant flow and retention."""

from mirabal_toolkit.panel.assembling import assemble
from mirabal_toolkit.panel.combining import combine
from mirabal_toolkit.panel.flow import flow_by_wave, late_starters, participant_flow, retention, starters
from mirabal_toolkit.panel.missingness import missing_by_item

__all__ = [
    "assemble",
    "combine",
    "flow_by_wave",
    "late_starters",
    "missing_by_item",
    "participant_flow",
    "retention",
    "starters",
]
