"""The four measures of neural collapse, in one call."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor

from nccourse import checks
from nccourse.errors import InputValueError
from nccourse.metrics.agreement import Disagreement
from nccourse.metrics.definitions import DEFINITIONS, CollapseValues, Definition
from nccourse.metrics.moments import (
    ClassMoments,
    class_moments,
    require_labelled,
    residual_blocks,
    rounded_means,
)
from nccourse.metrics.precision import full_precision
from nccourse.metrics.variability import WithinScatter, variability, whitened_directions


def neural_collapse(
    features: Tensor,
    labels: Tensor,
    W: Tensor | None = None,
    *,
    b: Tensor | None = None,
    variant: str = "paperC",
) -> CollapseValues:
    r"""Measure neural collapse of features h_i with labels y_i under the classifier argmax_k(w_k.h - b_k).

    With N samples of K classes, class means m_k, m the mean of all samples, c_k = m_k - m the rows of C,
    Sigma_W = 1/N sum_i (h_i - m_{y_i})(h_i - m_{y_i})' and Sigma_B = 1/K sum_k c_k c_k'::

        nc1 = tr(Sigma_W Sigma_B^+) / K
        nc2 = | WW'/|WW'|_F - (I - 11'/K)/sqrt(K-1) |_F
        nc3 = | WC'/|WC'|_F - (I - 11'/K)/sqrt(K-1) |_F
        nc4 = 1/N #{ i : argmax_k(w_k.h_i - b_k) != argmin_k |h_i - m_k| }      ties to the lowest index

    Eigenvalues of Sigma_B below 1e-10 of the largest count as zero. The input is never modified.

    ======================  ==================  =====================  ==========================  =========
    variant                 nc1                 nc2                    nc3                         m
    ======================  ==================  =====================  ==========================  =========
    ``"paperC"``            as above            as above               as above                    samples
    ``"zhou"``              as above            as above, of W - mean  as above, of W - mean       samples
    ``"papyan"``            K times the above   mean over j != k of    \|W/\|W\| - C/\|C\|\|_F^2   means
                                                \|cos(c_j, c_k)
                                                + 1/(K-1)\|
    ``"rhubarbwu"``         K times the above   as above, of C         as above                    means
    ======================  ==================  =====================  ==========================  =========

    "paperC" is the text of papers C and B (and D's NC1), after Zhu et al. (2021); "zhou" the published code
    of paper C, which first subtracts the mean row of W; "papyan" the public notebook of Papyan, Han and
    Donoho (2020; their article divides nc1 by K); "rhubarbwu" the neural-collapse library. The last column
    says whether m is the mean of the samples or of the class means, which differ for classes of unequal size.

    Args:
        features: h, (N, d), any floating dtype, finite.
        labels: y, (N,) integers in [0, K), each class at least once.
        W: classifier weights, (K, d); None leaves out what needs them, and K is labels.max() + 1.
        b: classifier biases, (K,), *subtracted*; None is 0. For a torch ``nn.Linear`` pass ``b=-layer.bias``.
        variant: the definitions to use, by name.

    Returns:
        ``.nc1 .nc2 .nc3 .nc4``, Python floats: nc1 in [0, inf], nc2 and nc3 in [0, 2], nc4 in [0, 1]; all 0
        at collapse to a simplex ETF with self-dual W. W None: what needs it is nan. All class means equal
        (to rounding): nc1 inf, or nan when there is no spread within classes either, and nc3 nan. W = 0:
        nc2 and nc3 nan.

    Raises:
        InputTypeError: something is not a tensor of the right kind.
        InputValueError: wrong shape, K < 2, an empty class, a label outside [0, K), NaN or infinity.

    Source: paper C, Section 4; NC4 paper E, Section 3.1 (where its first argmin must read argmax).

    Cost: two passes over the features, 2 N d (K-1) flops in their own precision (at least float32), with W
    another 4 N' d K for the N' samples farther from their class mean than a decision boundary; O(K d + K^2)
    memory. Class means and everything K x K are float64: the relative error of nc1 stays below 1e-6 for
    float32 features also when they are collapsed, nearly merged or far off centre.

    >>> import torch
    >>> features = torch.eye(3).repeat(4, 1)
    >>> labels = torch.arange(3).repeat(4)
    >>> layer = torch.nn.Linear(3, 3)
    >>> with torch.no_grad():
    ...     _ = layer.weight.copy_(torch.eye(3) - 1 / 3)
    >>> values = neural_collapse(features, labels, layer.weight, b=-layer.bias)
    >>> f"{values.nc1:.3f} {values.nc2:.3f} {values.nc3:.3f} {values.nc4:.3f}"
    '0.000 0.000 0.000 0.000'
    """
    definition = DEFINITIONS[checks.choice("variant", variant, DEFINITIONS)]
    W, b = require_classifier(W, b)
    features, labels, num_classes = require_labelled(features, labels, None if W is None else len(W))
    if W is not None:
        checks.tensor("W", W, ("K", features.shape[1]), finite=False)
    with full_precision(features.device):
        moments = class_moments(features, labels, num_classes)
        return measure(definition, features, labels, moments, W, b)


def measure(
    definition: Definition,
    features: Tensor,
    labels: Tensor,
    moments: ClassMoments,
    W: Tensor | None = None,
    b: Tensor | None = None,
) -> CollapseValues:
    """Return the four values for checked arguments, in one pass over the features."""
    centred = moments.centred_means(weighted=definition.weighted)
    directions = whitened_directions(centred, moments.negligible)
    within = WithinScatter(directions, moments, features)
    disagreement = None if W is None else Disagreement(moments, W, b, features)
    for block in residual_blocks(features, labels, rounded_means(moments, features)):
        within.add(block)
        if disagreement:
            disagreement.add(block)
    ratio = variability(within.mean(), len(directions), moments)
    return assemble(definition, ratio, W, centred, disagreement.fraction() if disagreement else math.nan)


def assemble(
    definition: Definition, ratio: float, W: Tensor | None, centred_means: Tensor, nc4: float
) -> CollapseValues:
    """Return the four values from NC1's ratio, the classifier, the centred class means and NC4."""
    if not math.isfinite(ratio):  # the class means are equal
        centred_means = torch.zeros_like(centred_means)
    return CollapseValues(
        nc1=ratio if definition.divided else ratio * len(centred_means),
        nc2=definition.nc2(W, centred_means),
        nc3=definition.nc3(W, centred_means),
        nc4=nc4,
    )


def require_classifier(W: Any, b: Any) -> tuple[Tensor | None, Tensor | None]:
    """Return W (K, d) and b (K,) as :func:`require_weights` does; None stays None."""
    if W is None:
        if b is not None:
            raise InputValueError("b", expected="None without W", got="a value", advice="giving W as well")
        return None, None
    W = require_weights("W", W, ("K", "d"))
    return W, None if b is None else require_weights("b", b, (len(W),))


def require_weights(name: str, value: Any, shape: tuple[int | str, ...]) -> Tensor:
    """Return a finite float tensor detached, as float64 on the CPU."""
    return checks.tensor(name, value, shape).detach().cpu().double()
