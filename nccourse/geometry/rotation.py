"""Random rotations and frames, uniform with respect to Haar measure."""

from __future__ import annotations

import torch
from torch import Tensor

from nccourse import checks
from nccourse.geometry.inputs import floating_dtype, random_generator, standard_normal


def random_rotation(
    dim: int,
    *,
    rows: int | None = None,
    generator: torch.Generator | None = None,
    dtype: torch.dtype | None = None,
) -> Tensor:
    """Draw a rotation of R^d from Haar measure, or its first rows.

    QR of a Gaussian matrix with the signs fixed so that R has a positive diagonal; without the signs
    the result would depend on the QR routine and not be uniform. With ``rows`` < d the result is a uniform
    point of the Stiefel manifold, at the cost of those rows only.

    Args:
        dim: d, the dimension, >= 1.
        rows: r in [1, d], how many rows to return; None means all of them.
        generator: source of randomness; None takes torch's global one.
        dtype: floating dtype of the result, float64 by default.

    Returns:
        (r, d) tensor Q with Q Qᵀ = I, and det Q = +1 when r = d.

    Raises:
        InputTypeError: an argument of the wrong type.
        InputValueError: ``dim`` or ``rows`` out of range.

    Cost: O(d r²).

    >>> rotation = random_rotation(3, generator=torch.Generator().manual_seed(0))
    >>> bool(torch.allclose(rotation @ rotation.T, torch.eye(3, dtype=torch.float64)))
    True
    >>> round(float(torch.linalg.det(rotation)), 12)
    1.0
    """
    dim = checks.integer("dim", dim, minimum=1)
    rows = dim if rows is None else checks.integer("rows", rows, minimum=1, maximum=dim)
    dtype = floating_dtype(dtype)
    columns, upper = torch.linalg.qr(standard_normal((dim, rows), random_generator(generator)))
    columns = columns * torch.where(upper.diagonal() < 0, -1.0, 1.0)
    if rows == dim and torch.linalg.det(columns) < 0:
        columns[:, -1] *= -1
    rotation: Tensor = columns.T.contiguous()
    return rotation.to(dtype)
