"""Class means, weights and features brought into the three dimensions that show most of the means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nccourse import checks
from nccourse.errors import InputValueError
from nccourse.plots.arrays import Array, array, class_labels

MOST_DOTS = 600


@dataclass(frozen=True)
class Scene:
    """What a 3-D picture draws: coordinates on three orthonormal axes.

    Args:
        means: class means from their centre, (K, 3), mean squared length at most 1.
        weights: class weights to a scale of their own, (K, 3), or None.
        dots: at most 600 features, (N, 3), on the scale of ``means``.
        labels: class of each dot, (N,).
        shown: fraction of the means' squared length the three axes keep, 0..1; 1 when K <= 4.
    """

    means: Array
    weights: Array | None
    dots: Array
    labels: NDArray[np.int64]
    shown: float

    @property
    def reach(self) -> float:
        """Distance from the centre that holds all arrows with their names, and nearly all dots."""
        tips = self.means if self.weights is None else np.concatenate([self.means, self.weights])
        furthest = float(np.linalg.norm(tips, axis=1).max())
        if len(self.dots):
            furthest = max(furthest, float(np.quantile(np.linalg.norm(self.dots, axis=1), 0.98)))
        return 1.25 * furthest


def make_scene(
    class_means: Any, W: Any = None, *, features: Any = None, labels: Any = None, axes: Any = None
) -> Scene:
    """Centre, scale and project class means, weights and features.

    Means and features are taken from the mean of the means and divided by the means' root mean square length;
    weights are divided by their own.

    Args:
        class_means: (K, d), K >= 2.
        W: weights, (K, d), or None.
        features: (N, d), or None.
        labels: (N,), required with ``features``.
        axes: (d, 3) orthonormal columns, one set for all frames of an animation; None takes the means'
            :func:`principal_axes`.

    Returns:
        The scene.

    Raises:
        InputTypeError: not numbers.
        InputValueError: wrong shape, not finite, or all class means equal.

    >>> make_scene([[1.0, 0.0], [-1.0, 0.0]]).means.round(1).tolist()
    [[1.0, 0.0, 0.0], [-1.0, 0.0, 0.0]]
    """
    means = array("class_means", class_means, ("K", "d"))
    num_classes, dim = means.shape
    if num_classes < 2:
        raise InputValueError("class_means", expected="at least two classes", got=str(num_classes))
    centre = means.mean(axis=0)
    means = means - centre
    length = root_mean_square(means)
    if length == 0:
        raise InputValueError("class_means", expected="means that differ", got="all equal")
    axes = principal_axes(means) if axes is None else array("axes", axes, (dim, 3))
    dots, kinds = np.zeros((0, 3)), np.zeros(0, dtype=np.int64)
    if features is not None:
        dots = array("features", features, ("N", dim))
        kinds = class_labels(labels, len(dots), num_classes)
        dots = (dots - centre) @ axes / length
    weights = None if W is None else array("W", W, (num_classes, dim))
    if weights is not None:
        weights = weights @ axes / (root_mean_square(weights) or 1.0)
    few = slice(None, None, -(-len(dots) // MOST_DOTS) or 1)
    means = means @ axes / length
    return Scene(means, weights, dots[few], kinds[few], root_mean_square(means) ** 2)


def principal_axes(class_means: Any) -> Array:
    """Find the three directions that keep most of the centred means' squared length.

    Args:
        class_means: (K, d); for an animation, those of the last step.

    Returns:
        (d, 3), orthonormal columns, the strongest first; columns beyond min(K, d) are zero. Each is turned so
        that the first mean at least half as far along it as the furthest has a positive coordinate.

    Raises:
        InputTypeError: not numbers.
        InputValueError: wrong shape or not finite.

    >>> principal_axes([[0.0, 2.0], [0.0, -2.0]])[:, 0].round(9).tolist()
    [0.0, 1.0]
    """
    means = array("class_means", class_means, ("K", "d"))
    means = means - means.mean(axis=0)
    right = np.linalg.svd(means, full_matrices=False)[2][:3].T
    axes = np.zeros((means.shape[1], 3))
    axes[:, : right.shape[1]] = right
    along = means @ axes
    # Not the furthest mean: of two equally far ones, rounding would choose.
    far = np.abs(along) >= 0.5 * np.abs(along).max(axis=0)
    signs = np.sign(along[far.argmax(axis=0), range(3)])
    return axes * np.where(signs == 0, 1.0, signs)


def root_mean_square(vectors: Array) -> float:
    """Return sqrt(mean of the rows' squared lengths)."""
    return float(np.sqrt((vectors**2).sum(axis=1).mean()))


def rotation(azimuth: float, elevation: float) -> Array:
    """Return the (3, 3) rotation whose rows are the viewer's right, up and toward-the-viewer directions.

    Args:
        azimuth: turn about the third axis, in degrees.
        elevation: of the viewer above the plane of the first two axes, in degrees.

    Returns:
        R with R Rᵀ = I and det R = 1; a point p is seen at ``R @ p``.

    >>> (rotation(30, 90) @ [0, 0, 1]).round(9).tolist()
    [0.0, 0.0, 1.0]
    """
    a, e = (np.deg2rad(checks.real(*pair)) for pair in (("azimuth", azimuth), ("elevation", elevation)))
    toward = [np.cos(e) * np.cos(a), np.cos(e) * np.sin(a), np.sin(e)]
    right = [-np.sin(a), np.cos(a), 0.0]
    up = [-np.sin(e) * np.cos(a), -np.sin(e) * np.sin(a), np.cos(e)]
    return np.array([right, up, toward])
