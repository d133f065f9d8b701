"""The pictures of the network laboratory that no other widget has: NC1 to NC4 so far, and the class means."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection

from nccourse.plots.arrays import Array
from nccourse.plots.scene import Scene, make_scene, principal_axes
from nccourse.plots.scene_view import SceneView
from nccourse.plots.style import COLOURS, MARKERS
from nccourse.widgets.live_network import Frame

CURVES = {"nc1": "blue", "nc2": "vermillion", "nc3": "green", "nc4": "purple"}
_LOWEST, _HIGHEST = -4, 2
_BELOW_LEGEND = 10.0
_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_ENDS = (10, 20, 50, 100, 200, 500)
_MOST_POINTS = 120


class CollapseCurves:
    """NC1 to NC4 against epochs on one log axis, zeros at its foot, and a line wherever a control changed."""

    def __init__(self, ax: Axes) -> None:
        self._ax = ax
        self._lines = {
            name: ax.plot([], [], color=COLOURS[colour], marker=marker, markersize=3.5, label=name.upper())[0]
            for (name, colour), marker in zip(CURVES.items(), MARKERS, strict=False)
        }
        self._changes = LineCollection([], colors=COLOURS["grey"], linestyles=":", linewidths=1.2)
        ax.add_collection(self._changes, autolim=False)
        ax.set(
            yscale="log", ylim=(10.0**_LOWEST, 10.0**_HIGHEST), xlim=(0, _ENDS[0]), title="Collapse so far"
        )
        ax.set(xlabel="epoch", ylabel="NC1 to NC4 (no unit), 0 at the foot")
        powers = range(_LOWEST, _HIGHEST + 1)
        # Plain text: the parser of mathematical text is not made for two threads.
        labels = [f"10{str(power).translate(_SUPERSCRIPT)}" for power in powers]
        ax.set_yticks([10.0**power for power in powers], labels)
        ax.set_yticks([], minor=True)
        ax.legend(fontsize=8.5, loc="upper right", ncols=4, columnspacing=0.8, handletextpad=0.3)

    @property
    def artists(self) -> list[Artist]:
        """What moves."""
        return [self._changes, *self._lines.values()]

    def update(self, rows: Sequence[dict[str, object]]) -> bool:
        """Show the rows measured so far; return whether the horizontal axis, not drawn by this, changed."""
        epochs: Array = np.array([row["epoch"] for row in rows], dtype=np.float64)
        shown = np.unique(np.linspace(0, len(rows) - 1, _MOST_POINTS).round().astype(int))
        for name, line in self._lines.items():
            values: Array = np.array([rows[i][name] for i in shown], dtype=np.float64)
            line.set_data(epochs[shown], np.maximum(values, 10.0**_LOWEST))
        made_with = [(row["trained_with"], row["scale"], row["learning_rate"]) for row in rows]
        changed = [epochs[i] for i in range(len(rows) - 1) if made_with[i] != made_with[i + 1]]
        self._changes.set_segments(
            [np.array([[at, 10.0**_LOWEST], [at, _BELOW_LEGEND]]) for at in changed if at > 0]
        )
        before = self._ax.get_xlim()
        return self._ax.set_xlim(0, next(end for end in _ENDS if end >= epochs[-1])) != before


class LiveMeans:
    """Class means, weights and features in 3-D, along axes that turn as little as they can between frames."""

    def __init__(self, ax: Axes, most_classes: int) -> None:
        ax.set_title("Class means (filled), weights (open)", fontsize=11)
        self._view = SceneView(ax, most_classes)
        self._axes: Array | None = None
        self._scene: tuple[Frame, Scene] | None = None

    @property
    def artists(self) -> list[Artist]:
        """Everything that moves."""
        return self._view.artists

    def update(self, frame: Frame, azimuth: float, elevation: float) -> float:
        """Show a frame; return the fraction of the means' squared length that is in view."""
        if self._scene is None or self._scene[0] is not frame:
            self._scene = (frame, self._project(frame))
        self._view.update(self._scene[1], azimuth, elevation)
        return self._scene[1].shown

    def _project(self, frame: Frame) -> Scene:
        axes = principal_axes(frame.means)
        if self._axes is not None:
            # The rotation within the three axes that brings them nearest to those of the frame before.
            left, _, right = np.linalg.svd(axes.T @ self._axes)
            axes = axes @ (left @ right)
        self._axes = axes
        return make_scene(frame.means, frame.weights, features=frame.features, labels=frame.labels, axes=axes)
