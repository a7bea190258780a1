"""Workbooks (.xlsx, .ods): one table, or a sheet a wave; the archive itself is opened in the child process."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from mirabal_toolkit.core.data import Finding
from mirabal_toolkit.errors import InputError
from mirabal_toolkit.readers.child import ChildRequest, run_child
from mirabal_toolkit.readers.flavours import recognised
from mirabal_toolkit.readers.grid import Grid, checked_names, to_table
from mirabal_toolkit.readers.options import ReadOptions
from mirabal_toolkit.readers.raw import RawTable, plain_name
from mirabal_toolkit.readers.refusals import refusal
from mirabal_toolkit.readers.sniff import SniffedFile, check_unchanged, sha256_of
from mirabal_toolkit.readers.words import some_names

#: Sheets beside the answers that only explain them.
_EXPLAINING = frozenset(
    (
        *("codebook", "code book", "readme", "read me", "notes", "labels", "value labels", "values", "variables"),
        *("documentation", "info", "about", "legend", "dictionary", "data dictionary", "key", "choices", "metadata"),
    )
)
#: Two sheets hold the same table at two waves when they share this part of their columns.
_ALIKE = 0.5
#: A megabyte of a workbook holds so many times the cells of a megabyte of other files.
_SLOWER = 10


@dataclass(frozen=True, slots=True)
class _Sheet:
    name: str
    grid: Grid


def read_workbook(
    file: SniffedFile,
    options: ReadOptions = ReadOptions(),  # noqa: B008  (frozen)
) -> tuple[RawTable, ...]:
    """Read a workbook: the sheets that were named, the only one with a table, or one sheet a wave.

    Parameters
    ----------
    file : SniffedFile
        Of kind ``xlsx`` or ``ods``.
    options : ReadOptions

    Raises
    ------
    InputError
        If the workbook is damaged, locked or too large; if a formula has no result, cells are merged, or
        something stands outside the table; or if it cannot be told which sheet is meant.
    """
    sha256 = sha256_of(file.path)
    slower = replace(options.limits, seconds_per_megabyte=_SLOWER * options.limits.seconds_per_megabyte)
    options = replace(options, limits=slower)
    listed = run_child(_request(file), options.limits).meta["sheets"]
    visible = [str(sheet["name"]) for sheet in listed if not sheet["hidden"]]
    hidden = [str(sheet["name"]) for sheet in listed if sheet["hidden"]]
    wanted, said = _wanted(visible, hidden, options.sheets, file.path.name)
    sheets = [_read_sheet(file, name, options) for name in wanted]
    if not options.sheets:
        sheets, more = _chosen([sheet for sheet in sheets if sheet is not None], file.path.name)
        said += more
    check_unchanged(file)
    tables = []
    for place, sheet in enumerate(one for one in sheets if one is not None):
        name = f"{file.path.name}, sheet {sheet.name}" if len(listed) > 1 else file.path.name
        grid = sheet.grid.saying(*said) if place == 0 else sheet.grid
        tables.append(to_table(recognised(grid, name), file, (sha256, "UTF-8", name), options.decimal))
    return tuple(tables)


def _request(file: SniffedFile, sheet: str | None = None) -> ChildRequest:
    return ChildRequest(file.path, "workbook", {"format": file.kind, "sheet": sheet})


def _wanted(
    visible: Sequence[str], hidden: Sequence[str], named: Sequence[str], name: str
) -> tuple[list[str], list[Finding]]:
    """Return the sheets to look at, and say which are hidden."""
    by_plain = {plain_name(sheet): sheet for sheet in (*visible, *hidden)}
    unknown = [sheet for sheet in named if plain_name(sheet) not in by_plain]
    if unknown:
        raise InputError(
            f"there is no sheet “{unknown[0]}”", where=name, fix=f"the sheets are: {some_names([*visible, *hidden])}"
        )
    if named:
        return [by_plain[plain_name(sheet)] for sheet in named], []
    said = []
    if hidden:
        said.append(
            Finding(
                "warning",
                "hidden_sheet",
                f"{name} has {len(hidden)} hidden sheet(s), which were not read: {some_names(hidden)}",
                count=len(hidden),
                advice="to read one, name it: --sheet NAME",
            )
        )
    return [sheet for sheet in visible if plain_name(sheet) not in _EXPLAINING] or list(visible), said


def _read_sheet(file: SniffedFile, sheet: str, options: ReadOptions) -> _Sheet | None:
    """Return a sheet as a grid; None when it is empty and was not asked for."""
    name = f"{file.path.name}, sheet {sheet}"
    try:
        answer = run_child(_request(file, sheet), options.limits, options.progress)
    except InputError as error:
        if error.problem.what == refusal({"refused": "empty_sheet"}, "").problem.what and not options.sheets:
            return None
        raise
    header = [text.as_py() or "" for text in (column[0] for column in answer.table.columns)]
    frame = answer.table.slice(1).to_pandas(split_blocks=True, self_destruct=True)
    grid = checked_names(header, frame, name)
    formulas = int(answer.meta.get("notes", {}).get("formulas", 0))
    if formulas:
        what = f"{name}: {formulas} cell(s) are computed by formulas; the results in the file were taken"
        grid = grid.saying(Finding("note", "formulas", what, count=formulas))
    return _Sheet(sheet, grid)


def _chosen(sheets: list[_Sheet], name: str) -> tuple[list[_Sheet | None], list[Finding]]:
    """Return the only sheet with a table, or all if they are the same table at several waves; else ask."""
    tables = [sheet for sheet in sheets if len(sheet.grid.frame) and sheet.grid.frame.shape[1] > 1]
    if not tables:
        raise InputError("no sheet holds a table of answers", where=name, fix="name one: --sheet NAME")
    repeats = [sheet for sheet in tables if "_parent_index" not in sheet.grid.frame.columns]
    if len(repeats) == 1:
        left = [sheet.name for sheet in sheets if sheet is not repeats[0]]
        said = [Finding("note", "sheet_chosen", f"{name}: sheet {repeats[0].name} was read, not {some_names(left)}")]
        return list(repeats), said if left else []
    first = set(map(plain_name, repeats[0].grid.frame.columns)) if repeats else set()
    for sheet in repeats[1:]:
        other = set(map(plain_name, sheet.grid.frame.columns))
        if len(first & other) < _ALIKE * min(len(first), len(other)):
            raise InputError(
                "several sheets hold tables, and they are not the same table at several waves",
                where=name,
                fix=f"say which to read: --sheet NAME (they are: {some_names(one.name for one in tables)})",
            )
    named = some_names(one.name for one in repeats)
    return list(repeats), [Finding("note", "sheet_a_wave", f"{name}: each sheet was read as a wave: {named}")]
