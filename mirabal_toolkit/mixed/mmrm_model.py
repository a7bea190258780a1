"""Models for repeated measures (MMRM): the waves of a person have a covariance of their own."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypedDict, Unpack

import numpy as np

from mirabal_toolkit.errors import ModelError
from mirabal_toolkit.mixed.design import Design, Roles, build_design
from mirabal_toolkit.mixed.linear_core import callers_deviance
from mirabal_toolkit.mixed.lmm_pass import Standard, right_basis, standards
from mirabal_toolkit.mixed.mmrm_covariance import ByArm, Structure, structure
from mirabal_toolkit.mixed.mmrm_criterion import WaveDeviance, fit_waves, pair_counts
from mirabal_toolkit.mixed.mmrm_fit import MmrmFit
from mirabal_toolkit.mixed.mmrm_sums import wave_sums
from mirabal_toolkit.mixed.results import Trust

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from mirabal_toolkit.mixed.linear_core import Solution
    from mirabal_toolkit.mixed.linear_fit import DfMethod
    from mirabal_toolkit.mixed.linear_newton import Minimum
    from mirabal_toolkit.mixed.linear_sums import PatternSums

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.intp]


# Smallest eigenvalue of the information, parameters scaled to equal curvature.
FLAT = 1e-8
# Smallest eigenvalue of a correlation of waves.
NEARLY_SINGULAR = 1e-6


class MmrmOptions(TypedDict, total=False):
    """Further options of `mmrm`.

    Parameters
    ----------
    reml : bool
        Restricted (default) or full maximum likelihood.
    df : {"satterthwaite", "kenward-roger", "normal"}
        Degrees of freedom of tests and intervals; "satterthwaite" when not given.
    by : str
        Column with the arm: each arm gets a covariance of its own.
    weights : str
        Column of frequency weights, the same in all rows of a person.
    """

    reml: bool
    df: DfMethod
    by: str
    weights: str


def mmrm(
    formula: str,
    data: pd.DataFrame,
    *,
    groups: str,
    time: str,
    cov: str = "unstructured",
    **options: Unpack[MmrmOptions],
) -> MmrmFit:
    """Fit a model for repeated measures.

    Parameters
    ----------
    formula : str
        Population terms, `"score ~ C(wave) * arm"`.
    data : pandas.DataFrame
        One row a person and wave, in any order; people may have any set of waves.
    groups : str
        Person column.
    time : str
        Wave column; its sorted values are the waves. Lags of "ar1" and "toeplitz" count waves.
    cov : {"unstructured", "cs", "csh", "ar1", "toeplitz"}
        Covariance of the waves: any; one variance and one correlation; a variance each wave and one
        correlation; one variance and a correlation that decays with the lag; one variance and a correlation for each
        lag.
    **options
        See `MmrmOptions`.

    Returns
    -------
    MmrmFit

    Raises
    ------
    ModelError
        The data cannot carry the model: see `build_design`; two rows of a person at one time; two waves
        that nobody was seen at together (unstructured).

    References
    ----------
    Mallinckrodt et al. (2008), Recommendations for the primary analysis of continuous endpoints in
    longitudinal clinical trials, Drug Information Journal 42.
    Jennrich & Schluchter (1986), Unbalanced repeated-measures models with structured covariance matrices,
    Biometrics 42 (the likelihood).

    Examples
    --------
    >>> import pandas as pd
    >>> data = pd.DataFrame({
    ...     "score": [9.0, 7.0, 5.5, 8.0, 7.5, 4.0, 6.0, 5.0, 4.5, 9.5, 6.5, 7.0, 8.5, 6.0],
    ...     "wave": [1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 1, 2, 3],
    ...     "person_id": list("aaabbbcccddeee"),
    ... })
    >>> fit = mmrm("score ~ C(wave)", data, groups="person_id", time="wave", cov="cs")
    >>> fit.n_groups, fit.waves, fit.trust.ok
    (5, (1, 2, 3), True)
    """
    by = options.get("by")
    roles = Roles(groups, time=time, weights=options.get("weights"), also=(by,) if by else ())
    design = build_design(formula, data, roles)
    waves = tuple(np.asarray(design.time_levels).tolist())
    arms, slots = _slots(design, len(waves), by)
    shifts, scales, constant = standards(design)
    sums = wave_sums(design, slots, len(waves) * max(len(arms), 1), Standard(shifts, scales))
    one = structure(cov, len(waves))
    if cov == "unstructured":
        _refuse_unseen_pairs(sums, waves, max(len(arms), 1))
    whole: Structure = ByArm(one, len(waves), len(arms)) if arms else one
    n = float(sums.counts @ np.trace(sums.squares, axis1=1, axis2=2))
    criterion = WaveDeviance(sums, n, options.get("reml", True), whole)
    minimum = fit_waves(criterion)
    if minimum is None:
        raise ModelError(
            f"No covariance `{cov}` could be found for these data.", fix="Choose one with fewer parameters."
        )
    right = right_basis(shifts, scales, constant)
    fit = _on_callers_scale(_Setting(design, cov, waves, arms, right), criterion, minimum)
    fit = replace(fit, df_method=options.get("df", "satterthwaite"))
    return replace(fit, covariance=fit.kenward_roger().adjusted) if fit.df_method == "kenward-roger" else fit


def _slots(design: Design, n_waves: int, by: str | None) -> tuple[tuple[object, ...], IntArray]:
    codes = design.time_codes
    if codes is None:
        raise ModelError("A model for repeated measures needs the column of waves.", fix="Give `time=`.")
    if by is None:
        return (), codes
    arms, arm = np.unique(design.also[by], return_inverse=True)
    if (arm != arm[design.groups.starts][design.groups.codes]).any():
        raise ModelError(
            f"`{by}` changes within a person.", where=f"by=`{by}`", fix="Use a column fixed for each person."
        )
    return tuple(arms.tolist()), (arm * n_waves + codes).astype(np.intp)


def _refuse_unseen_pairs(sums: PatternSums, waves: tuple[object, ...], n_arms: int) -> None:
    pairs = pair_counts(sums)
    d = len(waves)
    for a in range(n_arms):
        own = pairs[a * d : (a + 1) * d, a * d : (a + 1) * d]
        for i, j in zip(*np.nonzero(np.tril(own == 0)), strict=True):
            raise ModelError(
                f"Nobody was seen at both waves {waves[j]} and {waves[i]}: their covariance is unknown.",
                fix='Choose `cov="toeplitz"`, "csh", "cs" or "ar1", or leave a wave out.',
            )


@dataclass(frozen=True, slots=True)
class _Setting:
    """What was fitted, beside the numbers."""

    design: Design
    cov: str
    waves: tuple[object, ...]
    arms: tuple[object, ...]
    right: FloatArray


def _on_callers_scale(setting: _Setting, criterion: WaveDeviance, minimum: Minimum[Solution]) -> MmrmFit:
    solution, design, right = minimum.state, setting.design, setting.right
    y_scale = 1.0 / right[-1, -1]
    T = right[:-1, :-1] * y_scale
    sigma = criterion.structure.sigma(minimum.theta) * y_scale**2
    d = len(setting.waves)
    blocks = [sigma[a : a + d, a : a + d] for a in range(0, len(sigma), d)]
    trust = _trust(minimum, sigma, design)
    return MmrmFit(
        estimates=T @ solution.beta - right[:-1, -1] * y_scale,
        covariance=T @ solution.inverse @ T.T,
        names=design.names,
        llf=-callers_deviance(solution, right, reml=criterion.reml) / 2.0,
        n_parameters=len(design.names) + criterion.structure.n_parameters,
        nobs=round(criterion.n),
        n_groups=round(float(criterion.sums.counts.sum())),
        converged=trust.ok,
        singular=False,
        trust=trust,
        title=f"Model for repeated measures of {design.outcome}",
        design=design,
        df_method="satterthwaite",
        reml=criterion.reml,
        cov=setting.cov,
        cov_waves_values=np.array(blocks),
        waves=setting.waves,
        arms=setting.arms,
        to_caller=T,
        criterion=criterion,
        minimum=minimum,
    )


def _trust(minimum: Minimum[Solution], sigma: FloatArray, design: Design) -> Trust:
    problems: list[str] = []
    if not minimum.stationary:
        problems.append(f"The likelihood could still rise: the optimiser stopped {minimum.gain:.2g} short.")
    size = np.sqrt(np.maximum(np.abs(np.diag(minimum.hessian)), 1e-300))
    if np.linalg.eigvalsh(minimum.hessian / np.outer(size, size))[0] <= FLAT:
        problems.append("The likelihood is flat: the covariance of the waves cannot be told from these data.")
    sd = np.sqrt(np.diag(sigma))
    if np.linalg.eigvalsh(sigma / np.outer(sd, sd))[0] < NEARLY_SINGULAR:
        problems.append("The covariance of the waves is nearly singular: some waves repeat others.")
    dropped = design.n_rows_dropped
    notes = (f"{dropped} rows were left out because something was missing.",) if dropped else ()
    return Trust(tuple(problems), notes)
