"""The three pictures of the γ explorer: scores against γ, their distribution at γ, the loss against γ."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import StepPatch

from nccourse.plots.arrays import Array
from nccourse.plots.style import COLOURS, NEGATIVE, POSITIVE, THEORY
from nccourse.widgets.solved_scores import SCALES, SolvedScores, Theory

_BINS = 40
_FLOOR = 1e-16
_SPAN = (SCALES[0] / 1.2, SCALES[-1] * 1.2)


class ScoresOverScale:
    """Scores and bias against γ: theory dashed, every solved score a mark at the present γ."""

    def __init__(self, ax: Axes) -> None:
        self._curves = [_theory(ax, colour) for colour in (POSITIVE, NEGATIVE)] + [_dotted(ax)]
        self._marks = [_marks(ax, POSITIVE, "o"), _marks(ax, NEGATIVE, "s"), _marks(ax, "black", "D")]
        self._separation = ax.axvline(1.0, color=COLOURS["grey"], linewidth=1.0)
        ax.set_xscale("log")
        ax.set_yscale("symlog", linthresh=1.0)
        ax.set(xlim=_SPAN, ylim=(-100, 100), title="Scores against γ")
        ax.set(xlabel="scale γ", ylabel="score, bias (logit units)")

    @property
    def artists(self) -> list[Artist]:
        """What moves."""
        return [self._separation, *self._curves, *self._marks]

    def update(self, scale: float, curves: Theory, solved: SolvedScores, separation: float | None) -> None:
        """Show the theory of a setting and the scores solved at ``scale``."""
        for line, values in zip(self._curves, (curves.positive, curves.negative, curves.bias), strict=True):
            line.set_data(SCALES, values)
        for mark, values in zip(self._marks, (solved.positive, solved.negative, solved.bias), strict=True):
            mark.set_data(np.full(values.size, scale), values.ravel())
        self._separation.set_visible(separation is not None)
        self._separation.set_xdata([separation or 1.0] * 2)


class ScoreDistributions:
    """Histograms of the scores at γ, solved and at a random start, on the theory's lines."""

    def __init__(self, ax: Axes) -> None:
        self._ax = ax
        self._start = _steps(ax, COLOURS["grey"], None)
        self._positive = _steps(ax, POSITIVE, "//")
        self._negative = _steps(ax, NEGATIVE, "..")
        self._lines = [ax.axvline(0, color=colour, **THEORY) for colour in (POSITIVE, NEGATIVE)]
        self._lines.append(ax.axvline(0, color="black", linestyle=":", linewidth=2))
        self._bias = _marks(ax, "black", "D")
        ax.set(ylim=(0, 1.05), title="Scores at this γ", ylabel="fraction of scores")
        ax.set_xlabel("score (logit units)")
        # A tick costs about as much as a curve, and this axis is drawn at every move.
        ax.locator_params(axis="x", nbins=4)

    @property
    def artists(self) -> list[Artist]:
        """What moves, the horizontal axis too, as its limits follow the scores."""
        return [self._ax.xaxis, self._start, self._positive, self._negative, *self._lines, self._bias]

    def update(self, here: Theory, solved: SolvedScores) -> None:
        """Show the distributions with ``here``, the theory at this γ."""
        marks = [float(here.positive[0]), float(here.negative[0]), float(here.bias[0])]
        groups = [solved.start_positive, solved.start_negative, solved.positive, solved.negative]
        everything = np.concatenate([group.ravel() for group in groups] + [solved.bias, np.array(marks)])
        low, high = float(np.nanmin(everything)), float(np.nanmax(everything))
        margin = 0.06 * (high - low)
        edges = np.linspace(low - margin, high + margin, _BINS + 1)
        start = np.concatenate([solved.start_positive, solved.start_negative.ravel()])
        for steps, scores in zip(
            (self._start, self._positive, self._negative), (start, *groups[2:]), strict=True
        ):
            steps.set_data(np.histogram(scores, edges)[0] / scores.size, edges)
        for line, mark in zip(self._lines, marks, strict=True):
            line.set_xdata([mark, mark])
        self._bias.set_data(solved.bias, np.full(solved.bias.size, 0.5))
        self._ax.set_xlim(edges[0], edges[-1])


class LossOverScale:
    """The loss against γ: the lower bound dashed, the solved model a mark upon it."""

    def __init__(self, ax: Axes) -> None:
        self._bound = _theory(ax, "black")
        self._mark = _marks(ax, COLOURS["green"], "D")
        ax.set_xscale("log")
        ax.set_yscale("log")
        ax.set(xlim=_SPAN, ylim=(_FLOOR, 30), title="Loss against γ")
        ax.set(xlabel="scale γ", ylabel="loss (nats)")

    @property
    def artists(self) -> list[Artist]:
        """What moves."""
        return [self._bound, self._mark]

    def update(self, scale: float, curves: Theory, objective: float) -> None:
        """Show the lower bound of a setting and the loss solved at ``scale``, at the bottom if below it."""
        self._bound.set_data(SCALES, curves.minimum)
        self._mark.set_data([scale], [max(objective, _FLOOR)])


def legend_entries() -> list[Artist]:
    """Return one entry for everything the three pictures share."""
    look: dict[str, Any] = {"linestyle": "none", "markersize": 5}
    return [
        Line2D([], [], color=POSITIVE, label="positive score, theory", **THEORY),
        Line2D([], [], color=POSITIVE, marker="o", label="solved", **look),
        Line2D([], [], color=NEGATIVE, label="negative score, theory", **THEORY),
        Line2D([], [], color=NEGATIVE, marker="s", label="solved", **look),
        Line2D([], [], color="black", linestyle=":", linewidth=2, label="bias b*, theory"),
        Line2D([], [], color="black", marker="D", label="solved", **look),
        Line2D([], [], color="black", label="lower bound of the loss", **THEORY),
        Line2D([], [], color=COLOURS["green"], marker="D", label="solved", **look),
        Line2D([], [], color=COLOURS["grey"], linewidth=4, alpha=0.5, label="scores at a random start"),
        Line2D([], [], color=COLOURS["grey"], linewidth=1, label="b* separates to the right"),
    ]


def _theory(ax: Axes, colour: str) -> Line2D:
    return ax.plot([], [], color=colour, **THEORY)[0]


def _dotted(ax: Axes) -> Line2D:
    return ax.plot([], [], color="black", linestyle=":", linewidth=2)[0]


def _marks(ax: Axes, colour: str, marker: str) -> Line2D:
    return ax.plot([], [], marker, color=colour, markersize=5, alpha=0.8)[0]


def _steps(ax: Axes, colour: str, hatch: str | None) -> StepPatch:
    edges: Array = np.arange(_BINS + 1.0)
    return ax.stairs(
        np.zeros(_BINS), edges, fill=True, facecolor=colour + "66", edgecolor=colour, hatch=hatch
    )
