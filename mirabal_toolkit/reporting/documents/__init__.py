"""Whole documents: one outline, one writer a format."""
