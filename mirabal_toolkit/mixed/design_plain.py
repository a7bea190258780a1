"""Columns of plain formulas, made without the machinery of formulaic.

Most formulas of repeated measures hold numbers, categories (treatment coding) and products of these, with
an intercept and all margins. Their columns are the same as formulaic's, in its order and with its names, for
a hundredth of its fixed cost. `learn_plain` returns None for everything else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mirabal_toolkit.errors import ModelError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

_CATEGORY = re.compile(r"C\((\w+)\)")
_PLAIN_NAME = re.compile(r"[A-Za-z_]\w*")


@dataclass(frozen=True, slots=True)
class PlainFactor:
    """A column as formulaic names it.

    Parameters
    ----------
    label : str
        `"age"` or `"C(wave)"`.
    variable : str
        The column of the frame.
    category : bool
        Whether the label asks for categories.
    """

    label: str
    variable: str
    category: bool


@dataclass(frozen=True, slots=True)
class PlainSpec:
    """Terms, and the levels of the categories among their factors.

    Parameters
    ----------
    terms : tuple of tuples of PlainFactor
        An empty tuple is the intercept.
    levels : dict from str to pandas.Index
        Levels by label, the reference first; none for numbers.
    """

    terms: tuple[tuple[PlainFactor, ...], ...]
    levels: dict[str, pd.Index]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns, as formulaic gives them."""
        out: list[str] = []
        for term in self.terms:
            parts = [self._parts(factor) for factor in term]
            out += [":".join(reversed(names)) or "Intercept" for names in product(*reversed(parts))]
        return tuple(out)

    def _parts(self, factor: PlainFactor) -> list[str]:
        levels = self.levels.get(factor.label)
        return [factor.label] if levels is None else [f"{factor.label}[T.{level}]" for level in levels[1:]]

    def matrix(self, table: dict[str, pd.Series[Any]], n: int) -> FloatArray:
        """Make the columns, shape (n, number of columns).

        Raises
        ------
        ModelError
            A category that was not there when the levels were learnt.
        """
        if self.terms == ((),):
            # an intercept alone: one number seen as a column, which takes no memory
            return np.broadcast_to(1.0, (n, 1))
        columns = {f.label: self._columns(f, table) for term in self.terms for f in term}
        out = np.empty((len(self.names), n))
        place = 0
        for term in self.terms:
            for parts in product(*(columns[factor.label] for factor in reversed(term))):
                row = out[place]
                row[:] = parts[0] if parts else 1.0
                for part in parts[1:]:
                    row *= part
                place += 1
        return out.T

    def _columns(self, factor: PlainFactor, table: dict[str, pd.Series[Any]]) -> list[NDArray[Any]]:
        """Columns of one factor; those of a category as booleans, an eighth of the memory."""
        values = table[factor.variable]
        levels = self.levels.get(factor.label)
        if levels is None:
            return [values.to_numpy(dtype=np.float64)]
        codes = _codes(values, levels)
        if (codes < 0).any():
            raise ModelError(
                "A category was not among the data the model was fitted to.",
                where=f"`{factor.label}`",
                fix="Predict only for categories that the model has seen.",
            )
        return [codes == k for k in range(1, len(levels))]


def _codes(values: pd.Series[Any], levels: pd.Index) -> NDArray[np.intp]:
    """Position of each value among the levels; −1 where it is not one."""
    raw = values.to_numpy() if not isinstance(values.dtype, pd.CategoricalDtype) else None
    if raw is not None and raw.dtype.kind in "iu" and len(levels) <= 64:
        sorted_levels = levels.to_numpy()
        places = np.searchsorted(sorted_levels, raw)
        found = sorted_levels[np.minimum(places, len(levels) - 1)] == raw
        return np.where(found, places, -1)
    return np.asarray(levels.get_indexer(pd.Index(values)), dtype=np.intp)


@lru_cache(maxsize=256)
def _plain_terms(expressions: tuple[tuple[str, ...], ...]) -> tuple[tuple[PlainFactor, ...], ...] | None:
    """Terms of a parsed formula, or None when one of them is not plain or a margin is lacking."""
    out: list[tuple[PlainFactor, ...]] = []
    for term in expressions:
        factors = [_plain_factor(text) for text in term if text != "1"]
        known = [factor for factor in factors if factor is not None]
        if len(known) < len(factors):
            return None
        out.append(tuple(known))
    labels = {frozenset(f.label for f in term) for term in out}
    # with every margin in the model, formulaic too codes each category against its first level
    hierarchical = all(labels_of - {one} in labels for labels_of in labels for one in labels_of)
    return tuple(out) if frozenset() in labels and hierarchical else None


def _plain_factor(expression: str) -> PlainFactor | None:
    called = _CATEGORY.fullmatch(expression)
    if called:
        return PlainFactor(expression, called.group(1), True)
    return PlainFactor(expression, expression, False) if _PLAIN_NAME.fullmatch(expression) else None


def learn_plain(terms: Any, table: dict[str, pd.Series[Any]]) -> PlainSpec | None:
    """Learn the levels of a plain formula.

    Parameters
    ----------
    terms : formulaic.SimpleFormula
        One side of a parsed formula.
    table : dict from str to pandas.Series

    Returns
    -------
    PlainSpec or None
        None when formulaic must do it.

    Examples
    --------
    >>> from formulaic import Formula
    >>> spec = learn_plain(Formula("C(wave) * arm"), {"wave": pd.Series([1, 2, 2]), "arm": pd.Series([0, 0, 1])})
    >>> spec.names
    ('Intercept', 'C(wave)[T.2]', 'arm', 'C(wave)[T.2]:arm')
    """
    found = _plain_terms(tuple(tuple(str(f.expr) for f in term.factors) for term in terms))
    if found is None:
        return None
    levels: dict[str, pd.Index] = {}
    for factor in {factor.label: factor for term in found for factor in term}.values():
        values = table[factor.variable]
        if factor.category or _is_category(values):
            own = _levels(values)
            if len(own) < 2:
                return None
            levels[factor.label] = own
        elif values.dtype.kind not in "iuf":
            return None
    return PlainSpec(found, levels)


def _is_category(values: pd.Series[Any]) -> bool:
    return isinstance(values.dtype, pd.CategoricalDtype) or values.dtype in ("object", "str")


def _levels(values: pd.Series[Any]) -> pd.Index:
    """Levels in formulaic's order: as declared, or sorted."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        return values.cat.categories
    unique: pd.Index = pd.Index(pd.unique(values))
    return unique.sort_values()
