"""Whether a folder of outputs is as it was written, and whether the analysis gives the same numbers again."""
