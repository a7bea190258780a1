"""Linear mixed models: exact, in one pass over the data."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypedDict, Unpack

from mirabal_toolkit.errors import ModelError
from mirabal_toolkit.mixed.design import Design, Roles, build_design
from mirabal_toolkit.mixed.lmm_build import fit_statistics
from mirabal_toolkit.mixed.lmm_statistics import LinearMixedStatistics, statistics_of

if TYPE_CHECKING:
    import pandas as pd

    from mirabal_toolkit.mixed.linear_fit import DfMethod
    from mirabal_toolkit.mixed.lmm_fit import LinearMixedFit


class LmmOptions(TypedDict, total=False):
    """Further options of `lmm`.

    Parameters
    ----------
    df : {"satterthwaite", "kenward-roger", "normal"}
        Degrees of freedom of tests and intervals; "satterthwaite" when not given.
    weights : str
        Column of frequency weights, the same in all rows of a person.
    drop_singular : bool
        Leave out person-specific terms, the last first, until no variance lies on its boundary.
    """

    df: DfMethod
    weights: str
    drop_singular: bool


def lmm(
    formula: str,
    data: pd.DataFrame,
    *,
    groups: str,
    re_formula: str = "~ 1",
    reml: bool = True,
    **options: Unpack[LmmOptions],
) -> LinearMixedFit:
    """Fit a linear mixed model.

    Parameters
    ----------
    formula : str
        Population terms, `"score ~ C(wave) * arm + age"`.
    data : pandas.DataFrame
        One row a person and wave, in any order; rows with something missing are left out and counted.
    groups : str
        Person column; `"site/person_id"` gives people within sites a variance component for the site.
    re_formula : str
        Person-specific terms: `"~ 1"` for an intercept, `"~ months"` for intercept and slope.
    reml : bool
        Restricted (True) or full maximum likelihood.
    **options
        See `LmmOptions`.

    Returns
    -------
    LinearMixedFit

    Raises
    ------
    ModelError
        The data cannot carry the model; the message names the term (see `build_design`).

    References
    ----------
    Bates, Maechler, Bolker & Walker (2015), Fitting linear mixed-effects models using lme4, JSS 67(1).

    Examples
    --------
    >>> import pandas as pd
    >>> data = pd.DataFrame({
    ...     "score": [9.0, 7.0, 5.5, 8.0, 7.5, 4.0, 6.0, 5.0, 4.5, 9.5, 6.5, 6.0],
    ...     "wave": [0, 1, 2] * 4,
    ...     "person_id": list("aaabbbcccddd"),
    ... })
    >>> fit = lmm("score ~ wave", data, groups="person_id")
    >>> print(fit.params.round(4).to_string())
    Intercept    8.1042
    wave        -1.5625
    >>> fit.trust.ok
    True
    """
    roles = Roles(groups, re_formula, weights=options.get("weights"))
    design = build_design(formula, data, roles, check_rank=False)
    return fit_design(design, reml=reml, options=options)


def fit_design(design: Design, *, reml: bool, options: LmmOptions) -> LinearMixedFit:
    """Fit a design; leave out person-specific terms at zero when asked to.

    Parameters
    ----------
    design : Design
        With person-specific terms.
    reml : bool
    options : LmmOptions

    Returns
    -------
    LinearMixedFit
    """
    _refuse_single_rows(design)
    if design.groups.outer_codes is not None:
        _refuse_without_intercept(design)
    df = options.get("df", "satterthwaite")
    fit = fit_statistics(statistics_of(design), reml=reml, df=df, design=design)
    if not (fit.singular and options.get("drop_singular") and len(design.z_names) > 1 and design.Z is not None):
        return fit
    smaller = replace(design, Z=design.Z[:, :-1], z_names=design.z_names[:-1])
    again = fit_design(smaller, reml=reml, options=options)
    note = f"`{design.z_names[-1]}` was left out of the person-specific terms: a variance was zero with it."
    return replace(again, trust=replace(again.trust, notes=(note, *again.trust.notes)))


def fit_from_statistics(
    statistics: LinearMixedStatistics, *, reml: bool = True, df: DfMethod = "satterthwaite"
) -> LinearMixedFit:
    """Fit a linear mixed model from sums alone.

    Parameters
    ----------
    statistics : LinearMixedStatistics
        Of all people: the sum of the parts.
    reml : bool
        Restricted (True) or full maximum likelihood.
    df : {"satterthwaite", "kenward-roger", "normal"}
        Degrees of freedom of tests and intervals.

    Returns
    -------
    LinearMixedFit
        The same as `lmm` on all rows; it holds no rows, so nothing can be asked about single people.
    """
    if statistics.n_groups < len(statistics.names):
        raise ModelError(
            f"There are {statistics.n_groups:.0f} people for {len(statistics.names)} population terms.",
            fix="Leave terms out, or add further parts.",
        )
    return fit_statistics(statistics, reml=reml, df=df, design=None)


def _refuse_single_rows(design: Design) -> None:
    if design.n_rows == design.n_groups:
        raise ModelError(
            f"Every person in `{design.roles.groups}` has one row only.",
            where=f"groups=`{design.roles.groups}`",
            fix="Nothing tells people from moments then: use an ordinary regression.",
        )


def _refuse_without_intercept(design: Design) -> None:
    if not (design.Z is not None and (design.Z[:, 0] == 1.0).all()):
        raise ModelError(
            "People within sites need a person-specific intercept.",
            where=f"re_formula=`{design.roles.re_formula}`",
            fix='Use `re_formula="~ 1"` or `"~ 1 + months"`.',
        )
