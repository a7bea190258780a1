"""Every fixed phrase of the report on data, in English."""

from __future__ import annotations

from collections.abc import Mapping

CHECK: Mapping[str, str] = {
    "check_title": "What is in the data, and what to look at",
    "section_check_summary": "In short",
    "section_check_findings": "What to look at",
    "section_check_missing": "Which answers lack, and why",
    "section_check_labels": "The file’s labels and the questionnaire’s",
    "section_check_cleaning": "What cleaning did",
    "check_verdict_error": "Some things must be mended before anybody relies on these data.",
    "check_verdict_warning": "Nothing must be mended, but some things need somebody who knows the data to decide.",
    "check_fine": "Nothing needs a decision.",
    "check_count_error": "Must be mended: {n}",
    "check_count_warning": "Should be looked at: {n}",
    "check_count_note": "Good to know: {n}",
    "lead_missing": "One line is a question, one bar a wave: all women interviewed at that wave.",
    "lead_agreement": "Likeness compares the label in the file with the questionnaire’s own words. A low one is no "
    "mistake if the label was shortened; a code that means something else is.",
    "lead_no_labels": "A study file keeps no labels: check the export it was made from.",
    "table_label_agreement": "Labels in the file beside the questionnaire’s",
    "agreement_differ": "To look at",
    "agreement_agree": "In agreement",
    "header_variables": "Variables",
    "header_file_label": "Label in the file",
    "header_likeness": "Likeness",
    "header_codes_same": "Codes that agree",
    "header_codes_other": "Codes that do not",
    "variables_to": "{first} … {last}",
    "code_unknown": "{code}: not in the questionnaire",
    "figure_missing": "Which answers lack, by wave and question",
    "finding_missing": "The most gaps: {item}, no answer from {share} {at}",
    "finding_missing_none": "Every question that applied was answered",
    "subtitle_missing": "Of the women interviewed at each wave, by question",
    "caption_missing": "Numbers: percent without an answer, of the women to whom the question applied. Empty places: "
    "not part of that wave.",
    "alt_missing": "{items} questions in lines, {waves} waves in columns; each bar shows how many answered and why "
    "others did not. The numbers are in the table below.",
    "missing_answered": "answered",
    "missing_routed": "rightly not asked",
    "missing_dont_know": "did not know",
    "missing_refused": "preferred not to say",
    "missing_unexplained": "left empty",
    "missing_absent": "not in the file",
    "missing_hidden": "hidden",
    "header_interviewed": "Interviewed",
    "header_answered": "Answered",
}
