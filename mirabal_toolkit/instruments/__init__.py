"""Questionnaires: YAML to `Instrument`, checked; what is bundled; what to show of one."""
