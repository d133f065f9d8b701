"""NC1 to NC4 falling over training."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter

from nccourse.errors import InputTypeError, InputValueError
from nccourse.plots.arrays import Array, array
from nccourse.plots.curves import measured_line
from nccourse.plots.style import COLOURS, MARKERS, THEORY, new_figure

MEANINGS = {
    "nc1": "NC1: spread within classes",
    "nc2": "NC2: distance from an ETF",
    "nc3": "NC3: weights against means",
    "nc4": "NC4: against the nearest mean",
}
UNITS = {"nc1": "variance ratio", "nc2": "distance", "nc3": "distance", "nc4": "fraction of samples"}


def collapse_curves(
    steps: Any, metrics: Mapping[str, Any], *, mark: float | None = None, xlabel: str = "epoch"
) -> Figure:
    """Plot the collapse metrics, one panel each, with their value at collapse (0) dashed.

    A metric that is positive throughout and falls tenfold or more has a log axis; there 0 is infinitely far
    down, and the panel says so.

    Args:
        steps: epochs or steps, (T,).
        metrics: "nc1", "nc2", "nc3", "nc4", or any name -> values (T,); NaN leaves a gap.
        mark: a step to mark with a vertical line, e.g. where training accuracy reached 1.
        xlabel: unit of ``steps``.

    Returns:
        Panels in rows of two, in the order of ``metrics``.

    Raises:
        InputTypeError: not numbers, or not a mapping.
        InputValueError: wrong length, or no metric.

    >>> figure = collapse_curves([0, 1, 2], {"nc1": [9.0, 1.0, 0.1], "nc4": [0.5, 0.0, 0.0]})
    """
    if not isinstance(metrics, Mapping):
        raise InputTypeError("metrics", expected="a dict from names to values", got=type(metrics).__name__)
    if not metrics:
        raise InputValueError("metrics", expected="at least one metric", got="none")
    steps = array("steps", steps, ("T",))
    columns = min(2, len(metrics))
    rows = -(-len(metrics) // columns)
    figure, panels = new_figure(rows, columns, width=7.2, height=2.5 * rows)
    for index, (name, values) in enumerate(metrics.items()):
        curve = array(f"metrics[{name!r}]", values, steps.shape, finite=False)
        colour = COLOURS[("blue", "vermillion", "green", "purple")[index % 4]]
        metric_panel(panels[index], steps, curve, name, {"color": colour, "marker": MARKERS[index % 4]})
        panels[index].set_xlabel(xlabel)
        _note_collapse(panels[index])
        if mark is not None:
            panels[index].axvline(mark, color=COLOURS["grey"], linewidth=1, linestyle=":")
    for spare in panels[len(metrics) :]:
        spare.remove()
    return figure


def metric_panel(ax: Axes, steps: Array, curve: Array, name: str, look: Mapping[str, Any]) -> None:
    """Draw one metric over ``steps``: log axis if it falls tenfold and stays positive, else 0 dashed."""
    measured_line(ax, steps, curve, look, name)
    ax.set(title=MEANINGS.get(name, name), ylabel=UNITS.get(name, "value"))
    known = curve[np.isfinite(curve)]
    if len(known) and known.min() > 0 and known.max() > 10 * known.min():
        ax.set_yscale("log")
        ax.yaxis.set_minor_formatter(NullFormatter())
    else:
        ax.axhline(0, color="black", **THEORY)


def _note_collapse(ax: Axes) -> None:
    if ax.get_yscale() == "log":
        corner: dict[str, Any] = {"transform": ax.transAxes, "ha": "right", "va": "top"}
        ax.text(0.98, 0.96, "collapse: 0, below any log axis", fontsize=8, **corner)
    else:
        place: dict[str, Any] = {"xycoords": ("axes fraction", "data"), "textcoords": "offset points"}
        ax.annotate("collapse: 0", (1, 0), (-3, 3), fontsize=8, ha="right", **place)
