"""Class means, weights and features in space, with the simplex ETF they converge to: paper E's Figure 1."""

from __future__ import annotations

from typing import Any

import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from nccourse import checks, geometry
from nccourse.plots.scene import Scene, make_scene, rotation
from nccourse.plots.scene_view import SceneView
from nccourse.plots.style import COLOURS, new_figure

_MOST_CLASSES = 4  # whose simplex ETF three dimensions hold


def class_space(
    class_means: Any,
    W: Any = None,
    *,
    features: Any = None,
    labels: Any = None,
    azimuth: float = 35.0,
    elevation: float = 25.0,
    title: str = "",
) -> Figure:
    """Draw class means (solid), weights (dashed, open ends) and features (dots) in space, as a still picture.

    Means are taken from their centre and scaled to root mean square length 1, weights likewise, and shown on
    the means' three principal axes. Up to K = 4 the vertices of the simplex ETF nearest to the means are
    drawn in black.

    Args:
        class_means: (K, d), K >= 2.
        W: weights, (K, d), or None.
        features: (N, d), or None; thinned to 600.
        labels: (N,), required with ``features``.
        azimuth: of the viewer, in degrees.
        elevation: of the viewer, in degrees.
        title: above the picture.

    Returns:
        A square figure.

    Raises:
        InputTypeError: not numbers.
        InputValueError: wrong shape, not finite, or all class means equal.

    Source: paper E, Figure 1, for K = 4, d = 3.

    >>> figure = class_space([[1, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]])
    """
    azimuth, elevation = checks.real("azimuth", azimuth), checks.real("elevation", elevation)
    scene = make_scene(class_means, W, features=features, labels=labels)
    figure, (ax,) = new_figure(width=4.4, height=4.4)
    SceneView(ax, len(scene.means)).update(scene, azimuth, elevation)
    if len(scene.means) <= _MOST_CLASSES:
        _vertices(ax, scene, azimuth, elevation)
    ax.set_title(title)
    _legend(ax, scene)
    return figure


def _vertices(ax: Axes, scene: Scene, azimuth: float, elevation: float) -> None:
    etf = geometry.nearest_etf(torch.from_numpy(scene.means), norm=1.0).numpy()
    seen = etf @ rotation(azimuth, elevation).T / scene.reach
    ax.plot(seen[:, 0], seen[:, 1], "o", color="black", markersize=9, zorder=3, label="vertex of the ETF")


def _legend(ax: Axes, scene: Scene) -> None:
    grey: dict[str, Any] = {"color": COLOURS["grey"], "marker": "o"}
    ax.plot([], [], linewidth=1.8, label="class mean", **grey)
    if scene.weights is not None:
        hollow: dict[str, Any] = {"linestyle": (0, (4, 2)), "markerfacecolor": "none", "markersize": 10}
        ax.plot([], [], label="class weight", **grey, **hollow)
    if len(scene.dots):
        ax.plot([], [], linestyle="none", markersize=3, label="feature", **grey)
    ax.legend(fontsize=8, loc="upper right", framealpha=0.85)
