"""Angles between the vectors of a frame."""

from __future__ import annotations

import torch
from torch import Tensor

from nccourse.geometry.inputs import frame_of


def cosines(frame: Tensor, other: Tensor | None = None) -> Tensor:
    """Return the cosines of the angles between the rows of a frame, or of two frames.

    C[i, j] = <x_i, y_j> / (|x_i| |y_j|), clamped to [-1, 1].

    Args:
        frame: (K, d) vectors x, finite.
        other: (L, d) vectors y, finite; None means the frame itself.

    Returns:
        (K, L) tensor of the frame's dtype in [-1, 1]; nan where a vector is zero. For a simplex ETF 1 on the
        diagonal and -1/(K-1) off it.

    Raises:
        InputTypeError: not a floating tensor.
        InputValueError: wrong shape or values that are not finite.

    Cost: O(K L d).

    >>> cosines(torch.tensor([[3.0, 0.0], [1.0, 1.0]]))
    tensor([[1.0000, 0.7071],
            [0.7071, 1.0000]])
    """
    x, y = _directions(frame, other)
    return (x @ y.T).clamp(-1, 1)


def angles(frame: Tensor, other: Tensor | None = None) -> Tensor:
    """Return the angles between the rows of a frame, or of two frames, in radians.

    A[i, j] = 2 atan2(|u_i - v_j|, |u_i + v_j|) with u, v the rows divided by their lengths: equal to the
    arccosine of the cosine, and accurate also near 0 and π, where the arccosine keeps half the digits.

    Args:
        frame: (K, d) vectors, finite.
        other: (L, d) vectors, finite; None means the frame itself.

    Returns:
        (K, L) tensor of the frame's dtype in [0, π]; nan where a vector is zero. For a simplex ETF 0 on the
        diagonal and arccos(-1/(K-1)) off it.

    Raises:
        InputTypeError: not a floating tensor.
        InputValueError: wrong shape or values that are not finite.

    Cost: O(K L d).

    >>> torch.rad2deg(angles(torch.tensor([[3.0, 0.0], [0.0, 1.0]]))).tolist()
    [[0.0, 90.0], [90.0, 0.0]]
    """
    u, v = _directions(frame, other)
    exact = "donot_use_mm_for_euclid_dist"
    return 2 * torch.atan2(torch.cdist(u, v, compute_mode=exact), torch.cdist(u, -v, compute_mode=exact))


def _directions(frame: Tensor, other: Tensor | None) -> tuple[Tensor, Tensor]:
    directions = _normalised(frame_of("frame", frame))
    if other is None:
        return directions, directions
    return directions, _normalised(frame_of("other", other, dim=frame.shape[1]).to(frame.dtype))


def _normalised(rows: Tensor) -> Tensor:
    # Dividing by the largest entry first keeps the squares from overflowing or vanishing.
    scaled = rows / rows.abs().amax(dim=1, keepdim=True)
    lengths: Tensor = torch.linalg.vector_norm(scaled, dim=1, keepdim=True)
    return scaled / lengths
