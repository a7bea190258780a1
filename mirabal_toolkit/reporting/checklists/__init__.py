"""STROBE and TREND: which item of a reporting guideline is answered where, and what only the author knows."""
