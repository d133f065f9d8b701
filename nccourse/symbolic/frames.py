"""Frames and their Gram matrices, exact: for general K as pairs, for a given K written out.

Frames are rows, W of shape (K, d). A matrix a I + c 11' is written as the pair (a, c): products of such
matrices stay of that form, which turns statements about K x K matrices into identities for general K.
"""

from __future__ import annotations

from typing import TypeAlias

import sympy as sp

from nccourse.symbolic.symbols import K

Pair: TypeAlias = tuple[sp.Expr, sp.Expr]

COSINE = -1 / (K - 1)
GRAM: Pair = (K / (K - 1), -1 / (K - 1))
CENTRING: Pair = (sp.Integer(1), -1 / K)


def product(left: Pair, right: Pair) -> Pair:
    """Return (a, c) of the product of two matrices a I + c 11', using (11')(11') = K 11'.

    >>> product(CENTRING, CENTRING)
    (1, -1/K)
    """
    (a, c), (e, f) = left, right
    return sp.expand(a * e), sp.simplify(a * f + c * e + K * c * f)


def explicit(pair: Pair, classes: int) -> sp.ImmutableMatrix:
    """Return the K x K matrix a I + c 11' for a given number of classes.

    >>> explicit(GRAM, 2)
    Matrix([
    [ 1, -1],
    [-1,  1]])
    """
    a, c = (part.subs(K, classes) for part in pair)
    return sp.ImmutableMatrix(a * sp.eye(classes) + c * sp.ones(classes, classes))


def canonical_frame(classes: int) -> sp.ImmutableMatrix:
    """Return the rows of sqrt(K/(K-1)) (I - 11'/K), the simplex ETF of K unit vectors in d = K dimensions.

    Source: A (25) with P = I, transposed (which changes nothing: it is symmetric).

    >>> canonical_frame(2)
    Matrix([
    [ sqrt(2)/2, -sqrt(2)/2],
    [-sqrt(2)/2,  sqrt(2)/2]])
    """
    return sp.ImmutableMatrix(sp.sqrt(sp.Rational(classes, classes - 1)) * explicit(CENTRING, classes))


def helmert_entry(row: sp.Expr | int, column: sp.Expr | int) -> sp.Expr:
    """Return an entry, counted from 1, of the orthonormal Helmert columns orthogonal to (1, ..., 1)."""
    above = 1 / sp.sqrt(column * (column + 1))
    return sp.Piecewise((above, row <= column), (-column * above, sp.Eq(row, column + 1)), (0, True))


def helmert_frame(classes: int) -> sp.ImmutableMatrix:
    """Return the simplex ETF of K unit rows in the least possible dimension d = K - 1.

    >>> helmert_frame(2)
    Matrix([
    [ 1],
    [-1]])
    """
    scale = sp.sqrt(sp.Rational(classes, classes - 1))
    return sp.ImmutableMatrix(
        classes, classes - 1, lambda row, column: scale * helmert_entry(row + 1, column + 1)
    )


def rotation_between(first: sp.MatrixBase, second: sp.MatrixBase) -> sp.ImmutableMatrix:
    """Return R = (K-1)/K W'V, the map with W R = V between two frames of the same ETF Gram matrix."""
    classes = first.rows
    return sp.ImmutableMatrix(sp.Rational(classes - 1, classes) * first.T * second)
