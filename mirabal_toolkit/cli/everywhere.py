"""Options that every command takes, so that a script can give them to any."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any, get_type_hints

import typer

from mirabal_toolkit.cli.reading import NoProgress, Quiet

#: Parameter → its annotation, for commands that print nothing but data, or show no bar.
EVERYWHERE: dict[str, Any] = {"quiet": Quiet, "no_progress": NoProgress}


def with_options_everywhere(app: typer.Typer) -> typer.Typer:
    """Let every command of `app`, and of the groups in it, take the options of `EVERYWHERE`.

    A command that does not know one of them has nothing to leave out, and goes on as it would.
    """
    for command in app.registered_commands:
        if command.callback is not None:
            command.callback = _taking(command.callback)
    for group in app.registered_groups:
        if group.typer_instance is not None:
            with_options_everywhere(group.typer_instance)
    return app


def _taking(command: Callable[..., Any]) -> Callable[..., Any]:
    own = list(inspect.signature(command).parameters.values())
    more = {name: kind for name, kind in EVERYWHERE.items() if name not in {parameter.name for parameter in own}}
    if not more:
        return command

    @functools.wraps(command)
    def taking(**given: Any) -> Any:
        return command(**{name: value for name, value in given.items() if name not in more})

    hints = {**get_type_hints(command, include_extras=True), **more}
    added = [inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=False) for name in more]
    kept = [parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY) for parameter in own]
    taking.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [parameter.replace(annotation=hints[parameter.name]) for parameter in (*kept, *added)]
    )
    taking.__annotations__ = {name: kind for name, kind in hints.items() if name != "return"}
    return taking
