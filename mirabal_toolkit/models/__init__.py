"""From a panel and a plan to estimates of change."""

from mirabal_toolkit.models.run import analyse as analyse
