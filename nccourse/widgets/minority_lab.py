"""Make the majority larger, and watch the minority collapse, then everything."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from scipy.special import softmax

from nccourse import checks
from nccourse.plots.arrays import Array
from nccourse.plots.style import BELOW, COLOURS, THEORY, new_figure
from nccourse.theory import imbalanced
from nccourse.widgets import controls
from nccourse.widgets.panel import Panel, Readout, counted
from nccourse.widgets.picture import Picture

SMALL_COUNT = 10
MOST = 8
_OCTAVES = 9
_RANGE = (1.0, 3e4)
_LARGE = np.unique(np.geomspace(SMALL_COUNT, SMALL_COUNT * 2**_OCTAVES, 70).round().astype(int))


def minority_lab(majors: int = 5, minors: int = 5, ratio: float = 8.0) -> Panel:
    """Show which classes collapse when a majority grows, for cross-entropy with non-negative features.

    K_B classes have ten samples each, K_A classes R times as many; λ_W = λ_H = λ.

    Args:
        majors: K_A to start with, 1..8.
        minors: K_B to start with, 1..8.
        ratio: R to start with, 1..512.

    Returns:
        A widget: R, K_A, K_B and λ. The read-out names the threshold of Corollary 4, the ratios from which
        the minority and then every class is collapsed, what (17) says as printed, margins, and the
        probability a small class gives itself.

    Raises:
        InputTypeError: an argument of the wrong type.
        InputValueError: an argument outside its domain.

    Source: paper D, Corollary 4.

    >>> minority_lab(ratio=64.0).readout["Collapsed"]
    'the 5 small classes: minority collapse'
    """
    majors = checks.integer("majors", majors, minimum=1, maximum=MOST)
    minors = checks.integer("minors", minors, minimum=1, maximum=MOST)
    return _MinorityLab(majors, minors, checks.real("ratio", ratio, minimum=1, maximum=2**_OCTAVES))


def counts_of(majors: int, minors: int, ratio: float) -> list[int]:
    """Return the class sizes, large ones first."""
    return [round(SMALL_COUNT * ratio)] * majors + [SMALL_COUNT] * minors


class _MinorityLab(Panel):
    title = "The minority laboratory"
    try_first = (
        "raise R: the threshold rises with every sample the large classes get, and passes the small ones."
    )

    def __init__(self, majors: int, minors: int, ratio: float) -> None:
        figure, (sizes, margins) = new_figure(1, 2, width=9.2, height=4.2)
        self._sizes, self._margins = _Sizes(sizes), _Margins(margins)
        super().__init__(
            {
                "ratio": controls.octaves("R", "n_A / n_B", ratio, 0, _OCTAVES),
                "majors": controls.whole("K_A", "large classes", majors, 1, MOST),
                "minors": controls.whole("K_B", "small classes", minors, 1, MOST),
                "decay": controls.octaves("λ", "decay of W and H", 2.0**-8, -13, -4),
            },
            Picture(figure, [*self._sizes.artists, *self._margins.artists]),
        )

    def draw(self, **values: Any) -> Readout:
        """Show the minimizer at the chosen ratio, and the margins at all ratios."""
        majors, minors, decay = values["majors"], values["minors"], values["decay"]
        counts = counts_of(majors, minors, values["ratio"])
        found = imbalanced.minimizer(counts, decay, decay)
        threshold = imbalanced.collapse_count(sum(counts), majors + minors, decay, decay)
        ratios = imbalanced.collapse_ratios(SMALL_COUNT, majors, minors, decay, decay)
        self._sizes.update(np.array(counts), found.collapsed, threshold)
        self._margins.update(_curves(majors, minors, decay), counts[0] / SMALL_COUNT, found.margins, ratios)
        return _readout(majors, minors, decay, counts, found, threshold, ratios)


class _Sizes:
    """The size of each class and the threshold; a cross where the class has collapsed."""

    def __init__(self, ax: Axes) -> None:
        look: dict[str, Any] = {"linestyle": "none"}
        self._alive = ax.plot([], [], "o", color=COLOURS["blue"], label="survives", **look)[0]
        self._dead = ax.plot(
            [], [], "X", color=COLOURS["vermillion"], markersize=9, label="collapsed", **look
        )[0]
        self._threshold = ax.axhline(1, color="black", label="threshold C", **THEORY)
        ax.set_yscale("log")
        ax.set(xlim=(-0.6, 2 * MOST - 0.4), ylim=_RANGE, xlabel="class, large ones first")
        ax.set(ylabel="samples in the class", title="Class sizes")
        ax.legend(fontsize=8.5, ncols=3, **BELOW)
        self.artists: list[Artist] = [self._threshold, self._alive, self._dead]

    def update(self, counts: np.ndarray, collapsed: np.ndarray, threshold: float) -> None:
        classes = np.arange(len(counts))
        self._alive.set_data(classes[~collapsed], counts[~collapsed])
        self._dead.set_data(classes[collapsed], counts[collapsed])
        self._threshold.set_ydata([threshold, threshold])


class _Margins:
    """The margins of both groups over R, with the ratios at which each vanishes."""

    def __init__(self, ax: Axes) -> None:
        colours = {"large classes": COLOURS["green"], "small classes": COLOURS["orange"]}
        self._lines = [ax.plot([], [], color=c, label=name, **THEORY)[0] for name, c in colours.items()]
        self._here = [ax.plot([], [], "o", color=c, markersize=8)[0] for c in colours.values()]
        faint: dict[str, Any] = {"color": COLOURS["grey"], "linestyle": ":", "linewidth": 1.4}
        self._ends = [ax.axvline(1, **faint), ax.axvline(1, label="collapsed from here", **faint)]
        ax.set_xscale("log")
        ax.set(xlim=(0.9, 1.1 * 2**_OCTAVES), ylim=(-0.4, 12), xlabel="ratio R of class sizes (no unit)")
        ax.set(ylabel="margin M (logit units)", title="Margins")
        ax.legend(fontsize=8.5, ncols=3, **BELOW)
        self.artists: list[Artist] = [*self._ends, *self._lines, *self._here]

    def update(
        self, curves: tuple[Array, Array], ratio: float, margins: Array, ends: tuple[float, float]
    ) -> None:
        for line, curve in zip(self._lines, curves, strict=True):
            line.set_data(_LARGE / SMALL_COUNT, curve)
        for mark, margin in zip(self._here, (margins[0], margins[-1]), strict=True):
            mark.set_data([ratio], [margin])
        for line, end in zip(self._ends, ends, strict=True):
            line.set_xdata([end, end])


def _curves(majors: int, minors: int, decay: float) -> tuple[Array, Array]:
    found = [
        imbalanced.minimizer([int(large)] * majors + [SMALL_COUNT] * minors, decay, decay) for large in _LARGE
    ]
    return np.array([one.margins[0] for one in found]), np.array([one.margins[-1] for one in found])


def _readout(
    majors: int,
    minors: int,
    decay: float,
    counts: list[int],
    found: imbalanced.ImbalancedMinimizer,
    threshold: float,
    ratios: tuple[float, float],
) -> Readout:
    K, N, R = majors + minors, sum(counts), counts[0] / SMALL_COUNT
    printed = ((K - 1) / (N * K * decay**2) - minors) / majors
    verdict = "holds" if printed <= R else "does not hold"
    own = float(softmax(found.logits[-1])[-1])
    return {
        "Setting": f"{majors} classes of {counts[0]}, {minors} of {SMALL_COUNT}, λ = {decay:.3g}",
        "Threshold": f"{counted(threshold)} samples: a class with so many or fewer collapses",
        "Collapsed": _which(found.collapsed, majors, minors),
        "Margins": f"{found.margins[0]:.4f} in large classes, {found.margins[-1]:.4f} in small ones",
        "Small classes collapse from": f"R = {ratios[0]:.2f}",
        "All classes collapse from": f"R = {ratios[1]:.2f}",
        "(17) as printed, with N at this R": f"R ≥ {printed:.2f}: {verdict}",
        "Cosine of two small classes' weights": _cosine(found.weight_cosines, minors),
        "A small class gives itself": f"probability {own:.4f}, guessing would be {1 / K:.4f}",
    }


def _which(collapsed: np.ndarray, majors: int, minors: int) -> str:
    if collapsed.all():
        return f"all {majors + minors} classes: complete collapse"
    if collapsed.any():
        return f"the {minors} small class{'es' if minors > 1 else ''}: minority collapse"
    return "none"


def _cosine(cosines: Array, minors: int) -> str:
    if minors == 1:
        return "none: there is only one small class"
    value = cosines[-1, -2]
    return "none: the weights are zero" if np.isnan(value) else f"{value:.4f}"
