"""Generalized linear mixed models by adaptive Gauss-Hermite quadrature."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from mirabal_toolkit.errors import ModelError, UsageError
from mirabal_toolkit.mixed.design import Design, Roles, build_design
from mirabal_toolkit.mixed.families import (
    BinomialCloglog,
    BinomialLogit,
    BinomialProbit,
    FloatArray,
    NegativeBinomialLog,
    PoissonLog,
    RowFamily,
)
from mirabal_toolkit.mixed.glmm_penalty import Jeffreys, weakly_informative
from mirabal_toolkit.mixed.glmm_results import GlmmFit
from mirabal_toolkit.mixed.quadrature_fit import PenaltyMaker, QuadratureFit, Task, fit_quadrature
from mirabal_toolkit.mixed.quadrature_groups import GroupedRows
from mirabal_toolkit.mixed.quadrature_start import LOGIT_FLATTENING
from mirabal_toolkit.mixed.quadrature_trust import Findings, judge
from mirabal_toolkit.mixed.separation import binary_directions, count_directions, separated_columns

if TYPE_CHECKING:
    import pandas as pd

    from mirabal_toolkit.mixed.quadrature_groups import Layout
    from mirabal_toolkit.mixed.quadrature_problem import Penalty
    from mirabal_toolkit.mixed.quadrature_scaling import Scaling

FamilyName = Literal["binomial", "poisson", "negative_binomial"]
LinkName = Literal["logit", "probit", "cloglog", "log"]
PenaltyName = Literal["weakly_informative", "firth"]

MAX_QUAD = 25
MAX_PERSON_TERMS = 3

_FAMILIES: dict[tuple[str, str], RowFamily] = {
    ("binomial", "logit"): BinomialLogit(),
    ("binomial", "probit"): BinomialProbit(),
    ("binomial", "cloglog"): BinomialCloglog(),
    ("poisson", "log"): PoissonLog(),
    ("negative_binomial", "log"): NegativeBinomialLog(),
}
_CANONICAL = {"binomial": "logit", "poisson": "log", "negative_binomial": "log"}


class _Kind(NamedTuple):
    """Family, link and the row family they name."""

    family: str
    link: str
    row_family: RowFamily

    @property
    def counts(self) -> bool:
        return self.family != "binomial"


def glmm(  # noqa: PLR0913 - one keyword for each choice a user of mixed models expects to find
    formula: str,
    data: pd.DataFrame,
    *,
    groups: str,
    family: FamilyName = "binomial",
    link: LinkName | None = None,
    n_quad: int = 9,
    re_formula: str = "~ 1",
    offset: str | None = None,
    frequency_weights: str | None = None,
    penalty: PenaltyName | None = None,
) -> GlmmFit:
    """Fit a generalized linear mixed model by maximum likelihood.

    The likelihood is integrated over people by adaptive Gauss-Hermite quadrature, its gradient is exact, and
    standard errors come from the observed information of that same marginal likelihood.

    Parameters
    ----------
    formula : str
        ``"hurt ~ C(wave) * arm + age"``, read by formulaic.
    data : pandas.DataFrame
        One row a person and wave, in any order; rows with missing values are left out and counted.
    groups : str
        Column with the person.
    family : {"binomial", "poisson", "negative_binomial"}
        Binomial answers are 0 or 1; counts are whole numbers from 0. The negative binomial has variance mean +
        mean²/theta.
    link : {"logit", "probit", "cloglog", "log"}, optional
        Logit for binomial and log for counts by default.
    n_quad : int
        Nodes in each dimension, 1 (Laplace's approximation) to 25.
    re_formula : str
        Person-specific terms: ``"~ 1"`` an intercept, ``"~ months"`` an intercept and a slope, correlated.
        Nodes multiply with the number of terms.
    offset : str, optional
        Column added to the linear predictor, such as the log of the time at risk.
    frequency_weights : str, optional
        Column with the number of identical rows of the same person that a row stands for.
    penalty : {"weakly_informative", "firth"}, optional
        For cells where the answer never varies. "weakly_informative": Cauchy priors of scale 2.5 on
        standardised terms (10 on the intercept) and half-Cauchy of scale 5 on the person-specific standard
        deviation. "firth": Jeffreys' prior of the model without person-specific terms, with the same
        half-Cauchy; binomial and Poisson only.

    Returns
    -------
    GlmmFit

    Raises
    ------
    ModelError
        Answers that are not 0 and 1, counts that are negative or not whole, or anything `build_design` refuses.
    UsageError
        A family, link, penalty or number of nodes that does not exist.

    References
    ----------
    Pinheiro & Bates (1995), JCGS 4, section 2.4; Liu & Pierce (1994), Biometrika 81; Firth (1993), Biometrika 80;
    Gelman et al. (2008), Annals of Applied Statistics 2; Kosmidis & Sterzinger (2023), Statistics and Computing 33.

    Examples
    --------
    Pairs of answers, one before and one after, of 100 people:

    >>> import pandas as pd
    >>> first = [0] * 50 + [1] * 50
    >>> second = [0] * 42 + [1] * 8 + [0] * 18 + [1] * 32
    >>> data = pd.DataFrame({"yes": first + second, "first": [1] * 100 + [0] * 100, "who": list(range(100)) * 2})
    >>> fit = glmm("yes ~ first", data, groups="who", n_quad=25)
    >>> bool(fit.converged), f"{fit.params['first']:.3f}", f"{fit.bse['first']:.3f}"
    (True, '0.811', '0.425')
    """
    kind = _kind(family, link, n_quad, penalty)
    roles = Roles(groups, re_formula, offset=offset, weights=frequency_weights)
    design = build_design(formula, data, roles)
    _check_answers(design, kind)
    core = fit_quadrature(grouped_rows(design), _task(kind, n_quad, penalty))
    separated = _separated(design, core, kind)
    return _wrap(design, core, kind, (n_quad, penalty, separated))


def _kind(family: str, link: str | None, n_quad: int, penalty: str | None) -> _Kind:
    if family not in _CANONICAL:
        raise UsageError(f"There is no family `{family}`.", fix=f"Choose one of {', '.join(_CANONICAL)}.")
    name = link or _CANONICAL[family]
    if (family, name) not in _FAMILIES:
        links = ", ".join(known for owner, known in _FAMILIES if owner == family)
        raise UsageError(f"The family `{family}` has no link `{name}` here.", fix=f"Choose one of {links}.")
    check_nodes(n_quad)
    if penalty not in (None, "weakly_informative", "firth"):
        raise UsageError(f"There is no penalty `{penalty}`.", fix="Choose weakly_informative or firth.")
    if penalty == "firth" and family == "negative_binomial":
        raise UsageError(
            "The Firth-type penalty is not defined here for the negative binomial.", fix="Use weakly_informative."
        )
    return _Kind(family, name, _FAMILIES[family, name])


def check_nodes(n_quad: int) -> None:
    """Raise when the number of nodes is not 1 to 25."""
    if not 1 <= n_quad <= MAX_QUAD or int(n_quad) != n_quad:
        raise UsageError(f"n_quad must be a whole number from 1 to {MAX_QUAD}.", fix="9 suits most data.")


def _check_answers(design: Design, kind: _Kind) -> None:
    y, where = design.y, f"outcome `{design.outcome}`"
    if kind.counts:
        if y.min() < 0.0 or np.any(y != np.floor(y)):
            raise ModelError(
                "A count must be a whole number from 0 upwards.", where=where, fix="Look for codes of missing answers."
            )
    elif not np.all((y == 0.0) | (y == 1.0)):
        raise ModelError("A binomial answer must be 0 or 1.", where=where, fix="Code yes as 1 and no as 0.")
    if design.Z is not None and design.Z.shape[1] > MAX_PERSON_TERMS:
        raise UsageError(
            f"At most {MAX_PERSON_TERMS} person-specific terms can be integrated over.",
            where=f"re_formula `{design.roles.re_formula}`",
        )


def grouped_rows(design: Design) -> GroupedRows:
    """Arrays of a design as quadrature takes them; rows of weight 0 stay, with no weight.

    Parameters
    ----------
    design : Design

    Returns
    -------
    GroupedRows
    """
    n = design.n_rows
    Z = np.broadcast_to(1.0, (n, 1)) if design.Z is None else design.Z
    # one number seen as a column: it takes no memory
    offset = np.broadcast_to(0.0, n) if design.offset is None else design.offset
    weight = np.broadcast_to(1.0, n) if design.weights is None else design.weights
    return GroupedRows(design.X, Z, design.y, offset, weight, design.groups.codes)


def _task(kind: _Kind, n_quad: int, penalty: str | None) -> Task:
    flattening = {"logit": LOGIT_FLATTENING, "probit": 1.0}.get(kind.link, 0.0)
    return Task(
        family=kind.row_family,
        n_quad=n_quad,
        aux=np.full(kind.row_family.n_aux, 0.5),
        guess=_log_guess if kind.counts else np.zeros_like,
        flattening=flattening,
        penalty=None if penalty is None else penalty_maker(penalty, kind.row_family, counts=kind.counts),
    )


def _log_guess(y: FloatArray) -> FloatArray:
    return np.log(y + 0.5)


def penalty_maker(penalty: str, family: RowFamily, *, counts: bool) -> PenaltyMaker:
    """Turn the name of a penalty into what makes it from the standardised design."""

    def make(layout: Layout, raw: FloatArray, scaling: Scaling) -> Penalty:
        if penalty == "firth":
            return Jeffreys(layout, family, counts)
        return weakly_informative(layout, raw, scaling.transform)

    return make


def _separated(design: Design, core: QuadratureFit, kind: _Kind) -> tuple[str, ...]:
    """Names of terms without a finite estimate; the linear programme runs only when something points to it."""
    if not core.flat.may_be_separated:
        return ()
    used = slice(None) if design.weights is None else design.weights > 0.0
    find = count_directions if kind.counts else binary_directions
    return tuple(design.names[k] for k in separated_columns(find(design.X[used], design.y[used])))


def _wrap(design: Design, core: QuadratureFit, kind: _Kind, chosen: tuple[int, str | None, tuple[str, ...]]) -> GlmmFit:
    n_quad, penalty, separated = chosen
    p, q = len(core.beta), len(core.factor)
    names = (*design.names, *("log theta",) * len(core.aux), *("person-specific terms",) * (q * (q + 1) // 2))
    poisson = kind.row_family.at_limit(core.aux, float(design.y.max()))
    findings = Findings(separated, not kind.counts, penalty, n_quad, names, poisson)
    nobs = design.n_rows if design.weights is None else round(float(design.weights.sum()))
    return GlmmFit(
        estimates=core.beta,
        covariance=core.covariance[:p, :p].copy(),
        names=design.names,
        llf=core.llf,
        n_parameters=len(names),
        nobs=nobs,
        n_groups=design.n_groups,
        converged=core.converged,
        singular=core.singular,
        trust=judge(core, design, findings),
        title=f"Generalized linear mixed model, {kind.family}, {kind.link} link: {design.formula}",
        design=design,
        core=core,
        n_quad=n_quad,
        penalty=penalty,
        family=kind.family,
        link=kind.link,
        row_family=kind.row_family,
        separated=separated,
    )
