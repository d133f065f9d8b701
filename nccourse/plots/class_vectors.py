"""Class means, weights and features in the plane, with the simplex ETF beneath them."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from nccourse import geometry
from nccourse.plots.arrays import Array
from nccourse.plots.scene import Scene, make_scene
from nccourse.plots.style import COLOURS, THEORY, class_colour, class_marker, new_figure

_REACH = 1.6


def class_vectors(
    class_means: Any,
    W: Any = None,
    *,
    features: Any = None,
    labels: Any = None,
    axes: Any = None,
    title: str = "",
) -> Figure:
    """Draw class means (solid) and weights (open ends) in the plane that shows most of the means.

    Means are taken from their centre and scaled to root mean square length 1, weights likewise. For K = 2 and
    3, where the plane holds them all, the simplex ETF nearest to the means is drawn dashed.

    Args:
        class_means: (K, d), K >= 2.
        W: weights, (K, d), or None.
        features: (N, d), or None; thinned to 600.
        labels: (N,), required with ``features``.
        axes: :func:`principal_axes` of the last step, for the frames of an animation; None takes this step's.
        title: above the axes.

    Returns:
        A square figure; fixed limits, so that figures of one run can be frames of an animation.

    Raises:
        InputTypeError: not numbers.
        InputValueError: wrong shape, not finite, or all class means equal.

    >>> figure = class_vectors([[1.0, 0.0], [-0.5, 0.9], [-0.5, -0.9]])
    """
    scene = make_scene(class_means, W, features=features, labels=labels, axes=axes)
    figure, (ax,) = new_figure(width=4.4, height=4.4)
    if len(scene.means) <= 3:
        _etf(ax, scene.means)
    for k in range(len(scene.means)):
        _class(ax, scene, k)
    span = (-_REACH, _REACH)
    ax.set(xlim=span, ylim=span, aspect="equal", title=title)
    ax.set(xlabel="first principal axis (rms length of the means)", ylabel="second principal axis")
    _legend(ax, scene)
    return figure


def _etf(ax: Axes, means: Array) -> None:
    nearest = geometry.nearest_etf(torch.from_numpy(means), norm=1.0).numpy()
    for x, y, _ in nearest:
        ax.plot([0, x], [0, y], color="black", zorder=3, **THEORY)
    ax.plot(*np.vstack([nearest, nearest[:1]])[:, :2].T, color="black", linewidth=0.8, linestyle=":")


def _class(ax: Axes, scene: Scene, k: int) -> None:
    look: dict[str, Any] = {"color": class_colour(k), "marker": class_marker(k)}
    dots = scene.dots[scene.labels == k]
    ax.plot(dots[:, 0], dots[:, 1], linestyle="none", markersize=3, alpha=0.4, **look)
    if scene.weights is not None:
        x, y, _ = scene.weights[k]
        hollow: dict[str, Any] = {"markerfacecolor": "none", "markersize": 12, "markeredgewidth": 1.6}
        ax.plot([0, x], [0, y], markevery=[1], linewidth=1, linestyle="-.", **look, **hollow)
    x, y, _ = scene.means[k]
    ax.plot([0, x], [0, y], markevery=[1], markersize=7, linewidth=2, **look)


def _legend(ax: Axes, scene: Scene) -> None:
    grey: dict[str, Any] = {"color": COLOURS["grey"], "marker": "o"}
    ax.plot([], [], markersize=7, linewidth=2, label="class mean", **grey)
    if scene.weights is not None:
        ax.plot([], [], markersize=11, linestyle="-.", markerfacecolor="none", label="class weight", **grey)
    if len(scene.dots):
        ax.plot([], [], markersize=3, linestyle="none", label="feature", **grey)
    if len(scene.means) <= 3:
        ax.plot([], [], color="black", label="simplex ETF", **THEORY)
    ax.legend(fontsize=8, loc="upper right", framealpha=0.85)
