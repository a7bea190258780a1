"""Sentences and numbers as people read them."""
