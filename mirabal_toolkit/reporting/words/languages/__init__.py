"""Other languages than English: one file of phrases each, and how its numbers and dates are written."""
