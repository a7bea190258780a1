"""What the bundled notebooks need: copying them, choosing an outcome, leaving nothing of a respondent in a file."""
