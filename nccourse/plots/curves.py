"""Measured curves with the theory beside them: the figure most lessons need."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from nccourse import checks
from nccourse.errors import InputTypeError, InputValueError
from nccourse.plots.arrays import Array, array
from nccourse.plots.style import COLOURS, MARKERS, THEORY, new_figure

SCALES = ("linear", "log", "symlog")
_ORDER = ("blue", "vermillion", "green", "orange", "purple", "sky", "grey", "black")
_MOST_MARKERS = 25


def curves(
    x: Any,
    measured: Mapping[str, Any] | None = None,
    *,
    theory: Mapping[str, Any] | None = None,
    points: Mapping[str, Any] | None = None,
    marks: str = "solved",
    xlabel: str,
    ylabel: str,
    title: str = "",
    xscale: str = "linear",
    yscale: str = "linear",
) -> Figure:
    """Plot curves over one axis, theory dashed.

    A name that occurs in several of ``measured``, ``theory`` and ``points`` has one colour in all.

    Args:
        x: where the curves are given, (T,).
        measured: name -> values (T,), drawn solid with markers; NaN leaves a gap.
        theory: name -> values (T,) or one number, drawn dashed.
        points: name -> (x, y), each (P,), drawn as markers alone, e.g. solved models on a theory curve.
        marks: what the points are, added to their names in the legend; "" adds nothing.
        xlabel: quantity and unit.
        ylabel: quantity and unit.
        title: above the axes.
        xscale: "linear", "log" or "symlog" (linear within 1 of zero).
        yscale: the same.

    Returns:
        The figure.

    Raises:
        InputTypeError: not numbers, or not a mapping.
        InputValueError: wrong length, unknown scale, or nothing to draw.

    >>> figure = curves([1, 2], {"CE": [1.0, 0.5]}, theory={"CE": 0.5}, xlabel="epoch", ylabel="loss (nats)")
    """
    groups = [_mapping(*pair) for pair in (("measured", measured), ("theory", theory), ("points", points))]
    names = list(dict.fromkeys(name for group in groups for name in group))
    if not names:
        raise InputValueError("measured", expected="a curve here, in theory or in points", got="none")
    x = array("x", x, ("T",))
    figure, (ax,) = new_figure()
    for index, name in enumerate(names):
        look = {"color": COLOURS[_ORDER[index % len(_ORDER)]], "marker": MARKERS[index % len(MARKERS)]}
        _draw(ax, x, name, [group.get(name) for group in groups], marks, look)
    _label(ax, "x", xlabel, checks.choice("xscale", xscale, SCALES))
    _label(ax, "y", ylabel, checks.choice("yscale", yscale, SCALES))
    ax.set_title(title)
    ax.legend(fontsize=9, framealpha=0.85)
    return figure


def measured_line(ax: Axes, x: Array, y: Array, look: Mapping[str, Any], label: str) -> None:
    """Draw a measured curve: solid, with at most about 25 markers."""
    every = max(1, len(x) // _MOST_MARKERS)
    ax.plot(x, y, markevery=every, markersize=4, linewidth=1.6, label=label, **look)


def _mapping(name: str, value: Any) -> dict[str, Any]:
    if value is not None and not isinstance(value, Mapping):
        raise InputTypeError(name, expected="a dict from names to values", got=type(value).__name__)
    return dict(value or {})


def _draw(ax: Axes, x: Array, name: str, values: list[Any], marks: str, look: dict[str, Any]) -> None:
    measured, theory, points = values
    if measured is not None:
        measured_line(ax, x, array(f"measured[{name!r}]", measured, x.shape, finite=False), look, name)
    if points is not None:
        at, y = array(f"points[{name!r}]", points, (2, "P"))
        ax.plot(at, y, linestyle="none", markersize=6, label=", ".join(filter(None, (name, marks))), **look)
    if theory is not None:
        level = np.broadcast_to(theory, x.shape) if np.ndim(theory) == 0 else theory
        level = array(f"theory[{name!r}]", level, x.shape, finite=False)
        ax.plot(x, level, color=look["color"], label=f"{name}, theory", zorder=4, **THEORY)


def _label(ax: Axes, axis: str, label: str, scale: str) -> None:
    options = {"linthresh": 1.0} if scale == "symlog" else {}
    ax.set(**{f"{axis}label": label})
    getattr(ax, f"set_{axis}scale")(scale, **options)
