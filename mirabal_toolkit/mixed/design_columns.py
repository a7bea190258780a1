"""Formulas into columns: a recipe learnt from one frame that can be cooked again with another."""

from __future__ import annotations

import ast
import re
import warnings
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from formulaic import Formula
from formulaic.errors import DataMismatchWarning, FormulaicError
from formulaic.parser.types import Factor as FormulaFactor
from formulaic.transforms import TRANSFORMS

from mirabal_toolkit.errors import ModelError
from mirabal_toolkit.mixed.design_plain import PlainSpec, learn_plain

if TYPE_CHECKING:
    from numpy.typing import NDArray

Table = dict[str, "pd.Series[Any]"]
EvalMethod = FormulaFactor.EvalMethod
_BACKTICKED = re.compile(r"`([^`]+)`")
_KNOWN_NAMES = frozenset((*TRANSFORMS, "np", "numpy", "True", "False", "None"))


@dataclass(frozen=True, slots=True)
class Recipe:
    """How the columns of a matrix are made from a frame.

    Parameters
    ----------
    formula : str
        The formula as the caller wrote it, one side only.
    names : tuple of str
        One name a column, as formulaic gives them.
    variables : tuple of str
        The columns of the frame that are needed.
    spec : PlainSpec or formulaic.ModelSpec
        The learnt specification: levels of categories, knots of splines, means of scaled columns.
    """

    formula: str
    names: tuple[str, ...]
    variables: tuple[str, ...]
    spec: Any

    def matrix(self, data: pd.DataFrame) -> NDArray[np.float64]:
        """Make the columns for a frame.

        Parameters
        ----------
        data : pandas.DataFrame
            Rows to make columns for; must hold `variables` without missing values.

        Returns
        -------
        ndarray, shape (len(data), len(names))

        Raises
        ------
        ModelError
            A column is missing, or holds a category that was not there when the recipe was learnt.
        """
        refuse_unknown(self.variables, frozenset(map(str, data.columns)))
        missing = [name for name in self.variables if data[name].isna().any()]
        if missing:
            raise ModelError(
                f"Missing values in {', '.join(missing)}.",
                where=f"formula `{self.formula}`",
                fix="Leave these rows out, or fill them, before predicting.",
            )
        return self.matrix_of({name: data[name] for name in self.variables}, len(data))

    def matrix_of(self, table: Table, n: int | None = None) -> NDArray[np.float64]:
        """Make the columns from complete columns of equal length.

        Parameters
        ----------
        table : dict from str to pandas.Series
        n : int, optional
            Rows; needed when the table may be empty.
        """
        rows = len(next(iter(table.values()))) if n is None else n
        if isinstance(self.spec, PlainSpec):
            return self.spec.matrix(table, rows)
        return np.asarray(_materialise(self.spec, _frame(table, rows), self.formula), dtype=np.float64)


@lru_cache(maxsize=256)
def parse(formula: str) -> Any:
    """Parse a formula, once for each text.

    Raises
    ------
    ModelError
        The text is not a formula.
    """
    try:
        return Formula(formula)
    except FormulaicError as error:
        first = re.sub(r"[^\x20-\x7e]|\[\d+;?\d*m", "", str(error).splitlines()[0])
        raise ModelError(
            f"The formula cannot be read: {first}",
            where=f"formula `{formula}`",
            fix='Write it as in "score ~ C(wave) * arm + age".',
        ) from None


def variables_of(terms: Any, columns: frozenset[str], formula: str) -> tuple[str, ...]:
    """Name the columns of the frame that the terms of a formula need.

    `Formula.required_variables` of formulaic leaves out what stands inside spline and scaling calls,
    so the factors are read here.

    Raises
    ------
    ModelError
        A name is neither a column nor a known function; all of them are listed.
    """
    needed: dict[str, None] = {}
    unknown: dict[str, None] = {}
    for factor in {str(f.expr): f for term in terms for f in term.factors}.values():
        is_column = factor.eval_method is EvalMethod.LOOKUP
        for name in (factor.expr,) if is_column else _names_in(factor.expr):
            if name in columns:
                needed[name] = None
            elif is_column or name not in _KNOWN_NAMES:
                unknown[name] = None
    if unknown:
        raise _unknown(list(unknown), formula)
    return tuple(needed)


@lru_cache(maxsize=1024)
def _names_in(expression: str) -> tuple[str, ...]:
    """Names that a Python expression reads, back-ticked column names among them."""
    quoted = _BACKTICKED.findall(expression)
    tree = ast.parse(_BACKTICKED.sub("None", expression), mode="eval")
    return (*quoted, *(node.id for node in ast.walk(tree) if isinstance(node, ast.Name)))


def _unknown(names: list[str], formula: str) -> ModelError:
    listed = ", ".join(f"`{name}`" for name in names)
    return ModelError(
        f"The data have no column {listed}.",
        where=f"formula `{formula}`",
        fix="Mend the name in the formula, or add the column to the data.",
    )


def refuse_unknown(names: tuple[str, ...], columns: frozenset[str]) -> None:
    """Raise a ModelError that lists the names that are not columns."""
    unknown = [name for name in names if name not in columns]
    if unknown:
        listed = ", ".join(f"`{name}`" for name in unknown)
        raise ModelError(f"The data have no column {listed}.", fix="Mend the name, or add the column.")


def learn(terms: Any, table: Table, formula: str) -> tuple[Recipe, NDArray[np.float64]]:
    """Learn a recipe from columns without missing values, and make its matrix.

    Parameters
    ----------
    terms : formulaic.SimpleFormula
        One side of a parsed formula.
    table : dict from str to pandas.Series
        Columns to learn from, of equal length; at least one.
    formula : str
        The text, for messages.

    Returns
    -------
    recipe : Recipe
    matrix : ndarray, shape (rows, number of columns)
    """
    n = len(next(iter(table.values())))
    variables = variables_of(terms, frozenset(table), formula)
    plain = learn_plain(terms, table)
    if plain is not None:
        return Recipe(formula, plain.names, variables, plain), plain.matrix(table, n)
    made = _materialise(terms, _frame(table, n), formula)
    recipe = Recipe(formula, tuple(map(str, made.columns)), variables, made.model_spec)
    return recipe, np.asarray(made, dtype=np.float64)


def _frame(table: Table, n: int) -> pd.DataFrame:
    """Columns side by side, whatever their indexes."""
    return pd.DataFrame({name: values.array for name, values in table.items()}, index=range(n))


def _materialise(spec: Any, data: pd.DataFrame, formula: str) -> Any:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", DataMismatchWarning)
            return spec.get_model_matrix(data, context={}, na_action="ignore")
    except DataMismatchWarning:
        raise ModelError(
            "A category was not among the data the model was fitted to.",
            where=f"formula `{formula}`",
            fix="Predict only for categories that the model has seen.",
        ) from None
    except FormulaicError as error:
        cause = str(error).splitlines()[0]
        raise ModelError(f"The formula cannot be evaluated: {cause}", where=f"formula `{formula}`") from error
