"""One look for every figure: colours anyone can tell apart, markers as a second channel, dashed theory.

Figures are built from :class:`matplotlib.figure.Figure` itself, never through pyplot, so nothing is kept
alive behind the caller's back and no global setting changes.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from nccourse import checks

# Okabe and Ito, "Color Universal Design" (2008). Yellow is left out: it vanishes on white.
COLOURS = MappingProxyType(
    {
        "blue": "#0072B2",
        "orange": "#E69F00",
        "green": "#009E73",
        "vermillion": "#D55E00",
        "sky": "#56B4E9",
        "purple": "#CC79A7",
        "grey": "#6B6B6B",
        "black": "#000000",
    }
)
CLASS_COLOURS = ("blue", "orange", "green", "vermillion", "sky", "purple", "grey", "black")
MARKERS = "osD^vP*Xp<>h"
THEORY: dict[str, Any] = {"linestyle": (0, (5, 2.5)), "linewidth": 1.4}
BELOW: dict[str, Any] = {"loc": "upper center", "bbox_to_anchor": (0.5, -0.16), "frameon": False}
"""Where a legend stands that no line of its axes may cross: under the label of the x axis."""
POSITIVE, NEGATIVE = COLOURS["blue"], COLOURS["vermillion"]


def class_colour(index: int) -> str:
    """Return the colour of class ``index`` (>= 0) as hex; eight colours, then around again.

    >>> class_colour(0) == class_colour(8)
    True
    """
    index = checks.integer("index", index, minimum=0)
    return COLOURS[CLASS_COLOURS[index % len(CLASS_COLOURS)]]


def class_marker(index: int) -> str:
    """Return the marker of class ``index`` (>= 0); colour and marker together repeat after 24 classes.

    >>> class_marker(0)
    'o'
    """
    return MARKERS[checks.integer("index", index, minimum=0) % len(MARKERS)]


def new_figure(
    rows: int = 1, columns: int = 1, *, width: float = 6.4, height: float = 3.6
) -> tuple[Figure, list[Axes]]:
    """Make a figure of ``rows`` x ``columns`` axes in the course's style.

    Args:
        rows: axes above each other, >= 1.
        columns: axes side by side, >= 1.
        width: of the whole figure, in inches, > 0.
        height: of the whole figure, in inches, > 0.

    Returns:
        The figure and its axes, row by row.

    >>> figure, (left, right) = new_figure(columns=2)
    """
    rows = checks.integer("rows", rows, minimum=1)
    columns = checks.integer("columns", columns, minimum=1)
    size = (checks.real("width", width, above=0), checks.real("height", height, above=0))
    figure = Figure(figsize=size, layout="constrained")
    axes = [ax for ax in np.ravel(figure.subplots(rows, columns)) if isinstance(ax, Axes)]
    for ax in axes:
        dress(ax)
    return figure, axes


def dress(ax: Axes) -> None:
    """Give axes the course's style: light grid, no box, readable sizes."""
    ax.grid(visible=True, color="#DDDDDD", linewidth=0.6)
    ax.set_axisbelow(True)
    ax.spines[["top", "right"]].set_visible(False)
    ax.tick_params(labelsize=9, color="#888888")
    ax.xaxis.label.set_fontsize(10)
    ax.yaxis.label.set_fontsize(10)
    ax.title.set_fontsize(11)
