"""The marginal likelihood of one block of persons and its derivatives; the mathematics is in `quadrature`."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from mirabal_toolkit.mixed.families import FloatArray, NodeTerms, RowFamily
from mirabal_toolkit.mixed.quadrature_groups import Block
from mirabal_toolkit.mixed.quadrature_modes import Modes, find_modes, loadings
from mirabal_toolkit.mixed.quadrature_rule import Parameters, Rule


class BlockEvaluation(NamedTuple):
    """The part one block adds; shapes as in `quadrature.Evaluation`, counts already multiplied in."""

    llf: float
    row_slopes: FloatArray
    aux: FloatArray
    factor: FloatArray
    modes: FloatArray
    spread: FloatArray


class _Nodes(NamedTuple):
    """Sums over nodes with the nodes' posterior shares p_k.

    ``log_likelihood`` (G,), ``slopes`` (n, G) and ``aux`` channels are averages of row derivatives; ``pull``
    (q, G) is sum_k p_k g'(u_k); ``stretch`` (q, q, G) is sum_k p_k z_k g'(u_k)'; ``factor`` (q, q, G) is the
    derivative in Lambda at fixed u_k.
    """

    log_likelihood: FloatArray
    slopes: FloatArray
    aux: tuple[FloatArray, ...]
    pull: FloatArray
    stretch: FloatArray
    factor: FloatArray


def _sum_rows(Z: FloatArray, slope: FloatArray) -> FloatArray:
    """sum_j z_ja slope_j for each a, shape (q, n_nodes, G)."""
    if Z.shape == (1, 1, 1):
        return np.asarray(slope.sum(axis=1)[None] * Z[0, 0, 0])
    return np.stack([(z * slope).sum(axis=1) for z in Z])


def _terms_at_nodes(block: Block, family: RowFamily, aux: FloatArray, eta: FloatArray, shift: FloatArray) -> NodeTerms:
    terms = family.node_terms(eta + shift, block.y, aux)
    if block.weight is None:
        return terms
    weighted = tuple(channel * block.weight for channel in terms.aux_slopes)
    return NodeTerms(terms.log_density * block.weight, terms.slope * block.weight, weighted)


def _visit_nodes(block: Block, family: RowFamily, rule: Rule, at: Parameters, eta: FloatArray, modes: Modes) -> _Nodes:
    u = modes.u[:, None, :] + np.einsum("abg,bk->akg", modes.spread, rule.nodes)
    zeta = loadings(block.Z, at.factor)
    shift = sum((zeta[a] * u[a][:, None, :] for a in range(1, len(u))), zeta[0] * u[0][:, None, :])
    terms = _terms_at_nodes(block, family, at.aux, eta, shift)
    height = terms.log_density.sum(axis=1) - 0.5 * (u * u).sum(axis=0) + rule.log_weights[:, None]
    top = height.max(axis=0)
    share = np.exp(height - top)
    total = share.sum(axis=0)
    share /= total
    slope = terms.slope
    slope *= share[:, None, :]
    by_term = _sum_rows(block.Z, slope)
    pulls = np.einsum("akg,ab->bkg", by_term, at.factor) - u * share
    return _Nodes(
        log_likelihood=top + np.log(total) + modes.log_det,
        slopes=slope.sum(axis=0),
        aux=tuple(np.einsum("kg,kng->ng", share, channel) for channel in terms.aux_slopes),
        pull=pulls.sum(axis=1),
        stretch=np.einsum("bk,akg->bag", rule.nodes, pulls),
        factor=np.einsum("akg,bkg->abg", by_term, u),
    )


def _pull_back(modes: Modes, nodes: _Nodes, zeta: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """How the log-likelihood moves with the mode and with its curvature.

    Returns v (q, G) and Q (q, q, G) with d log L = v'd(slope of g at the mode) + <Q, dH at fixed u>, and
    zeta'Q zeta (n, G).
    """
    q = len(zeta)
    M = np.einsum("abg,bcg->acg", nodes.stretch, modes.spread)
    for a in range(q):
        M[a, a] = 0.5 * (M[a, a] + 1.0)
        M[a, a + 1 :] = 0.0
    half = np.einsum("abg,bcg,dcg->adg", modes.spread, M, modes.spread)
    Q = -0.5 * (half + np.swapaxes(half, 0, 1))
    bend = sum(
        (zeta[a] * zeta[b] * Q[a, b] for a in range(q) for b in range(q) if (a, b) != (0, 0)),
        zeta[0] * zeta[0] * Q[0, 0],
    )
    bend = np.broadcast_to(bend, modes.terms.third.shape)
    on_mode = nodes.pull - (zeta * (bend * modes.terms.third)).sum(axis=1)
    v = np.einsum("abg,cbg,cg->ag", modes.spread, modes.spread, on_mode)
    return v, Q, bend


def _factor_slope(
    block: Block, modes: Modes, nodes: _Nodes, zeta: FloatArray, back: tuple[FloatArray, FloatArray, FloatArray]
) -> FloatArray:
    """Derivative in Lambda, shape (q, q)."""
    v, Q, bend = back
    terms = modes.terms
    along = (zeta * v[:, None, :]).sum(axis=0) * terms.curvature - bend * terms.third
    slope = nodes.factor.copy()
    for a, z in enumerate(block.Z):
        for b in range(a + 1):
            turned = (Q[b][:, None, :] * zeta).sum(axis=0)
            rows = z * (along * modes.u[b] + v[b] * terms.slope - 2.0 * turned * terms.curvature)
            slope[a, b] += rows.sum(axis=0)
    return np.asarray(np.tril(slope @ block.counts))


def evaluate_block(
    block: Block, family: RowFamily, rule: Rule, at: Parameters, eta: FloatArray, start: FloatArray | None
) -> BlockEvaluation:
    """Evaluate one block.

    Parameters
    ----------
    block : Block
    family : RowFamily
    rule : Rule
    at : Parameters
    eta : array, shape (n, G)
        Population part of the linear predictor.
    start : array, shape (q, G), optional
        Start for the modes.

    Returns
    -------
    BlockEvaluation
    """
    modes = find_modes(block, family, at.aux, eta, at.factor, start)
    nodes = _visit_nodes(block, family, rule, at, eta, modes)
    zeta = loadings(block.Z, at.factor)
    back = _pull_back(modes, nodes, zeta)
    v, _, bend = back
    terms = modes.terms
    along = (zeta * v[:, None, :]).sum(axis=0)
    slopes = nodes.slopes + along * terms.curvature - bend * terms.third
    channels = tuple(
        block.counts * (node + along * of_slope - bend * of_curvature)
        for node, of_slope, of_curvature in zip(nodes.aux, terms.aux_of_slope, terms.aux_of_curvature, strict=True)
    )
    constant = family.constant(block.y, at.aux)
    if block.weight is not None:
        constant = constant * block.weight
    return BlockEvaluation(
        llf=float((nodes.log_likelihood + constant.sum(axis=0)) @ block.counts),
        row_slopes=slopes * block.counts,
        aux=family.collect(channels, block.y),
        factor=_factor_slope(block, modes, nodes, zeta, back),
        modes=modes.u,
        spread=modes.spread,
    )
