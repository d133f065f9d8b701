"""The oblique manifold: matrices whose rows have given lengths, a product of spheres.

A point is a (K, d) matrix, each row on the sphere through itself. Everything but drawing a point acts row by
row, so it is the sphere's: :func:`~nccourse.geometry.sphere.projection`,
:func:`~nccourse.geometry.sphere.retraction`, :func:`~nccourse.geometry.sphere.riemannian_gradient` and
:func:`~nccourse.geometry.sphere.riemannian_hessian`, with leading dimensions again as batches.
"""

from __future__ import annotations

import torch
from torch import Tensor

from nccourse import checks
from nccourse.geometry.inputs import floating_dtype, random_generator, standard_normal
from nccourse.geometry.sphere import projection, retraction, riemannian_gradient, riemannian_hessian

__all__ = ["projection", "random_point", "retraction", "riemannian_gradient", "riemannian_hessian"]


def random_point(
    num_rows: int,
    dim: int,
    *,
    radius: float = 1.0,
    generator: torch.Generator | None = None,
    dtype: torch.dtype | None = None,
) -> Tensor:
    """Draw a matrix with independent rows, each uniform on a sphere.

    Row k is radius g_k / ‖g_k‖ with g_k standard normal.

    Args:
        num_rows: K >= 1.
        dim: d >= 1.
        radius: length of every row, > 0.
        generator: source of randomness; None takes torch's global one.
        dtype: floating dtype of the result, float64 by default.

    Returns:
        (K, d) tensor with rows of length ``radius``.

    Raises:
        InputTypeError: an argument of the wrong type.
        InputValueError: ``num_rows`` < 1, ``dim`` < 1 or ``radius`` <= 0.

    >>> random_point(2, 5).norm(dim=1).round(decimals=12).tolist()
    [1.0, 1.0]
    """
    num_rows = checks.integer("num_rows", num_rows, minimum=1)
    dim = checks.integer("dim", dim, minimum=1)
    radius = checks.real("radius", radius, above=0)
    dtype = floating_dtype(dtype)
    directions = standard_normal((num_rows, dim), random_generator(generator))
    return (radius * torch.nn.functional.normalize(directions)).to(dtype)
