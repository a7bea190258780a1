"""An extension of Jupyter's server: notebooks that use the toolkit are saved without results.

It is switched on wherever the toolkit and Jupyter are installed together (``jupyter_server_config.d/mirabal.json``).
Results stay on the screen until the notebook is closed.
"""

from __future__ import annotations

from typing import Any

from mirabal_toolkit.notebooks.stripping import stripped, uses_the_toolkit


def strip_before_saving(model: dict[str, Any], **_others: Any) -> None:
    """Take the results out of what Jupyter is about to save, if the notebook uses the toolkit."""
    content = model.get("content")
    if model.get("type") != "notebook" or not isinstance(content, dict) or not uses_the_toolkit(content):
        return
    clean = stripped(content)
    content["cells"], content["metadata"] = clean["cells"], clean["metadata"]


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "mirabal_toolkit.notebooks.server"}]


def _load_jupyter_server_extension(server: Any) -> None:
    server.contents_manager.register_pre_save_hook(strip_before_saving)
