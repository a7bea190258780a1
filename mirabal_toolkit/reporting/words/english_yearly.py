"""Phrases of the yearly programme report."""

from __future__ import annotations

from collections.abc import Mapping

YEARLY: Mapping[str, str] = {
    "yearly_title": "Programme report {year}",
    "yearly_subtitle": "From referral to outcomes; sources: {sources}",
    "yearly_source_cases": "case files",
    "yearly_source_partners": "partners",
    "yearly_source_clients": "clients",
    "section_yearly_summary": "The year in short",
    "section_yearly_referred": "Who referred",
    "section_yearly_stages": "From referral to completion",
    "section_yearly_partners": "Contact with partners",
    "section_yearly_outcomes": "What changed, by source",
    "section_yearly_read": "How to read this report",
    "lead_yearly_referred": "From the case files, at the time of referral.",
    "lead_yearly_stages": "Where the cases stood at the end of each quarter, from the case files. One who has left "
    "stays in the count.",
    "lead_yearly_partners": "How far the service reached the partners, from the case files.",
    "lead_yearly_outcomes": "The same people before and after, each source by itself. The sources are never added up "
    "or averaged: what partners, clients and workers say answers different questions, and where they differ, nothing "
    "here says who is right.",
    "yearly_recorded": "{n} cases have a record at referral; {kept} of them ({share}) have one {at_last}.",
    "yearly_recorded_hidden": "How many cases have a record is hidden to protect the people counted.",
    "yearly_stage": "{share} {statement} {at_last}.",
    "yearly_better": "{source}: {finding}.",
    "yearly_partner": "Partners",
    "yearly_client": "Clients",
    "yearly_worker": "Workers",
    "table_yearly_referred": "Who referred the cases",
    "table_yearly_stages": "Engagement and completion, quarter by quarter",
    "table_yearly_partners": "Contact with partners, quarter by quarter",
    "table_yearly_outcomes": "Before and after, by source",
    "header_yearly_source": "Source and indicator",
    "header_yearly_referrer": "Referred by",
    "header_yearly_cases": "Cases",
    "header_yearly_before": "First",
    "header_yearly_after": "Last",
    "header_yearly_both": "n, both times",
    "yearly_row": "{source}: {label}",
    "yearly_more": "Other",
    "note_yearly_waves": "Percent, and under it the number of cases with a record of it. Averages where the label "
    "counts something.",
    "note_yearly_outcomes": "Percents and averages of those asked both times. Change: points, with its {level} "
    "interval.",
    "note_yearly_couples": "Partners and clients are couples: each knows what they said themselves. Where nobody, or "
    "everybody, of one source said yes, the row is hidden, since the other of the couple would know the answer.",
    "yearly_read_cases": "Case files say what was written down. What was not recorded did not necessarily not happen.",
    "yearly_read_partners": "Partners who could be reached may differ from those who could not.",
    "yearly_read_clients": "A client who reports more than before may have become more honest, not more violent.",
    "yearly_read_change": "There is no comparison group: change is what was seen, not what the programme did.",
    "yearly_read_same": "All sources were released under the disclosure profile “{profile}”; this report adds no "
    "number that they do not have.",
}
