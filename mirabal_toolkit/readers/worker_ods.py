"""OpenDocument spreadsheets (.ods), from their XML: cells as texts, dates as 2024-03-04."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree as ET  # expat limits expansion, and document types are refused below

_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_ERROR = re.compile(r"#[A-Z/0]+[!?]?|Err:\d+")
_ZEROS = re.compile(r"0\d+")
#: The same row or cell repeated more often than this, with something in it, is no table of answers.
_MOST_REPEATS = 100_000


class Workbook:
    """An open spreadsheet; `refused` is the exception by which reading is refused, `columns` the most there may be."""

    def __init__(self, archive: zipfile.ZipFile, refused: type[Exception], columns: int) -> None:
        self._refused, self._columns = refused, columns
        self.notes: dict[str, int] = {"formulas": 0}
        if b"encryption-data" in archive.read("META-INF/manifest.xml"):
            raise refused("locked", "")
        data = archive.read("content.xml")
        if b"<!DOCTYPE" in data[:2000]:
            raise ValueError
        tree = ET.fromstring(data)  # noqa: S314  (in a child process with limits)
        self._tables = list(tree.iter(f"{_TABLE}table"))
        self._hidden = {
            style.get(f"{_STYLE}name")
            for style in tree.iter(f"{_STYLE}style")
            for properties in style.iter(f"{_STYLE}table-properties")
            if properties.get(f"{_TABLE}display") == "false"
        }

    def sheets(self) -> list[dict[str, Any]]:
        """Return name and visibility of each sheet, in order."""
        return [
            {"name": table.get(f"{_TABLE}name", ""), "hidden": table.get(f"{_TABLE}style-name") in self._hidden}
            for table in self._tables
        ]

    def rows(self, name: str) -> Iterator[list[str]]:
        """Yield the rows of a sheet, as texts."""
        table = next((one for one in self._tables if one.get(f"{_TABLE}name") == name), None)
        if table is None:
            raise self._refused("no_sheet", name)
        number = 0
        for row in table.iter(f"{_TABLE}table-row"):
            repeats = int(row.get(f"{_TABLE}number-rows-repeated", 1))
            texts = self._row(row, f"sheet {name}, row {number + 1}")
            number += repeats
            if any(texts):
                if repeats > _MOST_REPEATS:
                    raise self._refused("unpacks", f"sheet {name}")
                for _ in range(repeats):
                    yield list(texts)

    def _row(self, row: Any, where: str) -> list[str]:
        texts: list[str] = []
        gap = 0
        for cell in row:
            if cell.tag not in (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
                continue
            repeats = int(cell.get(f"{_TABLE}number-columns-repeated", 1))
            text = self._text(cell, where)
            if not text:
                gap += repeats
                continue
            if len(texts) + gap + repeats > self._columns:
                raise self._refused("too_wide", where)
            texts += [""] * gap + [text] * repeats
            gap = 0
        return texts

    def _text(self, cell: Any, where: str) -> str:
        merged = cell.get(f"{_TABLE}number-rows-spanned", "1") != "1" or (
            cell.get(f"{_TABLE}number-columns-spanned", "1") != "1"
        )
        if merged:
            raise self._refused("merged", where)
        shown = "\n".join("".join(paragraph.itertext()) for paragraph in cell.findall(f"{_TEXT}p"))
        kind = cell.get(f"{_OFFICE}value-type", "")
        if cell.get(f"{_TABLE}formula"):
            self.notes["formulas"] += 1
            if not kind and not shown:
                raise self._refused("formula", where)
            if _ERROR.fullmatch(shown.strip()):
                raise self._refused("error_value", where)
        if kind in ("float", "percentage", "currency"):
            return shown if _ZEROS.fullmatch(shown) else _number(cell.get(f"{_OFFICE}value", ""))
        if kind == "date":
            return str(cell.get(f"{_OFFICE}date-value", "")).replace("T00:00:00", "")
        if kind == "boolean":
            return "1" if cell.get(f"{_OFFICE}boolean-value") == "true" else "0"
        return str(cell.get(f"{_OFFICE}string-value") or shown)


def _number(value: str) -> str:
    number = float(value)
    return str(int(number)) if number == int(number) and abs(number) < 1e15 else repr(float(f"{number:.15g}"))
