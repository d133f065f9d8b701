"""Final scores and biases over the scale, with the values they have at collapse."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from matplotlib.figure import Figure

from nccourse.errors import InputValueError
from nccourse.plots.arrays import array
from nccourse.plots.style import COLOURS, THEORY, new_figure

LOOKS = {"positive": ("blue", "o", "positive score"), "negative": ("vermillion", "s", "negative score")}
LOOKS["bias"] = ("green", "^", "bias")
_LINEAR_WITHIN = 1.0


def scores_by_scale(
    panels: Mapping[str, Mapping[str, Any]], theory: Mapping[str, Mapping[str, Any]], *, columns: int = 2
) -> Figure:
    """Plot mean and standard deviation of scores and biases over γ, one panel a training.

    Args:
        panels: title -> {"scale": (T,), "positive": (mean, sd), "negative": (mean, sd), "bias": (mean, sd)},
            mean and sd (T,) each; nan leaves a gap.
        theory: title -> {"scale": (S,), "positive": (S,), ...}, drawn dashed; what is left out is not drawn.
        columns: panels side by side, >= 1.

    Returns:
        The figure, both axes logarithmic beyond 1.

    Raises:
        InputTypeError: not numbers.
        InputValueError: no panel, or wrong lengths.

    >>> level = ([1.0, 2.0], [0.1, 0.1])
    >>> panel = {"scale": [1.0, 2.0], "positive": level, "negative": level, "bias": level}
    >>> figure = scores_by_scale({"CE": panel}, {"CE": {"scale": [1.0, 2.0], "positive": [1.0, 2.0]}})
    """
    if not panels:
        raise InputValueError("panels", expected="at least one", got="none")
    columns = min(columns, len(panels))
    rows = -(-len(panels) // columns)
    figure, axes = new_figure(rows, columns, width=4.2 * columns + 0.4, height=3.0 * rows + 0.4)
    for ax, (title, panel) in zip(axes, panels.items(), strict=False):
        scale = array("scale", panel["scale"], ("T",))
        for name, (colour, marker, label) in LOOKS.items():
            mean, deviation = (array(name, part, scale.shape, finite=False) for part in panel[name])
            look: dict[str, Any] = {"color": COLOURS[colour], "label": label, "markersize": 4, "capsize": 2}
            ax.errorbar(scale, mean, deviation, fmt=marker, **look)
            expected = theory.get(title, {}).get(name)
            if expected is not None:
                at = array("scale", theory[title]["scale"], ("S",))
                ax.plot(at, array(name, expected, at.shape), color=COLOURS[colour], **THEORY)
        ax.set(title=title, xlabel="scale γ (no unit)", ylabel="score (no unit)", xscale="log")
        ax.set_yscale("symlog", linthresh=_LINEAR_WITHIN)
    for ax in axes[len(panels) :]:
        ax.set_visible(False)
    axes[0].legend(fontsize=8, framealpha=0.85)
    return figure
