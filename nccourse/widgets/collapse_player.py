"""Play a recorded run: features gathering, means opening, metrics falling."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ipywidgets
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from nccourse.errors import InputTypeError, InputValueError
from nccourse.plots.arrays import Array, array, class_labels
from nccourse.plots.collapse_curves import metric_panel
from nccourse.plots.scene import Scene, make_scene, principal_axes
from nccourse.plots.scene_view import SceneView
from nccourse.plots.style import COLOURS, dress
from nccourse.widgets import controls
from nccourse.widgets.panel import Panel, Readout
from nccourse.widgets.picture import Picture

MOST_CURVES = 4


def collapse_player(
    steps: Any,
    class_means: Any,
    W: Any,
    *,
    features: Any,
    labels: Any,
    curves: Mapping[str, Any],
    unit: str = "epoch",
) -> CollapsePlayer:
    """Show a recorded run step by step: class means, weights and features in 3-D beside the metrics.

    The 3-D axes are the three principal axes of the last class means throughout, so early snapshots are seen
    in the space where the ETF will stand.

    Args:
        steps: epochs or steps of the snapshots, (T,), increasing.
        class_means: (T, K, d).
        W: weights, (T, K, d).
        features: (T, m, d), a fixed choice of samples; 10 to 40 a class read best.
        labels: class of each of the m samples, (m,).
        curves: one to four metrics, name -> (T,), e.g. "nc1"; NaN leaves a gap.
        unit: what ``steps`` counts.

    Returns:
        A widget: snapshot, play, and two angles to turn it by.

    Raises:
        InputTypeError: not numbers, or ``curves`` not a mapping.
        InputValueError: shapes that do not fit, steps not increasing, no curve or more than four.
    """
    steps = array("steps", steps, ("T",))
    if (np.diff(steps) <= 0).any():
        raise InputValueError("steps", expected="increasing numbers", got="a step back or a repetition")
    scenes = _scenes(len(steps), class_means, W, features, labels)
    return CollapsePlayer(steps, scenes, _checked(curves, len(steps)), unit)


class CollapsePlayer(Panel):
    """The widget; made by :func:`collapse_player`."""

    title = "A run, step by step"
    try_first = "press play, then turn the picture at the last step: which metric fell first?"

    def __init__(self, steps: Array, scenes: list[Scene], curves: dict[str, Array], unit: str) -> None:
        self._steps, self._scenes, self._curves, self._unit = steps, scenes, curves, unit
        figure = Figure(figsize=(8.4, 4.2), layout="constrained")
        grid = figure.add_gridspec(len(curves), 2)
        self._view = SceneView(figure.add_subplot(grid[:, 0]), len(scenes[0].means))
        panels = [figure.add_subplot(grid[row, 1]) for row in range(len(curves))]
        self._markers = [_curve(*each, steps) for each in zip(panels, curves.items(), strict=True)]
        for panel in panels[:-1]:
            panel.tick_params(labelbottom=False)
        panels[-1].set_xlabel(unit)
        last = len(steps) - 1
        snapshot = controls.whole("t", "snapshot", last, 0, last)
        # Its own buttons have no names for a screen reader, so it keeps time unseen and ours start it.
        self._clock = ipywidgets.Play(last, min=0, max=last, interval=200, layout={"display": "none"})
        ipywidgets.jslink((self._clock, "value"), (snapshot, "value"))
        self._play = ipywidgets.Button(tooltip="Play the run from here, or from the start, or pause it")
        self._play.on_click(lambda _: self._clock.set_trait("playing", not self._clock.playing))
        self._clock.observe(lambda _: self._name_play(), names="playing")
        self._name_play()
        super().__init__(
            {
                "snapshot": snapshot,
                "azimuth": controls.linear("α", "turn (degrees)", 35.0, -180.0, 180.0, 5.0),
                "elevation": controls.linear("ε", "tilt (degrees)", 25.0, -90.0, 90.0, 5.0),
            },
            Picture(figure, [*self._view.artists, *self._markers]),
            extra=[self._clock, self._play],
        )

    def reset(self) -> None:
        """Stop, and put every control back to where it started."""
        self._clock.playing = False
        super().reset()

    def draw(self, **values: Any) -> Readout:
        """Show one snapshot and where it stands on the curves."""
        at = values["snapshot"]
        self._view.update(self._scenes[at], values["azimuth"], values["elevation"])
        for marker in self._markers:
            marker.set_xdata([self._steps[at]] * 2)
        readout = {"Snapshot": f"{at + 1} of {len(self._steps)}, {self._unit} {self._steps[at]:g}"}
        readout |= {name.upper(): f"{curve[at]:.4g}" for name, curve in self._curves.items()}
        return readout | {"In view": f"{self._scenes[at].shown:.0%} of the means' squared length"}

    def _name_play(self) -> None:
        self._play.description = "Pause" if self._clock.playing else "Play"


def _curve(ax: Axes, metric: tuple[str, Array], steps: Array) -> Line2D:
    name, curve = metric
    dress(ax)
    metric_panel(ax, steps, curve, name, {"color": COLOURS["blue"], "marker": "."})
    ax.set(title="", ylabel=name.upper())
    return ax.axvline(steps[0], color=COLOURS["vermillion"], linewidth=2)


def _scenes(count: int, class_means: Any, W: Any, features: Any, labels: Any) -> list[Scene]:
    means = array("class_means", class_means, (count, "K", "d"))
    weights = array("W", W, means.shape)
    dots = array("features", features, (count, "m", means.shape[2]))
    kinds = class_labels(labels, dots.shape[1], means.shape[1])
    axes = principal_axes(means[-1])
    return [make_scene(means[t], weights[t], features=dots[t], labels=kinds, axes=axes) for t in range(count)]


def _checked(curves: Any, count: int) -> dict[str, Array]:
    if not isinstance(curves, Mapping):
        raise InputTypeError("curves", expected="a dict from names to values", got=type(curves).__name__)
    if not 1 <= len(curves) <= MOST_CURVES:
        raise InputValueError("curves", expected=f"1 to {MOST_CURVES}", got=str(len(curves)))
    return {
        name: array(f"curves[{name!r}]", values, (count,), finite=False) for name, values in curves.items()
    }
