"""The page on commands, written from the command line itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import typer.main

from mirabal_toolkit import errors
from mirabal_toolkit.cli.main import app

_HEAD = """# Commands

Written from the program when this site is built: it says what `--help` says. Data go to standard output, messages to
standard error; with `--json`, where there is one, data are JSON. Colours and progress bars appear on terminals only,
and `NO_COLOR` switches colours off.

| exit code | means |
|---|---|
| 0 | done |
"""

_WORDS = {Path: "FILE", int: "NUMBER", float: "NUMBER"}


def page() -> str:
    """Return the page as Markdown."""
    root = typer.main.get_command(app)
    codes = [f"| {code} | {meaning} |" for code, meaning in sorted(_exit_codes().items())]
    return _HEAD + "\n".join([*codes, "", *_group(root, "mirabal", 2)]) + "\n"


def _exit_codes() -> dict[int, str]:
    """Every exit code with what its error says of itself."""
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.MirabalError)]
    said = {kind.exit_code: str(kind.__doc__).splitlines()[0].rstrip(".") for kind in kinds}
    return said | {1: "Something went wrong inside the toolkit; nothing that existed was changed"}


def _group(command: Any, name: str, depth: int) -> Iterator[str]:
    """A command, or a group and all its commands, as sections."""
    for short, part in command.commands.items():
        if part.hidden:
            continue
        full = f"{name} {short}"
        yield f"{'#' * depth} `{full}`\n"
        yield f"{_prose(part.help or '')}\n"
        if hasattr(part, "commands"):
            yield from _group(part, full, depth + 1)
        else:
            yield from _one(part, full)


def _one(command: Any, full: str) -> Iterator[str]:
    arguments = [part for part in command.params if part.param_type_name == "argument"]
    options = [part for part in command.params if part.param_type_name == "option" and "--help" not in part.opts]
    shown = " ".join(_argument_name(part) for part in arguments)
    yield "```text\n" + " ".join(part for part in (full, shown, "[options]" if options else "") if part) + "\n```\n"
    rows = [f"| `{_argument_name(part)}` | {_meaning(part)} |" for part in arguments]
    rows += [f"| {_option_name(part)} | {_meaning(part)} |" for part in options]
    if rows:
        yield "\n".join(["| | |", "|---|---|", *rows]) + "\n"


def _argument_name(part: Any) -> str:
    name = str(part.metavar or part.name.upper())
    return f"{name} …" if part.nargs == -1 and "…" not in name else name


def _option_name(part: Any) -> str:
    names = ", ".join(f"`{name}`" for name in [*part.opts, *part.secondary_opts])
    return names if part.is_flag else f"{names} `{_kind(part)}`".replace("|", "\\|")


def _kind(part: Any) -> str:
    """What an option takes, in one word."""
    if part.metavar:
        return str(part.metavar)
    kind = part.type_descriptor.annotation
    if get_origin(kind) is Literal:
        return "|".join(map(str, get_args(kind)))
    one = get_args(kind)[0] if get_origin(kind) is list else kind
    return _WORDS.get(one, "TEXT")


def _meaning(part: Any) -> str:
    """What it does, and what holds if it is left out, where the help does not say so."""
    text, default = _cell(part.help or ""), part.default
    told = "default" in text.lower() or isinstance(default, bool) or default == ""
    return f"{text} Default: `{default}`." if isinstance(default, str | int | float | Path) and not told else text


def _cell(text: str) -> str:
    return re.sub(r"\s+", " ", text).replace("|", "\\|").strip()


def _prose(text: str) -> str:
    """Help texts keep their paragraphs; typer's own marks go."""
    return re.sub(r"\[/?[a-z ]+\]", "", text.replace("\b", "")).strip()
