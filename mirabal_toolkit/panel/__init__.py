"""`ScoredData` → `PanelData`, participant flow and retention."""

from mirabal_toolkit.panel.assembling import assemble
from mirabal_toolkit.panel.flow import flow_by_wave, late_starters, participant_flow, retention, starters

__all__ = ["assemble", "flow_by_wave", "late_starters", "participant_flow", "retention", "starters"]
