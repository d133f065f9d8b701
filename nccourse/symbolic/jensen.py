r"""Jensen's inequality by tangents: a convex function lies above its tangent at the mean.

Summed over the points the linear parts cancel, and what is left is the value at the mean. That is how every
bound of the papers begins: for e^x over the other classes of a sample, for log(1 + e^x) over the samples.
"""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp

from nccourse.symbolic.derivation import Step, identity, inequality
from nccourse.symbolic.symbols import K

_X = sp.Symbol("x", real=True)
_MEAN, _TOTAL = sp.symbols("m S", real=True)


def points(count: int) -> tuple[sp.Symbol, ...]:
    """Return the symbols x_1, ..., x_count."""
    return tuple(sp.symbols(f"x_1:{count + 1}", real=True))


def mean(count: int) -> sp.Expr:
    """Return the mean of :func:`points`.

    >>> mean(2)
    x_1/2 + x_2/2
    """
    return sum(points(count), sp.Integer(0)) / count


def tangent(x: sp.Expr, at: sp.Expr) -> sp.Expr:
    """Return e^m (1 + x - m), the tangent of e^x at m."""
    return sp.exp(at) * (1 + x - at)


def rival_steps(equation: str) -> Iterator[Step]:
    """Yield the bound of Σ e^(x_j) over the K - 1 other classes by (K-1) e^m, m the mean of the x_j.

    Args:
        equation: where the paper has it, e.g. ``"D (24)"``.
    """
    yield inequality(
        "tangent of e^x",
        sp.Derivative(sp.exp(_X), (_X, 2)),
        ">",
        0,
        reason="e^x is convex, so it lies above its tangent e^m (1 + x - m), touching only at m",
    )
    yield identity(
        "sum of tangents",
        sp.exp(_MEAN) * (K - 1 + _TOTAL - (K - 1) * _MEAN),
        (K - 1) * sp.exp(_MEAN) + sp.exp(_MEAN) * (_TOTAL - (K - 1) * _MEAN),
        claim=r"\sum_j e^m (1 + x_j - m) = (K-1)\, e^m + e^m \left(S - (K-1) m\right), \quad S = \sum_j x_j",
        reason="K - 1 rivals; at their mean m = S/(K-1) the last term is zero, so Σ e^(x_j) >= (K-1) e^m, "
        "with "
        "equality iff all rivals tie",
        equation=equation,
    )
    yield identity(
        "mean rival",
        lambda k: sum((tangent(x, mean(k - 1)) for x in points(k - 1)), sp.Integer(0)),
        lambda k: (k - 1) * sp.exp(mean(k - 1)),
        claim=r"\sum_{j=1}^{K-1} e^m (1 + x_j - m) = (K-1)\, e^m, \quad m = \tfrac{1}{K-1} \sum_j x_j",
        reason="the same sum written out",
        confirms=True,
    )
