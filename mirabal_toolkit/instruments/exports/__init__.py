"""Questionnaires in the formats of other programs: one file a format, text and bytes only, nothing is written here."""
