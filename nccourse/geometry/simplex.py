"""The simplex equiangular tight frame (ETF): K unit vectors whose pairwise cosines are all -1/(K-1)."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from nccourse import checks
from nccourse.errors import InputValueError
from nccourse.geometry.inputs import floating_dtype, random_generator
from nccourse.geometry.rotation import random_rotation


def simplex_etf(
    num_classes: int,
    dim: int | None = None,
    *,
    norm: float = 1.0,
    generator: torch.Generator | None = None,
    dtype: torch.dtype | None = None,
) -> Tensor:
    """Build a simplex ETF of K vectors in R^d, for any d >= K-1.

    M = norm sqrt(K/(K-1)) U B, where the columns of U (K, K-1) are an orthonormal basis of the vectors
    that sum to zero and the rows of B (K-1, d) are orthonormal, so that
    M Mᵀ = norm² K/(K-1) (I - 11ᵀ/K). The canonical frame takes B = Uᵀ padded with zeros (the centred
    identity) when d >= K, and B = I when d = K-1; with a generator it is rotated at random.

    Args:
        num_classes: K >= 2.
        dim: d >= K-1; None means K.
        norm: length of every vector, > 0.
        generator: None gives the canonical frame, else one rotated by a rotation drawn from Haar measure.
        dtype: floating dtype of the result, float64 by default.

    Returns:
        (K, d) tensor: rows of length ``norm``, summing to zero, with pairwise cosine -1/(K-1).

    Raises:
        InputTypeError: an argument of the wrong type.
        InputValueError: K < 2, d < K-1 (K vectors this far apart span K-1 dimensions), or norm <= 0.

    Source: paper A, Definition 7 (transposed). Differs by: its P needs d >= K, here d = K-1
    suffices.

    Cost: O(d K²) with a generator, O(d K) without.

    >>> simplex_etf(3, 2) @ simplex_etf(3, 2).T
    tensor([[ 1.0000, -0.5000, -0.5000],
            [-0.5000,  1.0000, -0.5000],
            [-0.5000, -0.5000,  1.0000]], dtype=torch.float64)
    """
    num_classes = checks.integer("num_classes", num_classes, minimum=2)
    dim = num_classes if dim is None else _dimension(dim, num_classes)
    norm = checks.real("norm", norm, above=0)
    dtype = floating_dtype(dtype)
    if random_generator(generator) is not None:
        rows = random_rotation(dim, rows=num_classes - 1, generator=generator)
        frame = zero_sum_basis(num_classes).to(rows.device) @ rows
    elif dim == num_classes - 1:
        frame = zero_sum_basis(num_classes)
    else:
        frame = torch.nn.functional.pad(centring_matrix(num_classes), (0, dim - num_classes))
    return (norm * math.sqrt(num_classes / (num_classes - 1)) * frame).to(dtype)


def centring_matrix(num_classes: int) -> Tensor:
    """Return I - 11ᵀ/K, which subtracts the mean of the K rows it multiplies.

    Args:
        num_classes: K >= 1.

    Returns:
        (K, K) float64 tensor, the orthogonal projection on the vectors that sum to zero; (K-1)/K times the
        Gram matrix of the unit simplex ETF.

    Raises:
        InputTypeError: K is not an integer.
        InputValueError: K < 1.

    >>> centring_matrix(2).tolist()
    [[0.5, -0.5], [-0.5, 0.5]]
    """
    num_classes = checks.integer("num_classes", num_classes, minimum=1)
    return torch.eye(num_classes, dtype=torch.float64) - 1 / num_classes


def zero_sum_basis(num_classes: int) -> Tensor:
    """Return Helmert's orthonormal basis of the vectors of R^K that sum to zero.

    Column j (from 1) is (1, ..., 1, -j, 0, ..., 0) / sqrt(j(j+1)), with j ones.

    Args:
        num_classes: K >= 2.

    Returns:
        (K, K-1) float64 tensor U with Uᵀ U = I and U Uᵀ = I - 11ᵀ/K.

    Raises:
        InputTypeError: K is not an integer.
        InputValueError: K < 2.

    >>> (zero_sum_basis(3) * torch.tensor([2, 6]).sqrt()).round().tolist()
    [[1.0, 1.0], [-1.0, 1.0], [0.0, -2.0]]
    """
    num_classes = checks.integer("num_classes", num_classes, minimum=2)
    j = torch.arange(1, num_classes, dtype=torch.float64)
    basis = torch.ones(num_classes, num_classes - 1, dtype=torch.float64).triu()
    basis[1:] -= torch.diag(j)
    return basis / torch.sqrt(j * (j + 1))


def _dimension(dim: int, num_classes: int) -> int:
    dim = checks.integer("dim", dim)
    if dim < num_classes - 1:
        raise InputValueError(
            "dim",
            expected=f"an integer >= num_classes - 1 = {num_classes - 1}",
            got=str(dim),
            advice="a larger dim or fewer classes: a simplex of K points spans K-1 dimensions",
        )
    return dim
