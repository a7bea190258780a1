"""Marginal likelihood by adaptive Gauss-Hermite quadrature, with its exact gradient.

The model: given u ~ N(0, I) of length q, the answers of a person are independent with linear predictors

    eta_j = x_j' beta + offset_j + z_j' Lambda u ,

and the likelihood of the person is the integral of exp g(u) / (2 pi)^(q/2), with g(u) = sum_j log f(y_j |
eta_j) - |u|²/2. It is taken at nodes u_k = u^ + S z_k, where u^ is the mode of g, H = -g''(u^) and S S' =
H^-1; with one node this is Laplace's approximation.

The gradient returned is that of the *approximated* log-likelihood, the number which is maximised: it follows
the nodes as they move with the parameters (through u^ and S). It is computed in reverse: one weight a row says
how the person's log-likelihood moves with that row's linear predictor, so the number of parameters hardly matters.

References
----------
Liu & Pierce (1994), A note on Gauss-Hermite quadrature, Biometrika 81, 624-629.
Pinheiro & Bates (1995), Approximations to the log-likelihood function in the nonlinear mixed-effects model,
JCGS 4, section 2.4. Smith (1995), Differentiation of the Cholesky algorithm, JCGS 4 (for the derivative of S).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mirabal_toolkit.mixed.families import FloatArray, RowFamily
from mirabal_toolkit.mixed.quadrature_block import evaluate_block
from mirabal_toolkit.mixed.quadrature_groups import Layout
from mirabal_toolkit.mixed.quadrature_rule import Parameters, Rule


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The log-likelihood at one point, its gradient and the persons' modes.

    Parameters
    ----------
    llf : float
    row_slopes : array, shape (n_kept_rows,)
        Derivative of `llf` in the linear predictor of each kept row.
    aux : array, shape (n_aux,)
        Derivative in the auxiliary parameters.
    factor : array, shape (q, q)
        Derivative in Lambda; only the lower triangle is meant.
    modes : tuple of arrays, one a block, shape (q, n_groups)
        Modes of u; a good start for the next evaluation nearby.
    spreads : tuple of arrays, one a block, shape (q, q, n_groups)
        S with S S' the inverse curvature at the mode.
    """

    llf: float
    row_slopes: FloatArray
    aux: FloatArray
    factor: FloatArray
    modes: tuple[FloatArray, ...]
    spreads: tuple[FloatArray, ...]


def evaluate(
    layout: Layout, family: RowFamily, rule: Rule, at: Parameters, modes: tuple[FloatArray, ...] | None = None
) -> Evaluation:
    """Evaluate the marginal log-likelihood and its exact gradient.

    Parameters
    ----------
    layout : Layout
    family : RowFamily
    rule : Rule
    at : Parameters
    modes : tuple of arrays, optional
        Start for the modes, as of an earlier evaluation.

    Returns
    -------
    Evaluation
    """
    eta = layout.X @ at.beta + layout.offset
    return evaluate_eta(layout, family, rule, eta, at, modes)


def evaluate_eta(
    layout: Layout,
    family: RowFamily,
    rule: Rule,
    eta: FloatArray,
    at: Parameters,
    modes: tuple[FloatArray, ...] | None,
) -> Evaluation:
    """As `evaluate`, with the population part of the linear predictor given row by row (`at.beta` is not used)."""
    row_slopes = np.empty_like(eta)
    aux, factor, llf = np.zeros(len(at.aux)), np.zeros_like(at.factor), 0.0
    new_modes, spreads = [], []
    for number, block in enumerate(layout.blocks):
        start = None if modes is None else modes[number]
        part = eta[block.start : block.stop].reshape(block.shape)
        one = evaluate_block(block, family, rule, at, part, start)
        llf += one.llf
        row_slopes[block.start : block.stop] = one.row_slopes.ravel()
        aux += one.aux
        factor += one.factor
        new_modes.append(one.modes)
        spreads.append(one.spread)
    return Evaluation(llf, row_slopes, aux, factor, tuple(new_modes), tuple(spreads))
