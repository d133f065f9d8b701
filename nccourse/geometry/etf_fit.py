"""How far a frame is from a simplex ETF, and which ETF is nearest to it."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from nccourse import checks
from nccourse.errors import InputValueError
from nccourse.geometry.inputs import frame_of
from nccourse.geometry.simplex import centring_matrix, zero_sum_basis


def centred(frame: Tensor) -> Tensor:
    """Subtract the mean of the rows from every row.

    x_k - (1/K) Σ_j x_j.

    Args:
        frame: (K, d) class means or weights, finite, K >= 1.

    Returns:
        (K, d) tensor of the same dtype whose rows sum to zero. An orthogonal frame of equal lengths becomes a
        simplex ETF of sqrt((K-1)/K) times that length.

    Raises:
        InputTypeError: not a floating tensor.
        InputValueError: wrong shape or values that are not finite.

    >>> centred(torch.eye(2)).tolist()
    [[0.5, -0.5], [-0.5, 0.5]]
    """
    return frame_of("frame", frame) - frame.mean(dim=0)


def etf_distance(frame: Tensor) -> float:
    """Measure how far the normalised Gram matrix of a frame is from that of a simplex ETF.

    ‖ M Mᵀ / ‖M Mᵀ‖_F - (I - 11ᵀ/K) / sqrt(K-1) ‖_F, blind to scale and rotation, neither centring nor
    normalising the rows.

    Args:
        frame: M (K, d), finite, K >= 2.

    Returns:
        Float in [0, sqrt(2)]: 0 exactly at a simplex ETF of any length (up to rounding, about 1e-16),
        sqrt(2) when all rows are equal, nan when they are all zero. Below d = K-1 it cannot vanish.

    Raises:
        InputTypeError: not a floating tensor.
        InputValueError: wrong shape, K < 2, or values that are not finite.

    Source: paper C, Section 4, NC2, where the frame is the classifier W.

    Cost: O(K² d).

    >>> etf_distance(torch.eye(2)) > 0.5 > etf_distance(centred(torch.eye(2)))
    True
    """
    rows = frame_of("frame", frame, min_rows=2).detach().double()
    num_classes = len(rows)
    rows = rows / rows.abs().max()
    gram = rows @ rows.T
    target = centring_matrix(num_classes).to(rows.device) / math.sqrt(num_classes - 1)
    return float(torch.linalg.matrix_norm(gram / torch.linalg.matrix_norm(gram) - target))


def nearest_etf(frame: Tensor, *, norm: float | None = None) -> Tensor:
    """Find the simplex ETF nearest to a frame in Frobenius norm, row k to vertex k.

    Solves min ‖F - a U B‖_F over B (K-1, d) with orthonormal rows, U an orthonormal basis of the vectors that
    sum to zero, and over a >= 0 unless ``norm`` fixes a = norm sqrt(K/(K-1)): every simplex ETF centred at
    the origin has this form. It is orthogonal Procrustes: for any a > 0 the best B is P Qᵀ with
    P Σ Qᵀ = Uᵀ F a singular value decomposition, and then a = tr Σ / (K-1). B may reflect, as ETFs may. The
    answer is unique exactly when Uᵀ F has rank K-1; otherwise one of the nearest is returned.

    Args:
        frame: F (K, d), finite, K >= 2, d >= K-1, rows not all equal.
        norm: length of the ETF's vectors, > 0; None takes the best one.

    Returns:
        (K, d) simplex ETF of the frame's dtype; the frame itself if it is a simplex ETF.

    Raises:
        InputTypeError: not a floating tensor, or ``norm`` not a number.
        InputValueError: wrong shape, K < 2, d < K-1, values that are not finite, rows all equal (every ETF is
            then equally near), or norm <= 0.

    Cost: one SVD, O(d K²).

    >>> nearest_etf(torch.tensor([[3.0], [-1.0]])).tolist()
    [[2.0], [-2.0]]
    """
    rows = frame_of("frame", frame, min_rows=2).detach().double()
    num_classes, dim = rows.shape
    if dim < num_classes - 1:
        raise InputValueError(
            "frame", expected="shape (K, d) with d >= K-1", got=f"shape {tuple(rows.shape)}"
        )
    if norm is not None:
        norm = checks.real("norm", norm, above=0)
    basis = zero_sum_basis(num_classes).to(rows.device)
    left, singular, right = torch.linalg.svd(basis.T @ rows, full_matrices=False)
    if float(singular[0]) <= num_classes * torch.finfo(frame.dtype).eps * float(rows.abs().max()):
        raise InputValueError("frame", expected="rows that differ", got="all rows equal")
    scale = float(singular.mean()) if norm is None else norm * math.sqrt(num_classes / (num_classes - 1))
    nearest: Tensor = scale * (basis @ (left @ right))
    return nearest.to(frame.dtype)
