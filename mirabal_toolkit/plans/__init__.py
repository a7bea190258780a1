"""Analysis plans: YAML to `AnalysisPlan`."""
