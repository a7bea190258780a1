"""Gauss-Hermite rules and the point at which a marginal likelihood is evaluated."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import product

import numpy as np

from mirabal_toolkit.mixed.families import FloatArray


@dataclass(frozen=True, slots=True)
class Rule:
    """Nodes for the standard normal distribution in q dimensions.

    Parameters
    ----------
    nodes : array, shape (q, n_nodes)
    log_weights : array, shape (n_nodes,)
        Log weight plus half the squared length of the node: what is added to g(u) at the node.
    """

    nodes: FloatArray
    log_weights: FloatArray


@lru_cache(maxsize=64)
def gauss_hermite(n_quad: int, q: int = 1) -> Rule:
    """Product rule with `n_quad` nodes in each of `q` dimensions.

    Parameters
    ----------
    n_quad : int
        Nodes in each dimension; 1 is Laplace's approximation.
    q : int
        Number of person-specific terms.

    Returns
    -------
    Rule

    Examples
    --------
    >>> rule = gauss_hermite(5)
    >>> weights = np.exp(rule.log_weights - 0.5 * rule.nodes[0] ** 2)
    >>> round(float(weights @ rule.nodes[0] ** 4), 12)   # the fourth moment of a standard normal
    3.0
    """
    points, weights = np.polynomial.hermite_e.hermegauss(n_quad)
    log_single = np.log(weights) - 0.5 * np.log(2.0 * np.pi)
    picks = np.array(list(product(range(n_quad), repeat=q)), dtype=np.intp)
    log_weights = log_single[picks].sum(axis=1)
    nodes = np.ascontiguousarray(points[picks].T)
    return Rule(nodes, log_weights + 0.5 * np.sum(nodes**2, axis=0))


@dataclass(frozen=True, slots=True)
class Parameters:
    """Where the likelihood is evaluated.

    Parameters
    ----------
    beta : array, shape (p,)
    aux : array, shape (n_aux,)
    factor : array, shape (q, q)
        Lower triangular Lambda: Lambda Lambda' is the covariance of the person-specific terms.
    """

    beta: FloatArray
    aux: FloatArray
    factor: FloatArray
