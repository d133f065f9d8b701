"""Look at a simplex ETF from all sides, and try in vain to better it."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch
from matplotlib.axes import Axes

from nccourse import checks, geometry
from nccourse.plots.arrays import Array
from nccourse.plots.scene import Scene
from nccourse.plots.scene_view import SceneView
from nccourse.plots.style import COLOURS, THEORY, new_figure
from nccourse.widgets import controls
from nccourse.widgets.panel import Panel, Readout
from nccourse.widgets.picture import Picture

MOST_CLASSES = 12


def etf_viewer(num_classes: int = 4) -> Panel:
    """Show K unit vectors at the largest common angle, their cosines, and what disturbing them does.

    Args:
        num_classes: K to start with, 2..12.

    Returns:
        A widget: K, disturbance σ, and three angles to turn it by. The read-out compares the largest cosine
        with the best possible one, -1/(K-1).

    Raises:
        InputTypeError: K is not an integer.
        InputValueError: K outside 2..12.

    >>> etf_viewer(4).readout["Largest cosine"]
    '-0.3333, an angle of 109.47°'
    """
    return _ETFViewer(num_classes)


class _ETFViewer(Panel):
    title = "The simplex ETF"
    try_first = (
        "raise the disturbance σ, for K = 3, 4, 8: the largest cosine never falls below the dashed line."
    )

    def __init__(self, num_classes: int) -> None:
        num_classes = checks.integer("num_classes", num_classes, minimum=2, maximum=MOST_CLASSES)
        figure, (space, line) = new_figure(1, 2, width=8.4, height=4.0)
        self._view = SceneView(space, MOST_CLASSES)
        self._cosines = _CosineStrip(line)
        generator = np.random.default_rng(0)
        self._noise = [generator.normal(size=(k, k - 1)) for k in range(2, MOST_CLASSES + 1)]
        super().__init__(
            {
                "num_classes": controls.whole("K", "number of vectors", num_classes, 2, MOST_CLASSES),
                "noise": controls.linear("σ", "disturbance", 0.0, 0.0, 1.0, 0.02),
                "azimuth": controls.linear("α", "turn (degrees)", 35.0, -180.0, 180.0, 5.0),
                "elevation": controls.linear("ε", "tilt (degrees)", 25.0, -90.0, 90.0, 5.0),
                "hidden": controls.linear("φ", "turn in hidden axes", 0.0, 0.0, 90.0, 5.0),
            },
            Picture(figure, [*self._view.artists, *self._cosines.artists]),
        )

    def draw(self, **values: Any) -> Readout:
        """Show the disturbed ETF from the chosen side."""
        num_classes = values["num_classes"]
        vectors = self._vectors(num_classes, values["noise"])
        axes = _axes(num_classes, values["hidden"])
        seen = vectors @ axes
        shown = float((seen**2).sum() / num_classes)
        scene = Scene(seen, None, np.zeros((0, 3)), np.zeros(0, dtype=np.int64), shown)
        self._view.update(scene, values["azimuth"], values["elevation"])
        pairs = (vectors @ vectors.T)[np.triu_indices(num_classes, 1)]
        self._cosines.update(pairs, -1 / (num_classes - 1))
        return _readout(num_classes, pairs, vectors, shown)

    def _vectors(self, num_classes: int, noise: float) -> Array:
        etf: Array = geometry.simplex_etf(num_classes, num_classes - 1).numpy()
        disturbed = etf + noise * self._noise[num_classes - 2] / math.sqrt(num_classes - 1)
        lengths: Array = np.linalg.norm(disturbed, axis=1, keepdims=True)
        return disturbed / lengths


class _CosineStrip:
    """All pairwise cosines on a line, spread vertically so that equal ones can be counted."""

    def __init__(self, ax: Axes) -> None:
        look: dict[str, Any] = {"linestyle": "none", "markersize": 5}
        self._pairs = ax.plot([], [], "o", color=COLOURS["blue"], alpha=0.6, label="a pair", **look)[0]
        self._largest = ax.plot([], [], "D", color=COLOURS["vermillion"], label="largest cosine", **look)[0]
        self._best = ax.axvline(-1, color="black", label="best possible, −1/(K−1)", ymax=0.9, **THEORY)
        ax.set(xlim=(-1.05, 1.05), ylim=(-0.05, 1.35), xlabel="cosine of a pair (no unit)", yticks=[])
        ax.set_ylabel("pairs, from first to last")
        ax.legend(
            fontsize=8, loc="upper center", ncols=3, columnspacing=0.8, handletextpad=0.3, handlelength=1.6
        )
        self.artists = [self._best, self._pairs, self._largest]

    def update(self, pairs: Array, best: float) -> None:
        heights = (np.arange(len(pairs)) + 0.5) / len(pairs)
        self._pairs.set_data(pairs, heights)
        top = int(pairs.argmax())
        self._largest.set_data(pairs[top : top + 1], heights[top : top + 1])
        self._best.set_xdata([best, best])


def _axes(num_classes: int, degrees: float) -> Array:
    """Return three orthonormal directions (d, 3), turned by an angle towards the three after them."""
    etf = geometry.simplex_etf(num_classes, num_classes - 1).numpy()
    harmonics = _harmonics(num_classes)
    shown = np.zeros((num_classes, 3))
    shown[:, : min(3, num_classes - 1)] = harmonics[:, :3]
    hidden = harmonics[:, 3:6]
    angle = math.radians(degrees)
    turned = hidden.shape[1]
    shown[:, :turned] = math.cos(angle) * shown[:, :turned] + math.sin(angle) * hidden
    axes: Array = math.sqrt((num_classes - 1) / num_classes) * etf.T @ shown
    return axes


def _harmonics(num_classes: int) -> Array:
    """Return orthonormal columns (K, K-1) that sum to zero: cosines and sines, the slowest first.

    Seen along the first two, the vertices of the ETF are those of a regular polygon.
    """
    turns = 2 * math.pi * np.arange(num_classes) / num_classes
    waves = [wave(order * turns) for order in range(1, num_classes // 2 + 1) for wave in (np.cos, np.sin)]
    columns: Array = np.stack(waves[: num_classes - 1], axis=1)
    lengths: Array = np.linalg.norm(columns, axis=0)
    return columns / lengths


def _readout(num_classes: int, pairs: Array, vectors: Array, shown: float) -> Readout:
    best = -1 / (num_classes - 1)
    dim = num_classes - 1
    view = "everything" if dim <= 3 else f"3 of {dim} dimensions, {shown:.0%} of the squared length"
    return {
        "Vectors": f"{num_classes} of length 1 in {dim} dimensions, {len(pairs)} pairs",
        "Best possible": f"−1/{dim} = {best:.4f}, an angle of {_degrees(best):.2f}°",
        "Largest cosine": f"{pairs.max():.4f}, an angle of {_degrees(float(pairs.max())):.2f}°",
        "Smallest cosine": f"{pairs.min():.4f}",
        "Distance from an ETF": f"{geometry.etf_distance(torch.from_numpy(vectors)):.4f}",
        "In view": view,
    }


def _degrees(cosine: float) -> float:
    return math.degrees(math.acos(min(1.0, max(-1.0, cosine))))
