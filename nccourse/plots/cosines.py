"""Pairwise cosines as a heat map."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from nccourse.errors import InputValueError
from nccourse.plots.arrays import Array, array
from nccourse.plots.style import new_figure

_MOST_NUMBERS = 10
_HALF_RANGE = 0.5


def cosines(
    vectors: Any, others: Any = None, *, title: str = "", names: tuple[str, str] = ("class", "class")
) -> Figure:
    """Draw cos(x_j, y_k) = x_j·y_k / (‖x_j‖ ‖y_k‖) for all pairs, with -1/(K-1) marked on the colour bar.

    White is the ETF's cosine; orange is below, purple above it. Up to K = 10 every cell shows its number. A
    vector of length zero has cosine 0.

    Args:
        vectors: x (K, d), K >= 2; as given, not centred.
        others: y (K, d), or None for the vectors themselves.
        title: above the axes.
        names: what the rows and columns are.

    Returns:
        The figure. At collapse: 1 on the diagonal, -1/(K-1) off it.

    Raises:
        InputTypeError: not numbers.
        InputValueError: wrong shape, not finite, or K < 2.

    >>> figure = cosines([[1.0, 0.0], [-1.0, 0.0]])
    """
    rows = array("vectors", vectors, ("K", "d"))
    num_classes = len(rows)
    if num_classes < 2:
        raise InputValueError("vectors", expected="at least two", got=str(num_classes))
    columns = rows if others is None else array("others", others, rows.shape)
    values = _unit(rows) @ _unit(columns).T
    figure, (ax,) = new_figure(width=5.0, height=4.2)
    best = -1 / (num_classes - 1)
    image = ax.imshow(values, cmap="PuOr", vmin=best - _HALF_RANGE, vmax=best + _HALF_RANGE)
    ax.grid(visible=False)
    ax.set(
        xlabel=names[1], ylabel=names[0], title=title, xticks=_ticks(num_classes), yticks=_ticks(num_classes)
    )
    if num_classes <= _MOST_NUMBERS:
        _numbers(ax, values, best)
    bar = figure.colorbar(image, ax=ax, extend="both", label="cosine (no unit)")
    bar.ax.axhline(best, color="black", linewidth=1.4, linestyle=(0, (3, 1.5)))
    ticks = (best - _HALF_RANGE, best, best + _HALF_RANGE)
    bar.set_ticks(ticks, labels=[f"{ticks[0]:.2f}", f"ETF {best:.3f}", f"{ticks[2]:.2f}"])
    return figure


def _unit(vectors: Array) -> Array:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors / np.where(lengths == 0, 1, lengths)


def _ticks(count: int) -> range:
    return range(0, count, max(1, count // 10))


def _numbers(ax: Axes, values: Array, best: float) -> None:
    size = 10 if len(values) <= 5 else 7
    for (row, column), value in np.ndenumerate(values):
        ink = "black" if abs(value - best) < 0.7 * _HALF_RANGE else "white"
        ax.text(column, row, f"{value:z.2f}", ha="center", va="center", color=ink, fontsize=size)
