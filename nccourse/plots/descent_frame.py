"""One moment of a descent: weights and features in the plane, and how far down the objective has come."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from nccourse import checks
from nccourse.errors import InputTypeError
from nccourse.plots.arrays import Array, array, class_labels
from nccourse.plots.style import COLOURS, THEORY, class_colour, class_marker, new_figure


def descent_frame(
    W: Any,
    features: Any,
    labels: Any,
    *,
    steps: Any,
    objective: Any,
    at: int,
    levels: Mapping[str, float] | None = None,
    reach: float | None = None,
) -> Figure:
    """Draw weights as arrows and features as marks, to one scale, beside the objective up to one step.

    Args:
        W: weights in the plane, (K, 2).
        features: in the plane, (N, 2).
        labels: class of each feature, (N,).
        steps: of the whole descent, (T,).
        objective: at these steps, (T,).
        at: which of the T is drawn; the curve is solid up to it.
        levels: name -> value of the objective, dashed.
        reach: half the width of the plane; None takes what holds all arrows and marks.

    Returns:
        A figure of one size, its limits fixed by ``steps``, ``objective``, ``levels`` and ``reach``, so that
        moments of one descent can be frames of an animation.

    Raises:
        InputTypeError: not numbers, or ``levels`` not a mapping.
        InputValueError: shapes that do not fit, not finite, or ``at`` outside the descent.

    >>> W = [[1.0, 0.0], [-1.0, 0.0]]
    >>> figure = descent_frame(W, W, [0, 1], steps=[0, 1], objective=[2.0, 1.0], at=1)
    """
    W = array("W", W, ("K", 2))
    features = array("features", features, ("N", 2))
    kinds = class_labels(labels, len(features), len(W))
    steps = array("steps", steps, ("T",))
    objective = array("objective", objective, steps.shape)
    at = checks.integer("at", at, minimum=0, maximum=len(steps) - 1)
    if levels is not None and not isinstance(levels, Mapping):
        raise InputTypeError("levels", expected="a dict from names to values", got=type(levels).__name__)
    if reach is None:
        reach = 1.15 * float(np.abs(np.concatenate([W, features])).max()) or 1.0
    figure, (plane, curve) = new_figure(1, 2, width=8.6, height=4.0)
    _plane(plane, W, features, kinds, checks.real("reach", reach, above=0))
    _curve(curve, steps, objective, at, dict(levels or {}))
    return figure


def _plane(ax: Axes, W: Array, features: Array, kinds: Any, reach: float) -> None:
    for k, (x, y) in enumerate(W):
        ax.plot([0, x], [0, y], color=class_colour(k), linewidth=2)
        mine = features[kinds == k]
        hollow: dict[str, Any] = {"markersize": 9, "markerfacecolor": "none", "markeredgewidth": 1.6}
        ax.plot(*mine.T, linestyle="none", color=class_colour(k), marker=class_marker(k), **hollow)
    ax.plot([], [], color=COLOURS["grey"], linewidth=2, label="weight")
    look: dict[str, Any] = {"linestyle": "none", "color": COLOURS["grey"], "markerfacecolor": "none"}
    ax.plot([], [], marker="o", markersize=9, label="feature", **look)
    ax.set(xlim=(-reach, reach), ylim=(-reach, reach), aspect="equal")
    ax.set(xlabel="first axis (no unit)", ylabel="second axis (no unit)")
    ax.legend(fontsize=8.5, loc="upper left")


def _curve(ax: Axes, steps: Array, objective: Array, at: int, levels: dict[str, float]) -> None:
    ax.plot(steps, objective, color=COLOURS["grey"], linewidth=0.8, alpha=0.6)
    ax.plot(steps[: at + 1], objective[: at + 1], color=COLOURS["blue"], linewidth=2)
    ax.plot(steps[at], objective[at], "o", color=COLOURS["blue"])
    for index, (name, value) in enumerate(levels.items()):
        colour = COLOURS[("black", "vermillion", "green", "purple")[index % 4]]
        ax.axhline(checks.real(f"levels[{name!r}]", value), color=colour, label=name, **THEORY)
    heights = np.concatenate([objective, list(levels.values())])
    low, span = float(heights.min()), float(np.ptp(heights)) or 1.0
    ax.set_ylim(low - 0.06 * span, low + (1.06 + 0.12 * len(levels)) * span)  # room for the legend above
    ax.set(xlabel="step of gradient descent", ylabel="objective (nats)")
    if levels:
        ax.legend(fontsize=8.5, loc="upper right")
