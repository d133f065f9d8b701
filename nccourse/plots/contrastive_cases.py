"""Where φ(t) + c|t| is least, for several prices c: paper C's Figures 9 and 10."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from nccourse import checks
from nccourse.errors import InputTypeError, InputValueError
from nccourse.plots.arrays import Array, array
from nccourse.plots.style import COLOURS, THEORY, new_figure

_ORDER = ("blue", "vermillion", "green", "orange", "purple", "sky")
_CONTRAST = "contrast t (logit units)"


def contrastive_cases(
    t: Any, phi: Any, slope: Any, prices: Mapping[str, float], *, title: str = ""
) -> Figure:
    """Plot the slope of φ against prices c, and beside it φ(t) + c|t| with its lowest point for each.

    On the left a curve crosses a dashed price where φ(t) - c t is stationary: from below at a minimum, from
    above at a maximum. On the right the same prices have the same colours.

    Args:
        t: contrasts from negative to 0, strictly increasing, the last one 0, (T,).
        phi: φ(t), (T,).
        slope: φ'(t), (T,).
        prices: name -> c > 0, at most six. Paper C draws the first in blue, the second in red, the third in
            green.
        title: above the figure.

    Returns:
        A figure of two axes.

    Raises:
        InputTypeError: not numbers, or prices not a mapping.
        InputValueError: wrong lengths, contrasts out of order, no price or too many, a price not positive.

    Source:
        Paper C, Figures 9 and 10, of which we have the captions and the text. Differs by drawing computed
        curves.

    >>> t = np.linspace(-40, 0, 200)
    >>> xi = 1 + 9 * np.exp(t / 9)
    >>> figure = contrastive_cases(t, np.log(xi), (1 - 1 / xi) / 9, {"stays": 0.2, "leaves": 0.02})
    """
    t = _contrasts(t)
    phi, slope = array("phi", phi, t.shape), array("slope", slope, t.shape)
    named = list(zip(_checked(prices).items(), _ORDER, strict=False))
    figure, (left, right) = new_figure(1, 2, width=9.0, height=3.6)
    left.plot(t, slope, color=COLOURS["black"], label="slope of φ")
    for (name, price), colour in named:
        left.axhline(price, color=COLOURS[colour], label=f"c = {price:.3g}", **THEORY)
        _priced(right, t, phi - price * t, COLOURS[colour], name)
    left.set(xlabel=_CONTRAST, ylabel="slope φ′(t) (nats per logit)")
    right.set(xlabel=_CONTRAST, ylabel="φ(t) + c|t| − φ(0) (nats)")
    left.legend(fontsize=8.5)
    right.legend(fontsize=8.5)
    figure.suptitle(title, fontsize=11)
    return figure


def _priced(ax: Axes, t: Array, objective: Array, colour: str, name: str) -> None:
    excess = objective - objective[-1]
    lowest = int(np.argmin(excess))
    ax.plot(t, excess, color=colour, label=name)
    ax.plot(t[lowest], excess[lowest], "*", color=colour, markersize=11, clip_on=False)


def _contrasts(t: Any) -> Array:
    found = array("t", t, ("T",))
    if (np.diff(found) <= 0).any() or found[-1] != 0:
        got = f"values from {found[0]:g} to {found[-1]:g}"
        raise InputValueError("t", expected="increasing contrasts that end at 0", got=got)
    return found


def _checked(prices: Any) -> dict[str, float]:
    if not isinstance(prices, Mapping):
        raise InputTypeError("prices", expected="a dict from names to prices", got=type(prices).__name__)
    if not 1 <= len(prices) <= len(_ORDER):
        expected = f"one to {len(_ORDER)} prices"
        raise InputValueError("prices", expected=expected, got=str(len(prices)))
    return {name: checks.real(f"prices[{name!r}]", price, above=0) for name, price in prices.items()}
