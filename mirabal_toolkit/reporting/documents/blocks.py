"""What documents are made of, whatever their format: sections of paragraphs, lists, tables and figures."""

from __future__ import annotations

from dataclasses import dataclass

from mirabal_toolkit.reporting.edition import Edition
from mirabal_toolkit.reporting.figures.spec import Figure
from mirabal_toolkit.reporting.tables.spec import Table


@dataclass(frozen=True, slots=True)
class Link:
    """A piece of running text that names a table, and leads to it."""

    text: str
    block: TableBlock


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text; `lead` introduces what follows, `links` are in the order of the text."""

    text: str
    lead: bool = False
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Subheading:
    """A heading inside a section."""

    text: str


@dataclass(frozen=True, slots=True)
class TableBlock:
    """A table with its number in the report."""

    table: Table
    number: int

    def label(self, edition: Edition) -> str:
        """Return ``Table 1``."""
        before, _, _ = edition.say("table_caption", number="\0", title="").partition("\0")
        return f"{before}{self.number}"

    def caption(self, edition: Edition) -> str:
        """Return ``Table 1. …``."""
        return edition.say("table_caption", number=self.number, title=self.table.title)


@dataclass(frozen=True, slots=True)
class FigureBlock:
    """A figure with its number in the report.

    Parameters
    ----------
    figure : Figure
    number : int
    part : pair of int
        Which it is of how many that show one thing together.
    """

    figure: Figure
    number: int
    part: tuple[int, int] = (1, 1)

    def title(self, edition: Edition) -> str:
        """Return what it shows, and which part of it."""
        number, of = self.part
        title = self.figure.sheet.caption
        return title if of == 1 else edition.say("figure_part", title=title, number=number, of=of)

    def caption(self, edition: Edition) -> str:
        """Return ``Figure 1. …``."""
        return edition.say("figure_caption", number=self.number, title=self.title(edition))


Block = Paragraph | Bullets | Subheading | TableBlock | FigureBlock


@dataclass(frozen=True, slots=True)
class Section:
    """A section of the report; `id` is its anchor, `own_page` whether it begins on a new page of paper."""

    id: str
    title: str
    blocks: tuple[Block, ...]
    own_page: bool = False


@dataclass(frozen=True, slots=True)
class Outline:
    """A whole report.

    Parameters
    ----------
    title, subtitle : str
    banners : tuple of str
        What a reader must know before anything else.
    urgent : bool
        Whether the first banner is a warning (not for release).
    language : str
    sections : tuple of Section
    """

    title: str
    subtitle: str
    banners: tuple[str, ...]
    urgent: bool
    language: str
    sections: tuple[Section, ...]
