"""The simplex equiangular tight frame: best possible cosine, Gram matrix, constructions, uniqueness.

The frames themselves are in :mod:`nccourse.symbolic.frames`.
"""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp

from nccourse.symbolic.derivation import Step, identity, inequality
from nccourse.symbolic.frames import (
    CENTRING,
    COSINE,
    GRAM,
    canonical_frame,
    explicit,
    helmert_frame,
    product,
    rotation_between,
)
from nccourse.symbolic.statement import Statement
from nccourse.symbolic.symbols import K
from nccourse.symbolic.verdict import Verdict


def _cosine_steps() -> Iterator[Step]:
    largest = sp.Symbol("m", real=True)
    shortfall, length = sp.symbols("E q", nonnegative=True)
    slack = (shortfall + length) / (K * (K - 1))
    yield identity(
        "expand",
        lambda k: sum((sum(column) ** 2 for column in _columns(k)), sp.Integer(0)),
        lambda k: sum((x * y for column in _columns(k) for x in column for y in column), sp.Integer(0)),
        claim=r"q := \|\sum_i u_i\|^2 = \sum_i \|u_i\|^2 + \sum_{i \ne j} \langle u_i, u_j \rangle",
        reason="bilinearity; written out for vectors in the plane",
    )
    yield identity(
        "slack",
        sp.solve(sp.Eq(K + K * (K - 1) * largest - shortfall, length), largest)[0],
        COSINE + slack,
        claim=r"K + K(K-1)\,m - E = q \;\Rightarrow\; m = -\tfrac{1}{K-1} + \tfrac{E + q}{K(K-1)}",
        reason="unit vectors; m the largest cosine, E >= 0 the sum over all pairs of what each cosine lacks "
        "to m",
    )
    yield inequality(
        "bound",
        COSINE + slack,
        ">=",
        COSINE,
        reason="E >= 0 since no cosine exceeds m, q >= 0 since it is a squared length",
    )
    yield inequality(
        "equality",
        slack.subs(shortfall, sp.Symbol("E", positive=True)),
        ">",
        0,
        claim=r"E > 0 \;\Rightarrow\; m > -\tfrac{1}{K-1}",
        reason="so equality forces E = 0, all cosines equal, and likewise q = 0, the vectors sum to zero",
    )


def _columns(classes: int) -> list[list[sp.Symbol]]:
    return [[sp.Symbol(f"{axis}_{i}", real=True) for i in range(classes)] for axis in "xy"]


def _gram_steps() -> Iterator[Step]:
    (a, c), square = GRAM, product(GRAM, GRAM)
    yield identity("diagonal", a + c, 1, claim=r"G_{kk} = 1", reason="unit vectors", equation="A (26)")
    yield identity("off the diagonal", c, COSINE, claim=r"G_{jk} = -\tfrac{1}{K-1}", reason="equal cosines")
    yield identity(
        "sum zero",
        a + K * c,
        0,
        claim=r"G \mathbf 1 = 0",
        reason="the ones vector is an eigenvector of eigenvalue 0: the vectors sum to zero",
    )
    yield identity(
        "square",
        sp.Matrix(square),
        sp.Matrix(GRAM) * K / (K - 1),
        claim=r"G^2 = \tfrac{K}{K-1} G",
        reason="so every eigenvalue is 0 or K/(K-1)",
    )
    yield identity(
        "rank",
        K * (a + c) / (K / (K - 1)),
        K - 1,
        claim=r"\operatorname{rank} G = \operatorname{tr} G \,/\, \tfrac{K}{K-1} = K - 1",
        reason="the trace is the sum of eigenvalues; hence d >= K - 1 is necessary",
    )
    x = sp.Symbol("x")
    yield identity(
        "spectrum",
        lambda k: explicit(GRAM, k).charpoly(x).as_expr(),
        lambda k: x * (x - sp.Rational(k, k - 1)) ** (k - 1),
        claim=r"\det(x I - G) = x \left(x - \tfrac{K}{K-1}\right)^{K-1}",
        reason="the same for the written-out matrices",
        confirms=True,
    )


def _canonical_steps() -> Iterator[Step]:
    a, c = product(CENTRING, CENTRING)
    yield identity(
        "projection",
        sp.Matrix([a, c]),
        sp.Matrix(CENTRING),
        claim=r"(I - \tfrac1K \mathbf{11}^\top)^2 = I - \tfrac1K \mathbf{11}^\top",
        reason="centring twice is centring once",
    )
    yield identity(
        "Gram",
        sp.Matrix([a, c]) * K / (K - 1),
        sp.Matrix(GRAM),
        claim=r"W W^\top = \tfrac{K}{K-1}(I - \tfrac1K \mathbf{11}^\top)",
        reason="with W = sqrt(K/(K-1)) (I - 11'/K); an orthonormal P (d >= K) changes no inner product",
        equation="A (25), (26)",
    )
    yield identity(
        "written out",
        lambda k: canonical_frame(k) * canonical_frame(k).T,
        lambda k: explicit(GRAM, k),
        claim=r"W W^\top = G",
        reason="the explicit matrices",
        confirms=True,
    )


def _helmert_steps() -> Iterator[Step]:
    row, column = sp.symbols("i j", integer=True, positive=True)
    tail = 1 / column - 1 / K
    yield identity(
        "telescoping",
        1 / (column * (column + 1)),
        1 / column - 1 / (column + 1),
        reason="so the squares of entries from column i on sum to 1/i - 1/K",
    )
    yield identity(
        "length",
        (row - 1) ** 2 / ((row - 1) * row) + tail.subs(column, row),
        1 - 1 / K,
        claim=r"\tfrac{(i-1)^2}{(i-1)i} + \sum_{j=i}^{K-1} \tfrac{1}{j(j+1)} = 1 - \tfrac1K",
        reason="row i has one entry -(i-1)/sqrt((i-1)i), then 1/sqrt(j(j+1))",
        domain={row: sp.Range(2, sp.oo)},
    )
    yield identity(
        "angle",
        -(row - 1) / ((row - 1) * row) + tail.subs(column, row),
        -1 / K,
        claim=r"-\tfrac{l-1}{(l-1)l} + \sum_{j=l}^{K-1} \tfrac{1}{j(j+1)} = -\tfrac1K",
        reason="rows i < l meet in column l - 1 and beyond; with K/(K-1) the frame is an ETF",
        domain={row: sp.Range(2, sp.oo)},
    )
    yield identity(
        "written out",
        lambda k: helmert_frame(k) * helmert_frame(k).T,
        lambda k: explicit(GRAM, k),
        claim=r"W W^\top = G,\quad W \in \mathbb{R}^{K \times (K-1)}",
        reason="the explicit matrices, in the least dimension",
        confirms=True,
    )


def _uniqueness_steps() -> Iterator[Step]:
    yield identity(
        "rotation",
        lambda k: (
            rotation_between(helmert_frame(k), _turned(k)).T * rotation_between(helmert_frame(k), _turned(k))
        ),
        lambda k: sp.eye(k - 1),
        claim=r"R = \tfrac{K-1}{K} W^\top V \;\Rightarrow\; R^\top R = I",
        reason="R'R = ((K-1)/K)^2 V'(WW')V = ((K-1)/K)^2 (V'V)^2, and V'V = K/(K-1) I in d = K - 1",
    )
    yield identity(
        "carries one to the other",
        lambda k: helmert_frame(k) * rotation_between(helmert_frame(k), _turned(k)),
        _turned,
        claim=r"W R = \tfrac{K-1}{K} G V = V",
        reason="G = VV' acts as K/(K-1) on the columns of V",
    )
    yield identity(
        "into more dimensions",
        lambda k: helmert_frame(k) * rotation_between(helmert_frame(k), canonical_frame(k)),
        canonical_frame,
        claim=r"W R = V,\quad V \in \mathbb{R}^{K \times K}",
        reason="the same R is an isometry into a larger space",
    )


def _turned(classes: int) -> sp.ImmutableMatrix:
    """Another frame of the same Gram matrix: the classes reversed."""
    return sp.ImmutableMatrix(helmert_frame(classes)[::-1, :])


def _centring_steps() -> Iterator[Step]:
    norm = sp.Symbol("rho", positive=True)
    a, c = (norm**2 * part for part in product(CENTRING, CENTRING))
    yield identity(
        "centred Gram",
        sp.Matrix([a, c]),
        sp.Matrix(CENTRING) * norm**2,
        claim=r"(u_i - \bar u)^\top (u_j - \bar u) = \rho^2 (\delta_{ij} - \tfrac1K)",
        reason="orthogonal vectors of equal length rho have Gram rho^2 I; centring multiplies it on both "
        "sides",
    )
    yield identity("length", a + c, norm**2 * (1 - 1 / K), reason="all centred vectors have the same length")
    yield identity(
        "cosine",
        c / (a + c),
        COSINE,
        reason="and the same angle: divided by their length they form a simplex ETF",
    )


STATEMENTS = (
    Statement(
        "ETF.Cosine",
        "all",
        "lemma",
        "The smallest possible largest cosine",
        "For K unit vectors the largest pairwise cosine is at least $-1/(K-1)$, with equality iff all "
        "pairwise cosines are "
        "equal and the vectors sum to zero: a simplex ETF.",
        "",
        Verdict.CASES,
        _cosine_steps,
    ),
    Statement(
        "ETF.Gram",
        "all",
        "definition",
        "Gram matrix of the simplex ETF",
        r"$G = \frac{K}{K-1}(I - \frac1K \mathbf{11}^\top)$ has eigenvalue $\frac{K}{K-1}$ with "
        r"multiplicity $K-1$ and 0 once.",
        "A (26)",
        Verdict.PROVED,
        _gram_steps,
    ),
    Statement(
        "ETF.Canonical",
        "all",
        "equation",
        "Canonical construction, d >= K",
        r"$W = \sqrt{K/(K-1)}\,(I - \frac1K \mathbf{11}^\top)$ is a simplex ETF of unit vectors.",
        "A (25), (26)",
        Verdict.PROVED,
        _canonical_steps,
    ),
    Statement(
        "ETF.Helmert",
        "all",
        "new",
        "Construction in the least dimension, d = K - 1",
        "The Helmert columns times $\\sqrt{K/(K-1)}$ are a simplex ETF in $K-1$ dimensions.",
        "",
        Verdict.PROVED,
        _helmert_steps,
    ),
    Statement(
        "ETF.Unique",
        "all",
        "lemma",
        "Uniqueness up to rotation",
        "Two simplex ETFs of K unit vectors differ by an orthogonal map.",
        "",
        Verdict.CASES,
        _uniqueness_steps,
    ),
    Statement(
        "ETF.Centring",
        "all",
        "lemma",
        "A centred orthogonal frame is a simplex ETF",
        "Subtract the mean from K orthogonal vectors of equal length: up to scale the result is a simplex "
        "ETF.",
        "",
        Verdict.PROVED,
        _centring_steps,
    ),
)
