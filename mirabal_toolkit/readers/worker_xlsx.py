"""Excel workbooks (.xlsx), from their XML: cells as texts, dates as 2024-03-04, numbers as Excel shows their digits."""

from __future__ import annotations

import datetime as dt
import functools
import re
import zipfile
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree as ET  # expat limits expansion, and document types are refused below

_DATE_FORMATS = frozenset((*range(14, 18), 22, *range(27, 37), *range(50, 59)))
_TIME_FORMATS = frozenset((18, 19, 20, 21, 45, 46, 47))
_QUOTED = re.compile(r'"[^"]*"|\\.|\[(?!h|m|s)[^\]]*\]', re.IGNORECASE)
_ZEROS = re.compile(r"0+")
_CELL = re.compile(r"([A-Z]+)(\d+)")
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT_RELATION = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"


class Workbook:
    """An open workbook; `refused` is the exception by which reading is refused, `columns` the most there may be."""

    def __init__(self, archive: zipfile.ZipFile, refused: type[Exception], columns: int) -> None:
        self._archive, self._refused, self._columns = archive, refused, columns
        self.notes: dict[str, int] = {"formulas": 0}
        self._names = _Names()
        tree = self._tree("xl/workbook.xml")
        self._paths = self._targets()
        self._sheets = [element for element in tree.iter() if _plain(element.tag) == "sheet"]
        properties = next((element for element in tree.iter() if _plain(element.tag) == "workbookPr"), None)
        from_1904 = properties is not None and properties.get("date1904") in ("1", "true")
        self._epoch = dt.datetime(1904, 1, 1) if from_1904 else dt.datetime(1899, 12, 30)  # noqa: DTZ001
        self._kinds = self._formats()

    def sheets(self) -> list[dict[str, Any]]:
        """Return name and visibility of each sheet, in order."""
        return [
            {"name": sheet.get("name", ""), "hidden": sheet.get("state", "visible") != "visible"}
            for sheet in self._sheets
        ]

    def rows(self, name: str) -> Iterator[list[str]]:
        """Yield the rows of a sheet, as texts."""
        sheet = next((one for one in self._sheets if one.get("name") == name), None)
        if sheet is None:
            raise self._refused("no_sheet", name)
        relation = sheet.get(_RELATION) or sheet.get(_STRICT_RELATION) or ""
        path = self._paths[relation]
        strings = self._strings()
        for element in self._elements(path, name):
            tag = self._names[element.tag]
            if tag in ("c", "v"):
                continue
            if tag == "row":
                yield self._row(element, strings, name)
                element.clear()
            elif tag == "dimension":
                self._check_dimension(element.get("ref", ""), name)
            elif tag == "mergeCell":
                raise self._refused("merged", f"sheet {name}, {element.get('ref', '')}")

    def _row(self, row: Any, strings: list[str], name: str) -> list[str]:
        texts: list[str] = []
        for cell in row:
            if self._names[cell.tag] != "c":
                continue
            text = self._text(cell, strings, name)
            if not text:
                continue
            place = _column(cell.get("r", ""), len(texts))
            if place >= self._columns:
                raise self._refused("too_wide", f"sheet {name}, {cell.get('r', '')}")
            texts += [""] * (place + 1 - len(texts))
            texts[place] = text
        return texts

    def _text(self, cell: Any, strings: list[str], name: str) -> str:
        parts = {self._names[child.tag]: child for child in cell}
        kind = cell.get("t", "n")
        value = (parts["v"].text or "") if "v" in parts else ""
        if "f" in parts:
            self.notes["formulas"] += 1
            if "v" not in parts or (not value and kind != "str"):
                raise self._refused("formula", f"sheet {name}, {cell.get('r', '')}")
        if kind == "n":
            return self._number(value, cell.get("s"))
        if kind == "s":
            return strings[int(value)] if value else ""
        if kind == "e":
            raise self._refused("error_value", f"sheet {name}, {cell.get('r', '')}")
        if kind == "inlineStr":
            return _joined(parts["is"]) if "is" in parts else ""
        return value.replace("T00:00:00", "") if kind == "d" else value

    def _number(self, value: str, style: str | None) -> str:
        """Return a number as text, as a date where its format is one, with leading zeros where its format has them."""
        if not value:
            return ""
        kind, width = self._kinds[int(style)] if style and int(style) < len(self._kinds) else ("", 0)
        if not kind and len(value) < 16 and value.isdecimal():
            return value.zfill(width)
        number = float(value)
        if kind in ("date", "time") and 0 <= number < 2_958_466:
            moment = self._epoch + dt.timedelta(seconds=round(number * 86_400))
            if kind == "time" and number < 1:
                return f"{moment:%H:%M:%S}"
            if kind == "date":
                return f"{moment:%Y-%m-%d}" if number == int(number) else f"{moment:%Y-%m-%dT%H:%M:%S}"
        if number == int(number) and abs(number) < 1e15:
            return str(int(number)).zfill(width)
        return repr(float(f"{number:.15g}"))

    def _formats(self) -> list[tuple[str, int]]:
        """Return, for each cell style, whether it shows a date or a time, and how many digits it fills with zeros."""
        if "xl/styles.xml" not in self._archive.namelist():
            return []
        tree = self._tree("xl/styles.xml")
        own = {
            int(element.get("numFmtId", -1)): element.get("formatCode", "")
            for element in tree.iter()
            if _plain(element.tag) == "numFmt"
        }
        cells: Any = next((element for element in tree.iter() if _plain(element.tag) == "cellXfs"), [])
        return [_kind_of_format(int(style.get("numFmtId", 0)), own) for style in cells]

    def _strings(self) -> list[str]:
        if "xl/sharedStrings.xml" not in self._archive.namelist():
            return []
        texts = []
        for element in self._elements("xl/sharedStrings.xml", ""):
            if _plain(element.tag) == "si":
                texts.append(_joined(element))
                element.clear()
        return texts

    def _targets(self) -> dict[str, str]:
        found = {}
        for element in self._tree("xl/_rels/workbook.xml.rels"):
            target = element.get("Target", "")
            found[element.get("Id", "")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        return found

    def _check_dimension(self, reference: str, name: str) -> None:
        """Refuse a sheet so wide that it cannot be a table, before any of it is read."""
        match = _CELL.match(reference.rpartition(":")[2])
        if match is not None and _column(match[0], 0) >= self._columns:
            raise self._refused("too_wide", f"sheet {name}")

    def _tree(self, path: str) -> Any:
        data = self._archive.read(path)
        if b"<!DOCTYPE" in data[:2000]:
            raise ValueError
        return ET.fromstring(data)  # noqa: S314  (in a child process with limits, and without document types)

    def _elements(self, path: str, _name: str) -> Iterator[Any]:
        with self._archive.open(path) as file:
            if b"<!DOCTYPE" in file.read(2000):
                raise ValueError
        with self._archive.open(path) as file:
            for _, element in ET.iterparse(file):  # noqa: S314  (as above)
                yield element


class _Names(dict[str, str]):
    """Tag → its name without a namespace; each is taken apart once, since a sheet has millions of cells."""

    def __missing__(self, tag: str) -> str:
        self[tag] = _plain(tag)
        return self[tag]


def _plain(tag: str) -> str:
    return tag.rpartition("}")[2]


def _joined(element: Any) -> str:
    """Return the text of a string, without the reading aids of East Asian ones."""
    pieces = []
    for child in element:
        tag = _plain(child.tag)
        if tag == "t":
            pieces.append(child.text or "")
        elif tag == "r":
            pieces += [part.text or "" for part in child if _plain(part.tag) == "t"]
    return "".join(pieces)


@functools.lru_cache(maxsize=20_000)
def _number_of_letters(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _column(reference: str, otherwise: int) -> int:
    """Return the column of a cell, from 0; ``C7`` is 2."""
    match = _CELL.match(reference)
    return otherwise if match is None else _number_of_letters(match[1])


def _kind_of_format(number: int, own: dict[int, str]) -> tuple[str, int]:
    if number in own:
        code = own[number].partition(";")[0]
        signs = _QUOTED.sub("", code).lower()
        if re.search(r"[yd]", signs) or (re.search(r"m", signs) and not re.search(r"[hs]", signs)):
            return "date", 0
        if re.search(r"[hs]", signs):
            return "time", 0
        return "", len(code) if _ZEROS.fullmatch(code) else 0
    return "date" if number in _DATE_FORMATS else "time" if number in _TIME_FORMATS else "", 0
