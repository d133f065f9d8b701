"""A scene drawn flat, from a direction one can change."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from nccourse.plots.arrays import Array
from nccourse.plots.scene import Scene, rotation
from nccourse.plots.style import class_colour, class_marker, new_figure

_MOST_EDGES_OF = 5


class SceneView:
    """The artists of a scene, made once and moved at each change of the view.

    Args:
        ax: axes to draw in; ticks and frame are taken away.
        num_classes: the most classes a scene will have, >= 2.
    """

    def __init__(self, ax: Axes, num_classes: int) -> None:
        ax.set_axis_off()
        ax.set(xlim=(-1, 1), ylim=(-1, 1), aspect="equal")
        self._edges = LineCollection([], colors="#BBBBBB", linewidths=0.8, zorder=1)
        ax.add_collection(self._edges)
        self._dots = [_dots(ax, k) for k in range(num_classes)]
        self._weights = [_arrow(ax, k, hollow=True) for k in range(num_classes)]
        self._means = [_arrow(ax, k, hollow=False) for k in range(num_classes)]
        self._names = [ax.text(0, 0, str(k), ha="center", va="center") for k in range(num_classes)]

    @property
    def artists(self) -> list[Artist]:
        """Everything that moves."""
        return [self._edges, *self._dots, *self._weights, *self._means, *self._names]

    def update(self, scene: Scene, azimuth: float, elevation: float) -> None:
        """Show ``scene`` from ``azimuth`` and ``elevation``, in degrees."""
        view = rotation(azimuth, elevation).T / scene.reach
        seen = scene.means @ view
        self._edges.set_segments(_edges(seen))
        for k, dots in enumerate(self._dots):
            dots.set_data(*(scene.dots[scene.labels == k] @ view)[:, :2].T)
        _point(self._means, seen)
        _point(self._weights, np.zeros((0, 3)) if scene.weights is None else scene.weights @ view)
        for k, name in enumerate(self._names):
            name.set_visible(k < len(seen))
            if k < len(seen):
                name.set_position(_beyond(seen[k]))
                name.set_zorder(4 + seen[k, 2])


def scene_figure(scene: Scene, *, azimuth: float = 35.0, elevation: float = 25.0) -> Figure:
    """Draw a scene: means as solid arrows, weights as dashed ones with open ends, features as dots.

    Args:
        scene: from :func:`~nccourse.plots.scene.make_scene`.
        azimuth: of the viewer, in degrees.
        elevation: of the viewer, in degrees.

    Returns:
        A square figure.
    """
    figure, (ax,) = new_figure(width=4.2, height=4.2)
    SceneView(ax, len(scene.means)).update(scene, azimuth, elevation)
    return figure


def _dots(ax: Axes, k: int) -> Line2D:
    return ax.plot([], [], class_marker(k), color=class_colour(k), markersize=2.5, alpha=0.45, zorder=2)[0]


def _arrow(ax: Axes, k: int, *, hollow: bool) -> Line2D:
    look: dict[str, Any] = {"color": class_colour(k), "marker": class_marker(k), "markevery": [1]}
    if hollow:
        look |= {"linestyle": (0, (4, 2)), "markerfacecolor": "none", "markersize": 11}
    return ax.plot([0, 0], [0, 0], linewidth=1.8, **look)[0]


def _point(arrows: list[Line2D], tips: Array) -> None:
    for k, arrow in enumerate(arrows):
        arrow.set_visible(k < len(tips))
        if k < len(tips):
            x, y, depth = tips[k]
            arrow.set_data([0, x], [0, y])
            arrow.set_zorder(4 + depth)
            arrow.set_alpha(float(np.clip(0.75 + 0.35 * depth, 0.35, 1.0)))


def _edges(seen: Array) -> list[Array]:
    if len(seen) > _MOST_EDGES_OF:
        return []
    first, second = np.triu_indices(len(seen), 1)
    return list(np.stack([seen[first, :2], seen[second, :2]], axis=1))


def _beyond(tip: Array) -> tuple[float, float]:
    """Place a name outside its arrow's tip, also when the arrow points at the viewer."""
    length = float(np.hypot(tip[0], tip[1]))
    direction = tip[:2] / length if length > 0.05 else np.array([0.0, 1.0])
    x, y = tip[:2] + 0.11 * direction
    return float(x), float(y)
