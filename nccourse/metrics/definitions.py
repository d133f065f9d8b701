"""The definitions of NC1, NC2 and NC3 in use, by name, on class means and classifier weights."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor

from nccourse.geometry import centring_matrix, etf_distance

Measure = Callable[[Tensor | None, Tensor], float]


class CollapseValues(NamedTuple):
    """The four measures of neural collapse: Python floats, all 0 at collapse, nan where undefined.

    Attributes:
        nc1: variability within classes relative to between classes, in [0, inf].
        nc2: distance of the classifier (or the class means) from a simplex ETF.
        nc3: distance of classifier and class means from being dual.
        nc4: fraction of samples that the classifier and the nearest class mean decide differently.
    """

    nc1: float
    nc2: float
    nc3: float
    nc4: float


@dataclass(frozen=True)
class Definition:
    """One way to define the measures.

    Attributes:
        nc2: from W (K, d) or None, and the centred class means (K, d).
        nc3: the same.
        divided: whether nc1 is tr(Sigma_W Sigma_B^+) divided by K.
        weighted: whether the class means are centred on the mean of all samples, or on their own mean.
    """

    nc2: Measure
    nc3: Measure
    divided: bool = True
    weighted: bool = True


def unit_distance(a: Tensor, b: Tensor) -> float:
    """Return |A/|A|_F - B/|B|_F|_F, in [0, 2]; nan where one of them is 0."""
    return float(torch.linalg.vector_norm(_unit(a) - _unit(b)))


def equiangularity(centred_means: Tensor) -> float:
    """Return the mean over pairs j != k of |cos(c_j, c_k) + 1/(K-1)|; nan where some c_k is 0."""
    num_classes = len(centred_means)
    scaled = _bounded(centred_means)
    rows = scaled / torch.linalg.vector_norm(scaled, dim=1, keepdim=True)
    excess = (rows @ rows.T + 1 / (num_classes - 1)).abs().fill_diagonal_(0)
    return float(excess.sum() / (num_classes * (num_classes - 1)))


def _bounded(matrix: Tensor) -> Tensor:
    # Scaled to entries of at most 1, so that no square over- or underflows; 0/0 is nan for a zero matrix.
    return matrix.div(matrix.abs().max())


def _unit(matrix: Tensor) -> Tensor:
    bounded = _bounded(matrix)
    return bounded.div(torch.linalg.vector_norm(bounded))


def _weights_etf(W: Tensor | None, centred_means: Tensor) -> float:
    return math.nan if W is None else etf_distance(W)


def _means_etf(W: Tensor | None, centred_means: Tensor) -> float:
    return etf_distance(centred_means)


def _means_equiangularity(W: Tensor | None, centred_means: Tensor) -> float:
    return equiangularity(centred_means)


def _scores_etf(W: Tensor | None, centred_means: Tensor) -> float:
    if W is None:
        return math.nan
    return unit_distance(_bounded(W) @ _bounded(centred_means).T, centring_matrix(len(W)))


def _squared_distance(W: Tensor | None, centred_means: Tensor) -> float:
    return math.nan if W is None else unit_distance(W, centred_means) ** 2


def _of_centred_weights(measure: Measure) -> Measure:
    return lambda W, centred_means: measure(None if W is None else W - W.mean(0), centred_means)


DEFINITIONS = {
    "paperC": Definition(_weights_etf, _scores_etf),
    "zhou": Definition(_of_centred_weights(_weights_etf), _of_centred_weights(_scores_etf)),
    "papyan": Definition(_means_equiangularity, _squared_distance, divided=False, weighted=False),
    "rhubarbwu": Definition(_means_etf, _scores_etf, divided=False, weighted=False),
}
