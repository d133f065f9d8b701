"""What pulls and pushes a feature before a fixed classifier in the plane: paper E's Figure 2."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle
from matplotlib.quiver import Quiver

from nccourse import checks
from nccourse.errors import InputTypeError, InputValueError
from nccourse.plots.arrays import Array, array
from nccourse.plots.style import COLOURS, THEORY, class_colour, new_figure

TOTAL = "sum"
_FORCE_COLOURS = ("purple", "vermillion", "sky", "grey", "orange")  # the first three classes have others
_REACH = 1.75


def pull_push(
    classifier: Any,
    feature: Any,
    target: int,
    forces: Mapping[str, Mapping[str, Any]],
    *,
    feature_norm: float = 1.0,
) -> Figure:
    """Draw a feature, the classifier and the forces on the feature, one panel for each loss.

    The feature is drawn in units of sqrt(E_H), forces and weights in units of sqrt(E_W), the longest weight.
    Where a loss has several forces their sum, the negative gradient, is drawn too. The optimum, on the dashed
    sphere in the direction of the feature's own weight, is marked.

    Args:
        classifier: W (K, 2), K >= 2, no row of zeros.
        feature: h (2,).
        target: class of the feature, in [0, K).
        forces: loss -> {force -> (2,)}, e.g. {"CE": {"pull": ..., "push": ...}, "DR": {"pull": ...}}; at most
            five forces a loss.
        feature_norm: sqrt(E_H) > 0.

    Returns:
        A figure with one square panel for each loss.

    Raises:
        InputTypeError: not numbers, or ``forces`` not a mapping of mappings.
        InputValueError: a wrong shape, target or feature_norm, a weight of length 0, or no or too many
            forces.

    Source: paper E, Figure 2.

    >>> W = [[1.0, 0.0], [-0.5, 0.87], [-0.5, -0.87]]
    >>> figure = pull_push(W, [0.0, 1.0], 0, {"DR": {"pull": [1.0, 0.0]}})
    """
    W = array("classifier", classifier, ("K", 2))
    h = array("feature", feature, (2,))
    lengths = np.linalg.norm(W, axis=1)
    if lengths.min() == 0.0:
        raise InputValueError("classifier", expected="no row of zeros", got="one")
    target = checks.integer("target", target, minimum=0, maximum=len(W) - 1)
    radius = checks.real("feature_norm", feature_norm, above=0)
    panels = {loss: _arrows(f"forces[{loss!r}]", named) for loss, named in _mapping("forces", forces).items()}
    figure, axes = new_figure(1, len(panels), width=4.4 * len(panels), height=4.5)
    for ax, (loss, arrows) in zip(axes, panels.items(), strict=True):
        view = ForceView(ax, len(W), list(arrows), title=loss)
        scaled = {name: arrow / lengths.max() for name, arrow in arrows.items()}
        view.update(W / lengths.max(), h / radius, target, scaled)
    return figure


class ForceView:
    """The artists of one panel, made once and moved at each change of the feature.

    Args:
        ax: axes to draw in.
        num_classes: K.
        names: of the forces, at most five; several get their sum.
        title: above the axes.
    """

    def __init__(self, ax: Axes, num_classes: int, names: Sequence[str], *, title: str = "") -> None:
        ax.add_patch(Circle((0, 0), 1, fill=False, color=COLOURS["grey"], **THEORY))
        grey: dict[str, Any] = {"color": COLOURS["grey"], "alpha": 0.9}
        self._weights = [_quiver(ax, class_colour(k), width=0.006) for k in range(num_classes)]
        self._names = [ax.text(0, 0, f"w{k}", ha="center", va="center") for k in range(num_classes)]
        self._optimum = ax.plot([], [], "o", markerfacecolor="none", markersize=13, **grey)[0]
        self._forces = {
            name: _quiver(ax, COLOURS[colour], width=0.014)
            for name, colour in zip(names, _FORCE_COLOURS, strict=False)
        }
        self._total = _quiver(ax, COLOURS["black"], width=0.009) if len(names) > 1 else None
        self._feature = ax.plot([], [], "ko", markersize=7)[0]
        span = (-_REACH, _REACH)
        ax.set(xlim=span, ylim=span, aspect="equal", title=title)
        ax.set(xlabel="feature in √E_H, forces in √E_W", ylabel="same units")
        self._legend(ax)

    @property
    def artists(self) -> list[Artist]:
        """Everything that moves."""
        total = [] if self._total is None else [self._total]
        arrows = [*self._weights, *self._forces.values(), *total]
        return [*arrows, *self._names, self._optimum, self._feature]

    def update(self, weights: Array, feature: Array, target: int, forces: Mapping[str, Array]) -> None:
        """Show the forces (2,) on ``feature`` (2,), all scaled; ``target`` is the feature's class."""
        for arrow, label, (x, y) in zip(self._weights, self._names, weights, strict=True):
            _point(arrow, np.zeros(2), np.array([x, y]))
            label.set_position((1.16 * x, 1.16 * y))
        own = weights[target] / np.linalg.norm(weights[target])
        self._optimum.set_data(*own[:, None])
        self._feature.set_data(*feature[:, None])
        for name, arrow in self._forces.items():
            _point(arrow, feature, forces[name])
        if self._total is not None:
            _point(self._total, feature, np.sum(list(forces.values()), axis=0))

    def _legend(self, ax: Axes) -> None:
        line: dict[str, Any] = {"linewidth": 3}
        for name, arrow in self._forces.items():
            ax.plot([], [], color=arrow.get_facecolor(), label=name, **line)
        if self._total is not None:
            ax.plot([], [], color="black", label=TOTAL, **line)
        ax.plot([], [], "ko", label="feature h")
        ax.plot([], [], "o", color=COLOURS["grey"], markerfacecolor="none", markersize=10, label="optimum h*")
        ax.legend(fontsize=8.5, loc="upper right", framealpha=0.85)


def _quiver(ax: Axes, colour: str, *, width: float) -> Quiver:
    exact: dict[str, Any] = {"angles": "xy", "scale_units": "xy", "scale": 1.0}
    return ax.quiver([0.0], [0.0], [0.0], [0.0], color=colour, width=width, zorder=3, **exact)


def _point(arrow: Quiver, start: Array, vector: Array) -> None:
    arrow.set_offsets(start[None])
    arrow.set_UVC(vector[:1], vector[1:])


def _arrows(name: str, value: Any) -> dict[str, Array]:
    return {force: array(f"{name}[{force!r}]", arrow, (2,)) for force, arrow in _mapping(name, value).items()}


def _mapping(name: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise InputTypeError(name, expected="a dict by name", got=type(value).__name__)
    if not 1 <= len(value) <= len(_FORCE_COLOURS):
        raise InputValueError(name, expected=f"1 to {len(_FORCE_COLOURS)} entries", got=str(len(value)))
    return dict(value)
