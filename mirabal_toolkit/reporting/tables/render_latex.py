r"""Tables as LaTeX fragments in the style of booktabs, for ``\input`` into a paper.

A fragment needs the packages ``booktabs``, ``longtable`` and ``array``; on wide tables ``pdflscape`` is used too.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise

from mirabal_toolkit.file_safety import clean_text
from mirabal_toolkit.reporting.tables.fitting import Fit, fit_table
from mirabal_toolkit.reporting.tables.spec import Cell, Row, RowGroup, Table

_PACKAGES = "% needs: booktabs, longtable, array, pdflscape; XeLaTeX or LuaLaTeX for labels beyond Latin letters\n"

_SIGNS = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "#": r"\#",
    "$": r"\$",
    "%": r"\%",
    "&": r"\&",
    "_": r"\_",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
    "'": r"\textquotesingle{}",
    "`": r"\textasciigrave{}",
    # So that two of them are no dash, and an optional argument none.
    "-": r"{-}",
    "[": "{[}",
    "]": "{]}",
    "*": "{*}",
    "−": r"\ensuremath{-}",
    "≤": r"\ensuremath{\leq}",
    "≥": r"\ensuremath{\geq}",
    "×": r"\ensuremath{\times}",
    "∞": r"\ensuremath{\infty}",
    "²": r"\textsuperscript{2}",
    "\n": " ",
    "\t": " ",
}


def latex_text(text: str) -> str:
    r"""Return text as LaTeX shows it, never as LaTeX runs it.

    Examples
    --------
    >>> latex_text("50% of R&D, \\input{x}")
    '50\\% of R\\&D, \\textbackslash{}input\\{x\\}'
    """
    return "".join(_SIGNS.get(sign, sign) for sign in clean_text(text))


def render_latex(table: Table) -> bytes:
    """Return the table as a fragment that may run over several pages, its header on each."""
    fit = fit_table(table)
    laid = fit.table
    head = "\n".join([r"\toprule", *_spans(fit), _header(laid), r"\midrule"])
    body = "\n".join(_group(group, laid) for group in laid.groups)
    lines = [
        r"\begingroup",
        rf"\{'scriptsize' if fit.small else 'footnotesize'}\setlength{{\tabcolsep}}{{3pt}}",
        rf"\begin{{longtable}}{{{_columns(fit)}}}",
        rf"\caption{{{latex_text(laid.title)}}}\label{{tab:{table.id}}}\\",
        head,
        r"\endfirsthead",
        head,
        r"\endhead",
        body,
        r"\bottomrule",
        r"\end{longtable}",
        *_notes(laid),
        r"\endgroup",
    ]
    if fit.landscape:
        lines = [r"\begin{landscape}", *lines, r"\end{landscape}"]
    return (_PACKAGES + "\n".join(lines) + "\n").encode()


def render_latex_document(tables: Sequence[Table], title: str) -> bytes:
    """Return a document that holds every fragment, to look at them and as an example of what they need."""
    lines = [
        r"\documentclass[a4paper,10pt]{article}",
        r"\usepackage[margin=2cm]{geometry}",
        r"\usepackage{iftex}",
        r"\ifPDFTeX\usepackage[T1]{fontenc}\usepackage{textcomp}\else\usepackage{fontspec}\fi",
        r"\usepackage{booktabs,longtable,array,pdflscape}",
        rf"\title{{{latex_text(title)}}}\date{{}}",
        r"\begin{document}",
        r"\maketitle",
        *(rf"\input{{tables/{table.id}.tex}}" for table in tables),
        r"\end{document}",
    ]
    return ("\n".join(lines) + "\n").encode()


def _columns(fit: Fit) -> str:
    """Return the columns: shares of the width, words on the left, numbers on the right."""
    kinds = [column.kind in ("label", "text") for column in fit.table.columns]
    columns = [
        _column("raggedright" if words else "raggedleft", fit, place, place + 1) for place, words in enumerate(kinds)
    ]
    return f"@{{}}{''.join(columns)}@{{}}"


def _column(side: str, fit: Fit, first: int, after: int) -> str:
    """Return a column as wide as those from `first` up to `after`, with the space between them."""
    share = sum(fit.widths[first:after]) / sum(fit.widths)
    return rf">{{\{side}\arraybackslash}}p{{\dimexpr {share:.4f}\linewidth-6pt}}"


def _spans(fit: Fit) -> list[str]:
    spans = fit.table.spans
    if not spans:
        return []
    ends = [0, *accumulate(span.width for span in spans)]
    cells = [
        rf"\multicolumn{{{span.width}}}{{{_column('centering', fit, first, after)}}}{{{latex_text(span.label)}}}"
        for (first, after), span in zip(pairwise(ends), spans, strict=True)
    ]
    rules = [
        rf"\cmidrule(lr){{{first + 1}-{after}}}"
        for (first, after), span in zip(pairwise(ends), spans, strict=True)
        if span.label
    ]
    return [rf"{' & '.join(cells)} \\", "".join(rules)]


def _header(table: Table) -> str:
    return _row(Row(tuple(Cell(column.header, under=column.under) for column in table.columns)))


def _group(group: RowGroup, table: Table) -> str:
    lines = [_row(row) for row in group.rows]
    if group.label:
        heading = rf"\multicolumn{{{len(table.columns)}}}{{@{{}}l}}{{\textbf{{{latex_text(group.label)}}}}} \\*"
        lines.insert(0, rf"\addlinespace {heading}")
    return "\n".join(lines)


def _row(row: Row) -> str:
    return rf"{' & '.join(_cell(cell) for cell in row.cells)} \\"


def _cell(cell: Cell) -> str:
    marks = f"\\textsuperscript{{{latex_text(''.join(cell.marks))}}}" if cell.marks else ""
    under = rf"\newline {latex_text(cell.under)}" if cell.under else ""
    return latex_text(cell.text) + marks + under


def _notes(table: Table) -> list[str]:
    marks = [rf"\textsuperscript{{{latex_text(note.mark)}}} " if note.mark else "" for note in table.notes]
    return [rf"\noindent {mark}{latex_text(note.text)}\par" for mark, note in zip(marks, table.notes, strict=True)]
