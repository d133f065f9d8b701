"""Regions of the plane, one colour a class, with the classifier vectors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure

from nccourse.errors import InputValueError
from nccourse.plots.arrays import Array, array
from nccourse.plots.style import class_colour, new_figure

_OPACITY = 0.45


def regions(
    x: Any,
    y: Any,
    maps: Mapping[str, Any],
    vectors: Any,
    *,
    notes: Mapping[str, str] | None = None,
    columns: int = 2,
) -> Figure:
    """Colour each point of the plane by the class whose region it lies in, one panel a map.

    Args:
        x: of the columns, (X,), evenly spaced.
        y: of the rows, (Y,), evenly spaced.
        maps: title -> class of each point, (Y, X); negative for none.
        vectors: classifier vectors, (K, 2), drawn as stars.
        notes: title -> a line below it.
        columns: panels side by side, >= 1.

    Returns:
        The figure.

    Raises:
        InputTypeError: not numbers.
        InputValueError: no map, or wrong shapes.

    >>> figure = regions([0, 1], [0, 1], {"CE": [[0, 1], [0, 1]]}, [[0, 0], [1, 0]])
    """
    if not maps:
        raise InputValueError("maps", expected="at least one", got="none")
    x, y, vectors = array("x", x, ("X",)), array("y", y, ("Y",)), array("vectors", vectors, ("K", 2))
    columns = min(columns, len(maps))
    rows = -(-len(maps) // columns)
    figure, axes = new_figure(rows, columns, width=3.6 * columns, height=3.7 * rows)
    for ax, (title, classes) in zip(axes, maps.items(), strict=False):
        picture = _coloured(array(title, classes, (len(y), len(x))))
        ax.imshow(picture, extent=(x[0], x[-1], y[0], y[-1]), origin="lower", interpolation="nearest")
        for k, (across, up) in enumerate(vectors):
            ax.plot(across, up, "*", color=class_colour(k), markersize=13, markeredgecolor="black")
            ax.annotate(f"$w_{{{k + 1}}}$", (across, up), (7, 5), textcoords="offset points")
        note = (notes or {}).get(title, "")
        ax.set_title(f"{title}\n{note}" if note else title, fontsize=9)
        ax.set(xlabel="first coordinate of h (no unit)", ylabel="second coordinate of h (no unit)")
        ax.grid(visible=False)
    for ax in axes[len(maps) :]:
        ax.set_visible(False)
    return figure


def _coloured(classes: Array) -> Array:
    picture = np.ones((*classes.shape, 4))
    for k in np.unique(classes[classes >= 0]).astype(int):
        picture[classes == k] = to_rgba(class_colour(k), _OPACITY)
    return picture
