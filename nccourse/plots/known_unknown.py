"""Scores of known and unknown images, one panel for each network."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from nccourse import checks
from nccourse.errors import InputTypeError, InputValueError
from nccourse.plots.arrays import array
from nccourse.plots.style import NEGATIVE, POSITIVE, THEORY, new_figure

_BINS = 40


def known_unknown(
    panels: Mapping[str, tuple[Any, Any]], *, theory: Mapping[str, float] | None = None, xlabel: str
) -> Figure:
    """Draw the distributions of a score over known and over unknown images, panels in rows of two.

    Each histogram sums to 1; all panels have the same axis.

    Args:
        panels: title -> (scores of known images, scores of unknown images), any shapes.
        theory: title -> the score of known images at collapse, dashed.
        xlabel: of the score, with its unit.

    Returns:
        The figure.

    Raises:
        InputTypeError: not numbers, or not a mapping.
        InputValueError: no panel, or scores that are empty or not finite.

    >>> figure = known_unknown({"CE": ([0.9, 1.0], [0.2, 0.6])}, theory={"CE": 1.0}, xlabel="cosine")
    """
    if not isinstance(panels, Mapping):
        raise InputTypeError("panels", expected="a dict from titles to pairs", got=type(panels).__name__)
    if not panels:
        raise InputValueError("panels", expected="at least one panel", got="none")
    levels = {name: checks.real(f"theory[{name!r}]", value) for name, value in (theory or {}).items()}
    scores = {title: [_flat(title, part) for part in pair] for title, pair in panels.items()}
    everything = np.concatenate([*(part for pair in scores.values() for part in pair), [*levels.values()]])
    margin = 0.03 * (np.ptp(everything) or 1.0)
    edges = np.linspace(everything.min() - margin, everything.max() + margin, _BINS + 1).tolist()
    rows = -(-len(panels) // 2)
    figure, axes = new_figure(rows, min(2, len(panels)), width=8.8, height=2.5 * rows + 0.2)
    for ax, (title, pair) in zip(axes, scores.items(), strict=False):
        for part, colour, hatch, name in zip(
            pair, (POSITIVE, NEGATIVE), ("", "//"), ("known", "unknown"), strict=True
        ):
            weights = np.full(len(part), 1 / len(part))
            look: dict[str, Any] = {"facecolor": colour, "edgecolor": colour, "alpha": 0.45, "hatch": hatch}
            ax.hist(part, bins=edges, weights=weights, label=name, **look)
        if title in levels:
            ax.axvline(levels[title], color=POSITIVE, label="known, at collapse", **THEORY)
        ax.set(title=title, xlabel=xlabel, ylabel="fraction of images")
    for spare in axes[len(panels) :]:
        spare.set_visible(False)
    axes[0].legend(fontsize=8)
    return figure


def _flat(title: str, value: Any) -> Any:
    if hasattr(value, "detach"):
        value = value.detach().cpu()
    scores = array(f"panels[{title!r}]", np.ravel(value), ("N",))
    if not len(scores):
        raise InputValueError(f"panels[{title!r}]", expected="at least one score", got="none")
    return scores
