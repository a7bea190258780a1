"""The nouns of the toolkit: frozen, validated when built; no files, no estimation."""
