"""The gate: from results to what may leave."""
