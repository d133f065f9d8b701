"""A function of two variables as a map, with directions drawn on it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.colors import BoundaryNorm
from matplotlib.figure import Figure

from nccourse.errors import InputTypeError, InputValueError
from nccourse.plots.arrays import array
from nccourse.plots.style import COLOURS, THEORY, new_figure

_LEVELS = 17
_ORDER = ("vermillion", "blue", "green", "purple")


def contours(
    x: Any,
    y: Any,
    values: Any,
    *,
    xlabel: str,
    ylabel: str,
    value: str,
    lines: Mapping[str, Any] | None = None,
    title: str = "",
) -> Figure:
    """Draw level lines of a function, at equal shares of the area, and straight lines through the origin.

    Args:
        x: first variable, (m,).
        y: second variable, (n,).
        values: the function, (n, m), not constant: rows go with y.
        xlabel: quantity and unit.
        ylabel: quantity and unit.
        value: what the function is, and its unit.
        lines: name -> direction (2,), drawn dashed through the origin.
        title: above the axes.

    Returns:
        The figure, with one scale on both axes.

    Raises:
        InputTypeError: not numbers, or ``lines`` not a mapping.
        InputValueError: shapes that do not fit, not finite, or all values equal.

    >>> figure = contours([0, 1], [0, 1], [[0, 1], [1, 2]], xlabel="x", ylabel="y", value="x + y")
    """
    x, y = array("x", x, ("m",)), array("y", y, ("n",))
    values = array("values", values, (len(y), len(x)))
    if np.ptp(values) == 0:
        raise InputValueError("values", expected="at least two different ones", got=f"only {values[0, 0]:g}")
    if lines is not None and not isinstance(lines, Mapping):
        raise InputTypeError("lines", expected="a dict from names to directions", got=type(lines).__name__)
    figure, (ax,) = new_figure(width=5.4, height=4.4)
    # Equal shares of the area lie between the lines, so that a shallow hollow shows beside a steep wall.
    heights = np.unique(np.quantile(values, np.linspace(0, 1, _LEVELS)))
    shades = BoundaryNorm(heights, 256)
    filled = ax.contourf(x, y, values, heights, cmap="Greys", norm=shades, alpha=0.6)
    ax.contour(x, y, values, heights, colors=COLOURS["grey"], linewidths=0.5)
    figure.colorbar(filled, ax=ax, label=value, format="%.2f")
    reach = 2 * max(np.ptp(x), np.ptp(y))
    for index, (name, direction) in enumerate((lines or {}).items()):
        dx, dy = array(f"lines[{name!r}]", direction, (2,)) * reach
        ax.plot([-dx, dx], [-dy, dy], color=COLOURS[_ORDER[index % len(_ORDER)]], label=name, **THEORY)
    ax.set(xlim=(x.min(), x.max()), ylim=(y.min(), y.max()), aspect="equal", title=title)
    ax.set(xlabel=xlabel, ylabel=ylabel)
    if lines:
        ax.legend(fontsize=9, framealpha=0.85, loc="upper left")
    return figure
