"""``python -m mirabal_toolkit`` is ``mirabal``."""

from mirabal_toolkit.cli.main import run

run()
