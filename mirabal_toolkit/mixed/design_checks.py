"""What an estimator must refuse, with an error that names the term and never a person's value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mirabal_toolkit.errors import ModelError
from mirabal_toolkit.mixed.row_pieces import standard_gram

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mirabal_toolkit.mixed.design import Design

    FloatArray = NDArray[np.float64]

# Squared share of a standardised column that the others leave unexplained; below it the column
# cannot be told from rounding in X'X.
COLLINEAR = 1e-11
# Smallest eigenvalue of the columns' correlation below which they are looked at one by one.
SUSPICIOUS = 1e-7


def missing(values: pd.Series[Any]) -> NDArray[np.bool_] | None:
    """Where values are missing, or None when none is."""
    if isinstance(values.dtype, np.dtype):
        if values.dtype.kind in "iub":
            return None
        if values.dtype.kind == "f":
            found = np.isnan(values.to_numpy())
            return found if found.any() else None
    absent = values.isna().to_numpy()
    return absent if absent.any() else None


def refuse_missing_ids(keys: list[pd.Series[Any]], groups: str) -> None:
    """Raise when a groups column holds missing ids."""
    for values in keys:
        absent = missing(values)
        if absent is not None:
            raise ModelError(
                f"The groups column `{values.name}` has {int(absent.sum())} missing ids.",
                where=f"groups=`{groups}`",
                fix="Give every row its person, or leave those rows out first.",
            )


def refuse_empty(rows: NDArray[np.intp]) -> None:
    """Raise when no row is left."""
    if not len(rows):
        raise ModelError(
            "No rows are left after leaving out those with missing values.",
            fix="See which column of the formula is empty.",
        )


def refuse_text_outcome(column: pd.Series, name: str) -> None:
    """Raise when the outcome is text or categories where a number is needed."""
    if not (pd.api.types.is_numeric_dtype(column.dtype) or pd.api.types.is_bool_dtype(column.dtype)):
        raise ModelError(
            f"The outcome `{name}` is not a number.",
            where=f"outcome `{name}`",
            fix="Code it as a number, or use `clmm` for ordered categories.",
        )


def ordered_codes(column: pd.Series) -> tuple[NDArray[np.intp], tuple[object, ...]]:
    """Codes 0 … K−1 of an outcome with ordered categories, and the categories that occur.

    Raises
    ------
    ModelError
        Fewer than two categories occur.
    """
    if isinstance(column.dtype, pd.CategoricalDtype):
        categories = column.cat.remove_unused_categories()
        codes, levels = categories.cat.codes.to_numpy().astype(np.intp), categories.cat.categories
    else:
        codes, levels = pd.factorize(column, sort=True)
    if len(levels) < 2:
        raise ModelError(f"The ordered outcome `{column.name}` has one category only.")
    return codes.astype(np.intp), tuple(levels.tolist())


def refuse_unfit(design: Design, *, check_rank: bool) -> None:
    """Raise when the arrays of a design cannot carry a model.

    Raises
    ------
    ModelError
        With the first of: a single person, an outcome that never varies, fewer people than columns,
        collinear columns.
    """
    _refuse_constant(design)
    if design.n_groups < len(design.names):
        raise ModelError(
            f"There are {design.n_groups} people for {len(design.names)} population terms.",
            where=f"formula `{design.formula}`",
            fix="Leave terms out, or collect more people.",
        )
    if check_rank:
        means, scales = column_scales(design.X)
        refuse_collinear(standard_gram(design.X, means, scales) / design.n_rows, design.names)


def refuse_not_finite(design: Design) -> None:
    """Raise when a column holds infinite or missing numbers, or a weight is negative."""
    # one sum finds out quickly whether anything is infinite; only then is it looked for
    total = design.X.sum() + design.y.sum() + (0.0 if design.Z is None else design.Z.sum())
    named: list[tuple[str, FloatArray | None]] = [(design.roles.offset or "", design.offset)]
    named.append((design.roles.weights or "", design.weights))
    if not np.isfinite(total):
        named += [(design.outcome, design.y), *zip(design.names, design.X.T, strict=True)]
        if design.Z is not None:
            named += list(zip(design.z_names, design.Z.T, strict=True))
    bad = [name for name, values in named if values is not None and not np.isfinite(values).all()]
    if bad:
        raise ModelError(
            f"Infinite or missing numbers in {', '.join(f'`{name}`' for name in dict.fromkeys(bad))}.",
            where=f"formula `{design.formula}`",
            fix="Look at logarithms and divisions in the formula, and at the column itself.",
        )
    if design.weights is not None and (design.weights < 0).any():
        raise ModelError(f"The weights `{design.roles.weights}` hold negative numbers.")


def _refuse_constant(design: Design) -> None:
    if design.n_groups < 2:
        raise ModelError(
            f"The groups column `{design.roles.groups}` holds one person only.",
            where=f"groups=`{design.roles.groups}`",
            fix="Use a model without person-specific terms.",
        )
    if design.y.max() == design.y.min():
        raise ModelError(
            f"The outcome `{design.outcome}` is the same in every row used.",
            where=f"outcome `{design.outcome}`",
            fix="There is nothing to model; report it as a table.",
        )


def column_scales(X: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Means and scales that make the columns of X comparable.

    Parameters
    ----------
    X : ndarray, shape (n, p)

    Returns
    -------
    means, scales : ndarray, shape (p,)
        Without a constant column the means are zero: centring would then change the model.
    """
    means, squares = X.mean(axis=0), np.einsum("ij,ij->j", X, X) / max(len(X), 1)
    constant = constant_column(X)
    if constant is None:
        return np.zeros_like(means), _not_zero(np.sqrt(squares))
    # the quick formula for a variance fails when the mean is large against it: look again then
    variances = squares - means**2
    doubtful = np.flatnonzero(variances < 1e-6 * squares)
    variances[doubtful] = X[:, doubtful].var(axis=0)
    scales = _not_zero(np.sqrt(np.maximum(variances, 0.0)))
    means[constant[0]], scales[constant[0]] = 0.0, abs(constant[1])
    return means, scales


def _not_zero(scales: FloatArray) -> FloatArray:
    return np.where(scales > 0, scales, 1.0)


def constant_column(X: FloatArray) -> tuple[int, float] | None:
    """First column with one value other than zero in all rows, and that value; None without one."""
    if not len(X):
        return None
    for column in np.flatnonzero((X[0] == X[-1]) & (X[0] != 0)):
        if (X[:, column] == X[0, column]).all():
            return int(column), float(X[0, column])
    return None


def refuse_collinear(gram: FloatArray, names: tuple[str, ...]) -> None:
    """Raise when a column is a combination of the ones before it, and name both.

    Parameters
    ----------
    gram : ndarray, shape (p, p)
        Cross-products of the standardised columns.
    names : tuple of str, length p
    """
    size = np.sqrt(np.maximum(np.diag(gram), np.finfo(float).tiny))
    if np.linalg.eigvalsh(gram / size[:, None] / size)[0] > SUSPICIOUS:
        return
    kept: list[int] = []
    found: list[str] = []
    for column in range(len(names)):
        shares = np.linalg.solve(gram[np.ix_(kept, kept)], gram[kept, column]) if kept else np.zeros(0)
        left = gram[column, column] - gram[kept, column] @ shares
        if left > COLLINEAR * max(gram[column, column], np.finfo(float).tiny):
            kept.append(column)
            continue
        others = [f"`{names[k]}`" for k, share in zip(kept, shares, strict=True) if abs(share) > 1e-6]
        found.append(f"`{names[column]}` is a combination of {', '.join(others) or 'nothing: it is zero'}")
    if found:
        raise ModelError(
            f"Collinear columns: {'; '.join(found)}.",
            where="right side of the formula",
            fix="Leave one of them out, or join rare categories.",
        )
