"""Make classes unequal, and watch norms, angles and collapse of the minimizer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap

from nccourse import checks
from nccourse.plots.arrays import Array
from nccourse.plots.style import COLOURS, THEORY, new_figure
from nccourse.theory import imbalanced
from nccourse.widgets import controls
from nccourse.widgets.panel import Panel, Readout, counted
from nccourse.widgets.picture import Picture

MOST_CLASSES = 12
LARGEST_COUNT = 500


def imbalance_lab(num_classes: int = 10, ratio: float = 8.0) -> Panel:
    """Show the minimizer of cross-entropy with non-negative features for unequal class sizes.

    Args:
        num_classes: K to start with, 4..12.
        ratio: R = n_max / n_min to start with, 1..512.

    Returns:
        A widget: R, K, decay λ = λ_W = λ_H, and the shape of the counts. The read-out names margins, norms,
        the cosines between weights, and which classes have collapsed.

    Raises:
        InputTypeError: K not an integer or R not a number.
        InputValueError: K or R outside its domain.

    Source: paper D, Theorem 1, Proposition 1, Corollaries 3 and 4.
    """
    num_classes = checks.integer("num_classes", num_classes, minimum=4, maximum=MOST_CLASSES)
    return _ImbalanceLab(num_classes, checks.real("ratio", ratio, minimum=1, maximum=512))


def two_groups(num_classes: int, ratio: float) -> list[int]:
    """Half the classes with 500 samples, the others with 500 / R."""
    few = max(1, round(LARGEST_COUNT / ratio))
    return [LARGEST_COUNT] * (num_classes - num_classes // 2) + [few] * (num_classes // 2)


def long_tail(num_classes: int, ratio: float) -> list[int]:
    """Counts falling geometrically from 500 to 500 / R."""
    counts = LARGEST_COUNT * ratio ** (-np.arange(num_classes) / (num_classes - 1))
    return [max(1, round(float(count))) for count in counts]


class _ImbalanceLab(Panel):
    title = "The imbalance laboratory"
    try_first = (
        "raise R with λ = 0.0005: which classes lose their feature first, and what do their weights do?"
    )

    def __init__(self, num_classes: int, ratio: float) -> None:
        figure, (margins, norms, cosines) = new_figure(1, 3, width=10.5, height=3.8)
        self._margins, self._norms, self._cosines = _Margins(margins), _Norms(norms), _Cosines(cosines)
        shapes = {"two groups": two_groups, "long tail": long_tail}
        super().__init__(
            {
                "ratio": controls.octaves("R", "n_max / n_min", ratio, 0, 9),
                "num_classes": controls.whole("K", "number of classes", num_classes, 4, MOST_CLASSES),
                "decay": controls.octaves("λ", "decay of W and H", 2.0**-11, -17, -5),
                "shape": controls.choice("n", "class sizes", two_groups, shapes),
            },
            Picture(figure, [*self._margins.artists, *self._norms.artists, *self._cosines.artists]),
        )

    def draw(self, **values: Any) -> Readout:
        """Show the minimizer for the chosen counts."""
        shape: Callable[[int, float], list[int]] = values["shape"]
        counts = shape(values["num_classes"], values["ratio"])
        result = imbalanced.minimizer(counts, values["decay"], values["decay"])
        self._margins.update(result.margins, result.collapsed)
        self._norms.update(np.array(counts), result.weight_norms, result.feature_norms)
        self._cosines.update(result.weight_cosines)
        return _readout(counts, values["decay"], result)


class _Margins:
    """The margin of each class, a cross where the class has collapsed."""

    def __init__(self, ax: Axes) -> None:
        look: dict[str, Any] = {"linestyle": "none"}
        self._alive = ax.plot([], [], "o", color=COLOURS["blue"], label="margin", **look)[0]
        self._dead = ax.plot(
            [], [], "X", color=COLOURS["vermillion"], markersize=9, label="collapsed", **look
        )[0]
        ax.axhline(0, color="black", **THEORY)
        ax.set(xlim=(-0.6, MOST_CLASSES - 0.4), ylim=(-0.6, 10.5), xlabel="class, largest first")
        ax.set(ylabel="margin M (logit units)", title="Margins")
        ax.legend(fontsize=8.5, loc="upper right")
        self.artists: list[Artist] = [self._alive, self._dead]

    def update(self, margins: Array, collapsed: np.ndarray) -> None:
        classes = np.arange(len(margins))
        self._alive.set_data(classes[~collapsed], margins[~collapsed])
        self._dead.set_data(classes[collapsed], margins[collapsed])


class _Norms:
    """Lengths of weights and features over the class sizes."""

    def __init__(self, ax: Axes) -> None:
        self._weights = ax.plot([], [], "s-", color=COLOURS["green"], label="weight")[0]
        self._features = ax.plot([], [], "o--", color=COLOURS["orange"], label="feature")[0]
        ax.set_xscale("log")
        ax.set(xlim=(0.8, 700), ylim=(-0.5, 16), xlabel="samples in the class")
        ax.set(ylabel="length (no unit)", title="Lengths")
        ax.legend(fontsize=8.5, loc="upper left")
        self.artists: list[Artist] = [self._weights, self._features]

    def update(self, counts: np.ndarray, weights: Array, features: Array) -> None:
        self._weights.set_data(counts, weights)
        self._features.set_data(counts, features)


class _Cosines:
    """Cosines between the weights, as a square of cells."""

    def __init__(self, ax: Axes) -> None:
        cells = np.full((MOST_CLASSES, MOST_CLASSES), np.nan)
        # Tints of the course's colours, which are the ones a widget's palette keeps apart.
        tints = LinearSegmentedColormap.from_list("cosine", [COLOURS["orange"], "white", COLOURS["blue"]])
        self._image = ax.imshow(cells, cmap=tints, vmin=-1, vmax=1)
        ax.figure.colorbar(self._image, ax=ax, label="cosine (no unit)", shrink=0.8)
        ax.grid(visible=False)
        ax.set(xlabel="class", ylabel="class", title="Cosines of the weights")
        self.artists: list[Artist] = [self._image]

    def update(self, cosines: Array) -> None:
        cells = np.full((MOST_CLASSES, MOST_CLASSES), np.nan)
        cells[: len(cosines), : len(cosines)] = cosines
        self._image.set_data(cells)


def _readout(counts: list[int], decay: float, result: imbalanced.ImbalancedMinimizer) -> Readout:
    K, few = len(counts), int(result.collapsed.sum())
    threshold = imbalanced.collapse_count(sum(counts), K, decay, decay)
    return {
        "Setting": f"K = {K}, n = {counts[0]} to {counts[-1]}, λ = {decay:.3g}",
        "Collapsed": f"{few} of {K} classes; a class with {counted(threshold)} samples or fewer collapses",
        "Margins": f"{result.margins[0]:.4f} in the largest class, {result.margins[-1]:.4f} in the smallest",
        "Weights": f"length {result.weight_norms[0]:.4f} and {result.weight_norms[-1]:.4f}",
        "Features": f"length {result.feature_norms[0]:.4f} and {result.feature_norms[-1]:.4f}",
        "Cosine of two large classes": _cosine(result.weight_cosines[0, 1]),
        "Cosine of two small classes": _cosine(result.weight_cosines[-1, -2]),
        "Balanced, it would be": f"−1/{K - 1} = {-1 / (K - 1):.4f}",
    }


def _cosine(value: float) -> str:
    return "none: the weights are zero" if np.isnan(value) else f"{value:.4f}"
