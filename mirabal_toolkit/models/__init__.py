"""From a panel and a plan to estimates of change."""
