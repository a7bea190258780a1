"""Modes of the person-specific terms for all persons of a block at once, by damped Newton steps.

Matrices here are q by q with q of 1 or 2, one for each person; they are factored by written-out loops over q
with the persons as the last axis, because a library call a person would cost more than all the rest.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from mirabal_toolkit.mixed.families import FloatArray, ModeTerms, RowFamily
from mirabal_toolkit.mixed.quadrature_groups import Block

#: After a step below this the error is of the order of its cube: nothing that matters in a double.
LAST_STEP = 5e-4
#: Steps shorter than this are corrected for the third derivative.
NEAR = 0.3
#: No person's answers move a standard normal term further than this in one step.
LONGEST_STEP = 8.0
MAX_STEPS = 60
MAX_HALVINGS = 40


class Modes(NamedTuple):
    """Modes of a block.

    ``u`` has shape (q, G), ``spread`` (q, q, G) is S with S S' the inverse of the curvature, ``log_det`` (G,)
    its log determinant, and ``terms`` holds the weighted derivatives of the rows at the mode, each (n, G).
    """

    u: FloatArray
    spread: FloatArray
    log_det: FloatArray
    terms: ModeTerms


def loadings(Z: FloatArray, factor: FloatArray) -> FloatArray:
    """Return zeta = Lambda' z, so that eta = x'beta + zeta'u; shape of `Z`."""
    if len(factor) == 1:
        return np.asarray(Z * factor[0, 0])
    return np.asarray(np.einsum("a...,ab->b...", Z, factor))


def cholesky(H: FloatArray) -> FloatArray:
    """Lower Cholesky factors of matrices of shape (q, q, G)."""
    q = len(H)
    L = np.zeros_like(H)
    for j in range(q):
        L[j, j] = np.sqrt(H[j, j] - (L[j, :j] ** 2).sum(axis=0) if j else H[j, j])
        for i in range(j + 1, q):
            L[i, j] = (H[i, j] - (L[i, :j] * L[j, :j]).sum(axis=0)) / L[j, j]
    return L


def lower_inverse(L: FloatArray) -> FloatArray:
    """Inverses of lower triangular matrices of shape (q, q, G)."""
    q = len(L)
    inverse = np.zeros_like(L)
    for j in range(q):
        inverse[j, j] = 1.0 / L[j, j]
        for i in range(j + 1, q):
            inverse[i, j] = -(L[i, j:i] * inverse[j:i, j]).sum(axis=0) / L[i, i]
    return inverse


def weigh(terms: ModeTerms, weight: FloatArray | None) -> ModeTerms:
    """Multiply every part by the frequency weight of its row."""
    if weight is None:
        return terms
    return ModeTerms(
        terms.log_density * weight,
        terms.slope * weight,
        terms.curvature * weight,
        terms.third * weight,
        tuple(channel * weight for channel in terms.aux_slopes),
        tuple(channel * weight for channel in terms.aux_of_slope),
        tuple(channel * weight for channel in terms.aux_of_curvature),
    )


class _State(NamedTuple):
    u: FloatArray
    value: FloatArray
    terms: ModeTerms


def _look(block: Block, family: RowFamily, aux: FloatArray, eta: FloatArray, zeta: FloatArray, u: FloatArray) -> _State:
    shifted = eta + (zeta * u[:, None, :]).sum(axis=0)
    terms = weigh(family.mode_terms(shifted, block.y, aux), block.weight)
    value = terms.log_density.sum(axis=0) - 0.5 * (u * u).sum(axis=0)
    return _State(u, value, terms)


def curvature_factor(zeta: FloatArray, curvature: FloatArray) -> FloatArray:
    """Cholesky factor of H = I - sum_j zeta_j zeta_j' curvature_j, shape (q, q, G)."""
    q = len(zeta)
    H = np.empty((q, q, curvature.shape[1]))
    for a in range(q):
        for b in range(a + 1):
            H[a, b] = H[b, a] = float(a == b) - (zeta[a] * zeta[b] * curvature).sum(axis=0)
    return cholesky(H)


def _step(zeta: FloatArray, state: _State) -> FloatArray:
    """Step towards the mode: Chebyshev's where it is near, Newton's where it is not.

    Newton's step d = H^-1 g'(u) leaves an error of the order of d²; adding H^-1 g'''[d, d] / 2, which
    costs little, as g''' is known here anyway, leaves one of the order of d³.
    """
    slope = (zeta * state.terms.slope).sum(axis=1) - state.u
    inverse = lower_inverse(curvature_factor(zeta, state.terms.curvature))
    step = _solve(inverse, slope)
    length = np.sqrt((step * step).sum(axis=0))
    moved = (zeta * step[:, None, :]).sum(axis=0)
    bend = (zeta * (0.5 * state.terms.third * moved * moved)).sum(axis=1)
    step = step + np.where(length < NEAR, _solve(inverse, bend), 0.0)
    return np.asarray(step * np.minimum(1.0, LONGEST_STEP / np.maximum(length, LONGEST_STEP)))


def _solve(inverse: FloatArray, vector: FloatArray) -> FloatArray:
    """H^-1 times vectors of shape (q, G), from the inverse of the Cholesky factor of H."""
    if len(inverse) == 1:
        return np.asarray(inverse[0] * inverse[0] * vector)
    return np.asarray(np.einsum("bag,bcg,cg->ag", inverse, inverse, vector))


def find_modes(
    block: Block, family: RowFamily, aux: FloatArray, eta: FloatArray, factor: FloatArray, start: FloatArray | None
) -> Modes:
    """Maximise g(u) for every person of a block.

    Parameters
    ----------
    block : Block
    family : RowFamily
    aux : array, shape (n_aux,)
    eta : array, shape (n, G)
        Population part of the linear predictor.
    factor : array, shape (q, q)
        Lambda.
    start : array, shape (q, G), optional

    Returns
    -------
    Modes
    """
    zeta = loadings(block.Z, factor)
    u = np.zeros((len(factor), block.shape[1])) if start is None else start
    state = _look(block, family, aux, eta, zeta, u)
    for _ in range(MAX_STEPS):
        step = _step(zeta, state)
        trial = _look(block, family, aux, eta, zeta, state.u + step)
        for _ in range(MAX_HALVINGS):
            worse = trial.value < state.value - 1e-9 * (1.0 + np.abs(state.value))
            if not worse.any():
                break
            step = np.where(worse, 0.5 * step, step)
            trial = _look(block, family, aux, eta, zeta, state.u + step)
        state = trial
        if not np.max(np.abs(step)) > LAST_STEP:
            break
    inverse = lower_inverse(curvature_factor(zeta, state.terms.curvature))
    log_det = sum((np.log(inverse[a, a]) for a in range(len(factor))), np.zeros(block.shape[1]))
    return Modes(state.u, np.swapaxes(inverse, 0, 1), log_det, state.terms)
