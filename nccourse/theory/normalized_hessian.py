"""How fast normalized CE and BCE converge: the Riemannian Hessian at the minimum, mode by mode.

Permuting classes, permuting the samples of a class and rotating all vectors change nothing, so the tangent
space splits into a few kinds of directions, each with one eigenvalue. Write P for the probability of a wrong
class at the minimum, P = 1/(K-1+e^(γK/(K-1))) for CE and P = σ(-γ/(K-1)-b*) for BCE; a = γ/(K-1), a' = a for
CE and a' = a(1-P) for BCE. Directions "out:" leave the span of the ETF (d-K+1 of them for every vector),
"in:" stay:

    out:rotation, in:rotation    weights and features turn together          0
    out:align                    weights against class means                 γP (1+1/n)
    out:uniform-w, out:uniform-h all weights, all features alike             γP, γP/n
    out:fluct, in:fluct          samples against their class mean            γP/n, γP(1+a')/n
    in:antisym                   weights against class means                 γP (1+a')(1+1/n)
    in:ETF-, in:ETF+             what equalises the angles; t=(1+a')(1+1/n)  (γP/2)(t ∓ sqrt(t²-16a'/n))
    in:std0 <= in:std1 <= ...    one number a class, in w, h and b           block of 2, 3 if b is trained
    bias:uniform                 all of b                                    0 for CE
"""

from __future__ import annotations

import math
from itertools import combinations
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nccourse import checks
from nccourse.errors import InputValueError
from nccourse.theory.normalized_bias import bce_exponents
from nccourse.theory.stable import Array, Real, positive, shaped_like, sigmoid, softplus, unlog

_LARGEST_SCALE = 1e100  # beyond, and below its inverse, the minors of the standard block leave float64


class Pull(NamedTuple):
    """What the loss does to the logits at the minimum, over scales."""

    log_strength: Array
    """log P."""
    off_class: Array
    """Curvature across wrong classes, over P: 1 for CE, 1-P for BCE."""
    own_class: Array
    """Probability of the right class, 1-(K-1)P."""


def hessian_spectrum(
    K: int, n: int, scale: Real, loss: str, *, dim: int | None = None, bias: bool = True, log: bool = False
) -> dict[str, tuple[Real, int]]:
    """Return every eigenvalue of the Riemannian Hessian of f at its minimum, with its multiplicity.

    The metric is the Euclidean one on (W, H, b), with all n K features as separate unit vectors.

    Args:
        K: number of classes, at least 2.
        n: samples per class, at least 1.
        scale: γ in [1e-100, 1e100], a number or an array.
        loss: "ce" or "bce".
        dim: feature dimension d >= K-1; None means K.
        bias: whether b in R^K is trained; else it is fixed at its optimum (any equal b for CE, b* for BCE).
        log: return logarithms of the eigenvalues, -inf for 0.

    Returns:
        {mode: (eigenvalue, multiplicity)} with the modes named in :mod:`nccourse.theory.normalized_hessian`,
        less those of multiplicity 0. Eigenvalues are shaped like ``scale``; the multiplicities sum to the
        dimension of the tangent space, K(d-1) + nK(d-1), and K more with the bias.

    Raises:
        InputValueError: an argument outside its domain.
        InputTypeError: an argument of the wrong type.

    Source: not in paper A, whose Theorems 5 and 6 bound the rates; the tests compare numeric Hessians.

    >>> value, multiplicity = hessian_spectrum(5, 2, 3.0, "ce")["in:ETF-"]
    >>> round(value, 12), multiplicity
    (0.054209961053, 5)
    """
    K, n = checks.integer("K", K, minimum=2), checks.integer("n", n, minimum=1)
    outside = checks.integer("dim", K if dim is None else dim, minimum=K - 1) - (K - 1)
    γ, pull = _scale(scale), _pull(checks.choice("loss", loss, ("ce", "bce")), K, _scale(scale))
    relative = _outside(K, n, γ, outside) | _inside(K, n, γ, pull) | _standard(K, n, γ, pull, loss, bias=bias)
    return {
        mode: (shaped_like(_attach(value, pull.log_strength, log=log), scale), multiplicity)
        for mode, (value, multiplicity) in relative.items()
        if multiplicity > 0
    }


def local_rate(K: int, n: int, scale: Real, loss: str, *, bias: bool = True, log: bool = False) -> Real:
    """Return the smallest non-zero eigenvalue of the Hessian at the minimum, which limits convergence.

    Gradient descent with a small step η shrinks the slowest error by 1 - η·rate per step. The dimension is
    d = K; a larger one adds no new eigenvalue.

    Args:
        K: number of classes, at least 2.
        n: samples per class, at least 1.
        scale: γ in [1e-100, 1e100], a number or an array.
        loss: "ce" or "bce".
        bias: whether b is trained; else it is fixed at its optimum.
        log: return the logarithm of the rate, finite where the rate is below 1e-308.

    Returns:
        The rate > 0, shaped like ``scale``; 0 where it is below 1e-308. As γ -> 0 with K >= 4 it tends to
        4 γ² P/((n+1)(K-1)) for CE and to (K-1)/K times that for BCE; as γ grows it falls like e^(-κγ),
        κ = K/(K-1) for CE and K/(2(K-1)) for BCE.

    Raises:
        InputValueError: an argument outside its domain.
        InputTypeError: an argument of the wrong type.

    Source: not in paper A; compare its Theorems 5 and 6.

    >>> round(local_rate(10, 1, 8.0, "ce"), 12)
    0.000151984066
    """
    modes = hessian_spectrum(K, n, scale, loss, bias=bias, log=True).values()
    slowest = np.min([value for value, _ in modes if np.all(np.isfinite(value))], axis=0)
    return shaped_like(slowest if log else unlog(np.asarray(slowest)), scale)


def _scale(scale: Real) -> Array:
    γ = positive("scale", scale)
    if γ.size and not 1.0 / _LARGEST_SCALE <= γ.min() <= γ.max() <= _LARGEST_SCALE:
        raise InputValueError(
            "scale", expected="values in [1e-100, 1e+100]", got=f"values from {γ.min():g} to {γ.max():g}"
        )
    return γ


def _pull(loss: str, K: int, γ: Array) -> Pull:
    if loss == "ce":
        odds = γ * (K / (K - 1)) - math.log(K - 1)
        return Pull(-math.log(K - 1) - softplus(odds), np.ones_like(γ), sigmoid(odds))
    own, other = bce_exponents(K, γ)
    return Pull(-softplus(-other), sigmoid(-other), sigmoid(-own))


def _attach(value: Array, log_strength: Array, *, log: bool) -> Array:
    """Multiply eigenvalues over P by P, in logarithms: P may underflow where the product does not."""
    logs = np.log(value, out=np.full_like(value, -np.inf), where=value > 0.0) + log_strength
    return logs if log else unlog(logs)


def _outside(K: int, n: int, γ: Array, dims: int) -> dict[str, tuple[Array, int]]:
    return {
        "out:rotation": (np.zeros_like(γ), (K - 1) * dims),
        "out:align": (γ * (1 + 1 / n), (K - 1) * dims),
        "out:uniform-w": (γ, dims),
        "out:uniform-h": (γ / n, dims),
        "out:fluct": (γ / n, K * (n - 1) * dims),
    }


def _inside(K: int, n: int, γ: Array, pull: Pull) -> dict[str, tuple[Array, int]]:
    a = γ / (K - 1) * pull.off_class
    t = (1 + a) * (1 + 1 / n)
    # t² - 16a/n as a sum of squares; the smaller root as product over larger: neither cancels.
    root = np.hypot((1 + a) * (1 - 1 / n), (1 - a) * (2 / math.sqrt(n)))
    pairs, triples = K * (K - 3) // 2, (K - 1) * (K - 2) // 2
    return {
        "in:rotation": (np.zeros_like(γ), triples),
        "in:antisym": (γ * t, triples),
        "in:ETF-": (γ * (8 * a / n) / (t + root), pairs),
        "in:ETF+": (γ * 0.5 * (t + root), pairs),
        "in:fluct": (γ * (1 + a) / n, K * (K - 2) * (n - 1)),
    }


def _standard(K: int, n: int, γ: Array, pull: Pull, loss: str, *, bias: bool) -> dict[str, tuple[Array, int]]:
    rows = _standard_rows(K, n, γ, pull, loss)
    present = [K > 2, K > 2, bias]
    eigenvalues = _gram_eigenvalues(rows[..., present]) if any(present) else []
    modes = {f"in:std{i}": (value, K - 1) for i, value in enumerate(eigenvalues)}
    uniform = np.zeros_like(γ) if loss == "ce" else (1 - 1 / K) * (pull.own_class + pull.off_class)
    return modes | ({"bias:uniform": (uniform, 1)} if bias else {})


def _standard_rows(K: int, n: int, γ: Array, pull: Pull, loss: str) -> NDArray[np.float64]:
    """Return R (..., rows, 3) with R^T R the block of the coordinates (w, h, b) along one vector e, Σ e = 0.

    Unit w moves every w_k by the tangential part of Σ e_j v_j, likewise h, and unit b moves b by e. The rows
    are the sphere's curvature (two), the score gap and the wrong classes; BCE adds its right class. They
    are chosen so that no minor of R is a difference.
    """
    one, m, side, ce = np.ones_like(γ), K - 1, math.sqrt(K - 2), loss == "ce"
    gap, wrong = np.sqrt((pull.own_class if ce else pull.off_class) / (K * m)), np.sqrt(pull.off_class / m)
    entries = [
        np.sqrt(γ) * np.stack([one, -one / (m * math.sqrt(n)), 0 * one]),
        np.sqrt(γ) * np.stack([0 * one, one * (math.sqrt(K * (K - 2) / n) / m), 0 * one]),
        gap * np.stack([γ * (side * K / m), 0 * one, one * (K if ce else 1)]),
        wrong * np.stack([γ / m, γ / math.sqrt(n), -one * side]),
    ]
    if not ce:
        entries.append(np.sqrt(m / K * pull.own_class) * np.stack([0 * one, 0 * one, one]))
    return np.moveaxis(np.stack(entries), (0, 1), (-2, -1))


def _gram_eigenvalues(rows: NDArray[np.float64]) -> list[Array]:
    """Return the eigenvalues of R^T R in ascending order, each to full relative accuracy.

    The largest singular value of the k-th compound of R (its k x k minors) is the product of the k largest
    of R, and a largest singular value is accurate where the entries are, however small the others.
    """
    products: list[Array] = [np.ones(rows.shape[:-2])]
    for k in range(1, rows.shape[-1] + 1):
        products.append(np.asarray(np.linalg.svd(_compound(rows, k), compute_uv=False)[..., 0], np.float64))
    return [(top / rest) ** 2 for rest, top in zip(products[-2::-1], products[::-1], strict=False)]


def _compound(rows: NDArray[np.float64], k: int) -> NDArray[np.float64]:
    chosen, columns = combinations(range(rows.shape[-2]), k), list(combinations(range(rows.shape[-1]), k))
    minors = [[_determinant(rows[..., r, :][..., c]) for c in columns] for r in map(list, chosen)]
    return np.stack([np.stack(row, axis=-1) for row in minors], axis=-2)


def _determinant(block: NDArray[np.float64]) -> Array:
    """Expand by the first row: unlike elimination, this forms nothing but sums of products of entries."""
    size = block.shape[-1]
    if size == 1:
        return block[..., 0, 0]
    others = [[j for j in range(size) if j != i] for i in range(size)]
    terms = [(-1) ** i * block[..., 0, i] * _determinant(block[..., 1:, others[i]]) for i in range(size)]
    total: Array = np.sum(terms, axis=0)
    return total
