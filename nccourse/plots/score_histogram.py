"""Decision scores of the right class and of the others, and the bias between them."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from nccourse import checks
from nccourse.plots.arrays import Array, array
from nccourse.plots.style import NEGATIVE, POSITIVE, THEORY, new_figure

_BINS = 60


def score_histogram(
    positive: Any,
    negative: Any,
    *,
    bias: float | None = None,
    theory: tuple[float, float] | None = None,
    theory_bias: float | None = None,
    title: str = "",
) -> Figure:
    """Draw the distributions of positive scores w_y·h and negative scores w_k·h, k != y.

    Each histogram sums to 1, so that K-1 times as many negative scores do not drown the positive ones.

    Args:
        positive: scores of the right class, any shape, e.g. (N,).
        negative: scores of the other classes, any shape, e.g. (N, K-1).
        bias: b, the threshold the model uses; solid line.
        theory: (positive, negative) scores at the minimum; dashed lines.
        theory_bias: b at the minimum; dotted line.
        title: above the axes.

    Returns:
        The figure.

    Raises:
        InputTypeError: not numbers.
        InputValueError: empty or not finite.

    >>> figure = score_histogram([4.0, 5.0], [[-1.0], [0.5]], bias=2.0, theory=(5.0, -5.0))
    """
    found = _flat("positive", positive), _flat("negative", negative)
    lines = array("theory", (), (0,)) if theory is None else array("theory", theory, (2,))
    biases = [
        checks.real(name, value)
        for name, value in (("bias", bias), ("theory_bias", theory_bias))
        if value is not None
    ]
    figure, (ax,) = new_figure(width=7.6, height=3.2)
    _histograms(ax, *found, np.concatenate([lines, biases]))
    for line, colour, name in zip(lines, (POSITIVE, NEGATIVE), ("positive", "negative"), strict=False):
        ax.axvline(line, color=colour, label=f"{name}, theory: {line:.3g}", **THEORY)
    if theory_bias is not None:
        ax.axvline(
            theory_bias, color="black", linestyle=":", linewidth=2, label=f"b, theory: {theory_bias:.3g}"
        )
    if bias is not None:
        ax.axvline(bias, color="black", linewidth=1.2, label=f"b: {bias:.3g}")
    ax.set(xlabel="decision score without bias (logit units)", ylabel="fraction of scores", title=title)
    figure.legend(fontsize=9, loc="outside right upper")
    return figure


def _flat(name: str, value: Any) -> Array:
    if hasattr(value, "detach"):
        value = value.detach().cpu()
    return array(name, np.ravel(value), ("N",))


def _histograms(ax: Axes, positive: Array, negative: Array, marks: Array) -> None:
    everything = np.concatenate([positive, negative, marks])
    margin = 0.04 * (np.ptp(everything) or 1.0)
    edges = np.linspace(everything.min() - margin, everything.max() + margin, _BINS + 1).tolist()
    for values, colour, hatch, name in (
        (positive, POSITIVE, "//", "positive"),
        (negative, NEGATIVE, "..", "negative"),
    ):
        weights = np.full(len(values), 1 / len(values))
        look: dict[str, Any] = {
            "facecolor": colour + "55",
            "edgecolor": colour,
            "hatch": hatch,
            "histtype": "stepfilled",
        }
        ax.hist(values, edges, weights=weights, label=f"{name} scores", **look)
