"""Final scores and biases of a few trainings side by side, with the values that theory has for them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from nccourse.errors import InputValueError
from nccourse.plots.arrays import array
from nccourse.plots.scores_by_scale import LOOKS
from nccourse.plots.style import COLOURS, THEORY, new_figure

_HALF_WIDTH = 0.4


def score_levels(
    panels: Mapping[str, Mapping[str, Any]],
    theory: Mapping[str, Mapping[str, Any]],
    *,
    xlabel: str,
    columns: int = 2,
) -> Figure:
    """Plot mean and standard deviation of scores and biases, one place a setting, one panel a group.

    Args:
        panels: title -> {"settings": T texts, "positive": (mean, sd), "negative": (mean, sd), "bias": (mean,
            sd)}, mean and sd (T,) each; nan leaves a gap.
        theory: title -> {"positive": one number or (T,), ...}, drawn dashed; what is left out is not drawn.
        xlabel: what the settings are, and their unit.
        columns: panels side by side, >= 1.

    Returns:
        The figure.

    Raises:
        InputTypeError: not numbers.
        InputValueError: no panel, or wrong lengths.

    >>> level = ([1.0, 2.0], [0.1, 0.1])
    >>> panel = {"settings": ["0", "10"], "positive": level, "negative": level, "bias": level}
    >>> figure = score_levels({"CE": panel}, {"CE": {"positive": 1.0}}, xlabel="initial mean (no unit)")
    """
    if not panels:
        raise InputValueError("panels", expected="at least one", got="none")
    columns = min(columns, len(panels))
    rows = -(-len(panels) // columns)
    figure, axes = new_figure(rows, columns, width=4.2 * columns + 0.4, height=2.8 * rows + 0.4)
    for ax, (title, panel) in zip(axes, panels.items(), strict=False):
        at = np.arange(len(panel["settings"]))
        for name, (colour, marker, label) in LOOKS.items():
            mean, deviation = (array(name, part, at.shape, finite=False) for part in panel[name])
            look: dict[str, Any] = {"color": COLOURS[colour], "label": label, "markersize": 5, "capsize": 2}
            ax.errorbar(at, mean, deviation, fmt=marker, **look)
            expected = theory.get(title, {}).get(name)
            if expected is not None:
                level = array(f"theory of {name}", np.broadcast_to(expected, at.shape), at.shape)
                ax.hlines(level, at - _HALF_WIDTH, at + _HALF_WIDTH, color=COLOURS[colour], **THEORY)
        ax.set_xticks(at, panel["settings"])
        ax.set(title=title, xlabel=xlabel, ylabel="score (no unit)")
    for ax in axes[len(panels) :]:
        ax.set_visible(False)
    axes[0].legend(fontsize=8, framealpha=0.85)
    return figure
