"""NC1: within-class scatter measured along the directions in which the class means differ.

With the centred class means as rows of C = U diag(s) V (rank r), Sigma_B = C'C/K, and

    tr(Sigma_W Sigma_B^+) = K/N sum_i |diag(1/s) V (h_i - mean of its class)|^2

so no d x d matrix is needed: r directions of length d, and one product of N x d by d x r.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from nccourse.metrics.moments import ClassMoments, Residuals, rounded_means

# Eigenvalues of the K x K Gram matrix C C' below this fraction of the largest count as zero.
RANK_TOLERANCE = 1e-10


def whitened_directions(centred_means: Tensor, negligible: float = 0.0) -> Tensor:
    """Return diag(1/s) V for the thin singular value decomposition C = U diag(s) V, cut at rank r.

    The singular values are computed from C itself: those of a Gram matrix lose the digits of their
    squares, which nearly merged class means need.

    Args:
        centred_means: C, (K, d) float64.
        negligible: the size below which an entry of C is rounding error.

    Returns:
        (r, d) float64; r = 0 when all class means are equal.
    """
    scale = float(centred_means.abs().max())
    if scale <= negligible:
        return centred_means.new_empty(0, centred_means.shape[1])
    # Scaled, so that no square over- or underflows.
    _, values, directions = torch.linalg.svd(centred_means / scale, full_matrices=False)
    kept = values.square() > RANK_TOLERANCE * values[0].square()
    whitened: Tensor = directions[kept] / (values[kept, None] * scale)
    return whitened


class WithinScatter:
    """Sum |A (h_i - mean of its class)|^2 over all samples, from residuals seen block by block.

    A holds the whitened directions; without any, it is the identity and the sum tells whether there is
    any spread at all.
    """

    def __init__(self, directions: Tensor, moments: ClassMoments, features: Tensor) -> None:
        self._directions = directions
        self._moments = moments
        self._centres = rounded_means(moments, features)
        self._projection = directions.to(self._centres)
        self._sum = 0.0

    def add(self, block: Residuals) -> None:
        """Take one more block of residuals from the rounded class means."""
        if len(self._projection):
            # Transposed: the faster of the two layouts when there are few directions.
            spread = torch.mm(self._projection, block.differences.T)
        else:
            spread = block.differences
        self._sum += float(spread.square().sum())

    def mean(self) -> float:
        """Return the sum divided by N."""
        shift = self._moments.means - self._centres.cpu().double()
        if len(self._directions):
            shift = shift @ self._directions.T
        surplus = float(self._moments.counts @ shift.square().sum(1))
        return max(0.0, self._sum - surplus) / float(self._moments.counts.sum())


def variability(mean_scatter: float, rank: int, moments: ClassMoments) -> float:
    """Return tr(Sigma_W Sigma_B^+)/K, given the mean over samples of |A (h_i - mean)|^2.

    Returns:
        A number >= 0; inf when the class means are equal, nan when the features have no spread either.
    """
    if rank == 0:
        return math.inf if math.sqrt(mean_scatter) > moments.negligible else math.nan
    return mean_scatter if mean_scatter * moments.rounding**2 < 1 else math.inf
