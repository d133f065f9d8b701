"""Stand on a critical point of the model with decay, and look down, up and along the flat."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes

from nccourse import checks
from nccourse.plots.arrays import Array
from nccourse.plots.style import COLOURS, THEORY, new_figure
from nccourse.ufm.problems import RegularizedUFM
from nccourse.widgets import controls
from nccourse.widgets.critical_points import CriticalPoint, critical_point
from nccourse.widgets.panel import Panel, Readout
from nccourse.widgets.picture import Picture

MOST_CLASSES = 6
MOST_LEVELS = 12
LOSSES = {"cross-entropy": "ce", "label smoothing, α = 0.1": "label_smoothing", "focal, β = 3": "focal"}
_POINTS = {
    "zero: all classes dead": "zero",
    "two classes alive": "pair",
    "one class dead": "one dead",
    "all classes alive": "all",
}
_REACH, _SLICE = 2.0, 81  # how far along a unit eigenvector the slice goes, and at how many places
_FLAT = 1e-7  # an eigenvalue below this is zero


def landscape_lab(num_classes: int = 3, loss: str = "ce", point: str = "zero") -> Panel:
    """Show a critical point of the regularized model: its Hessian spectrum and slices along eigenvectors.

    One sample a class, d = K + 1, λ_W = λ_H = λ_b = λ, all of W, H and b free.

    Args:
        num_classes: K to start with, 3..6.
        loss: "ce", "label_smoothing" (α = 0.1) or "focal" (β = 3) to start with.
        point: "zero" (W = H = 0), "pair" (two living classes), "one dead" or "all" (neural collapse).

    Returns:
        A widget: critical point, loss, K, λ, and which distinct eigenvalue to look along, from below. The
        read-out names the lowest eigenvalue beside its closed form λ - |G|, |G| the largest singular value
        of the loss's gradient by the logits.

    Raises:
        InputTypeError: K not an integer.
        InputValueError: an argument outside its domain.

    Source: paper C, Theorem 2 and Lemma 7.
    """
    num_classes = checks.integer("num_classes", num_classes, minimum=3, maximum=MOST_CLASSES)
    loss = checks.choice("loss", loss, list(LOSSES.values()))
    return _LandscapeLab(num_classes, loss, checks.choice("point", point, list(_POINTS.values())))


@lru_cache(maxsize=64)
def _point(num_classes: int, loss: str, decay: float, name: str) -> CriticalPoint:
    problem = RegularizedUFM(num_classes, 1, num_classes + 1, loss, decay, decay, decay)
    alive = {"zero": 0, "pair": 2, "one dead": num_classes - 1, "all": num_classes}
    return critical_point(problem, alive[name])


class _LandscapeLab(Panel):
    title = "The landscape laboratory"
    try_first = (
        "go down from zero: two classes alive, one class dead, all alive; what does the lowest eigenvalue do?"
    )

    def __init__(self, num_classes: int, loss: str, point: str) -> None:
        figure, (spectrum, slice_) = new_figure(1, 2, width=9.6, height=3.8)
        self._spectrum, self._slice = _Spectrum(spectrum), _Slice(slice_)
        super().__init__(
            {
                "point": controls.choice("x", "critical point", point, _POINTS),
                "level": controls.whole("j", "eigenvalue to look along", 1, 1, MOST_LEVELS),
                "decay": controls.octaves("λ", "decay of W, H and b", 2.0**-5, -8, -1),
                "num_classes": controls.whole("K", "number of classes", num_classes, 3, MOST_CLASSES),
                "loss": controls.choice("L", "loss", loss, LOSSES),
            },
            Picture(figure, [*self._spectrum.artists, *self._slice.artists]),
        )

    def draw(self, **values: Any) -> Readout:
        """Show the chosen critical point and the slice along the chosen eigenvector."""
        point = _point(values["num_classes"], values["loss"], values["decay"], values["point"])
        level = min(values["level"], len(point.levels)) - 1
        self._spectrum.update(point, level)
        self._slice.update(point, level)
        return _readout(point, level, values["decay"])


class _Spectrum:
    """All eigenvalues in rising order, closed forms dashed, the chosen ones marked."""

    def __init__(self, ax: Axes) -> None:
        self._all = ax.plot([], [], ".", color=COLOURS["blue"], label="eigenvalue")[0]
        self._chosen = ax.plot([], [], "o", color=COLOURS["vermillion"], label="looked along")[0]
        self._low = ax.plot([0, 1], [0, 0], color="black", label="λ − |G| and λ + |G|", **THEORY)[0]
        self._high = ax.plot([0, 1], [0, 0], color="black", **THEORY)[0]
        ax.axhline(0, color=COLOURS["grey"], linewidth=0.8)
        ax.set(xlim=(-0.02, 1.02), ylim=(-0.4, 1.15), xlabel="share of all directions, from below (no unit)")
        ax.set(ylabel="eigenvalue (nats)", title="Spectrum of the Hessian")
        ax.legend(fontsize=8.5, loc="upper left")
        self.artists: list[Artist] = [self._all, self._chosen, self._low, self._high]

    def update(self, point: CriticalPoint, level: int) -> None:
        values, decay, slope = point.spectrum[0], point.problem.lambda_W, point.slopes[0]
        first = sum(multiplicity for _, multiplicity in point.levels[:level])
        chosen = slice(first, first + point.levels[level][1])
        shares = (np.arange(len(values)) + 0.5) / len(values)
        self._all.set_data(shares, values)
        self._chosen.set_data(shares[chosen], values[chosen])
        self._low.set_ydata([decay - slope] * 2)
        self._high.set_ydata([decay + slope] * 2)


class _Slice:
    """How the objective changes along an eigenvector, with the parabola that the eigenvalue predicts."""

    def __init__(self, ax: Axes) -> None:
        self._steps = np.linspace(-_REACH, _REACH, _SLICE)
        self._line = ax.plot([], [], color=COLOURS["blue"], linewidth=1.8, label="objective")[0]
        self._parabola = ax.plot(
            [], [], color=COLOURS["vermillion"], label="parabola of the eigenvalue", **THEORY
        )[0]
        ax.plot([0], [0], "o", color="black", label="critical point")
        ax.set(xlim=(-_REACH, _REACH), ylim=(-0.6, 1.2), xlabel="distance along the eigenvector (no unit)")
        ax.set(ylabel="change of the objective (nats)", title="A slice through the point")
        ax.legend(fontsize=8.5, loc="upper center")
        self.artists: list[Artist] = [self._line, self._parabola]

    def update(self, point: CriticalPoint, level: int) -> None:
        values = point.values(point.direction(level), self._steps)
        self._line.set_data(self._steps, values - point.objective)
        self._parabola.set_data(self._steps, point.levels[level][0] * self._steps**2 / 2)


def _readout(point: CriticalPoint, level: int, decay: float) -> Readout:
    lowest, multiplicity = point.levels[0]
    value, times = point.levels[level]
    K, slope = point.problem.num_classes, float(point.slopes[0])
    return {
        "Setting": f"K = {K}, d = {K + 1}, one sample a class, λ = {decay:.4g}; {len(point.x)} directions",
        "Objective": f"{point.objective:.6f}; gradient {np.linalg.norm(point.gradient):.0e}",
        "Alive": _alive(point.state.W, point.state.b),
        "Lowest eigenvalue": f"{_digits(lowest)}, {multiplicity} times; "
        f"closed form λ − |G| = {_digits(decay - slope)}",
        "Certificate": _certificate(slope, decay, point.problem.loss),
        "Directions": _count(point.levels),
        "Looking along": f"eigenvalue {level + 1} of {len(point.levels)} different ones: "
        f"{_digits(value)}, {times} times",
    }


def _alive(W: Array, b: Array) -> str:
    lengths = np.linalg.norm(W, axis=1)
    alive = lengths > 1e-6
    if not alive.any():
        return "no class: W = H = 0"
    if alive.all():
        return f"all classes, length {lengths[0]:.4f}; all biases 0"
    biases = f"biases {-b[0]:+.4f} if alive, {-b[-1]:+.4f} if dead (added to the logits, as in paper C)"
    return f"{alive.sum()} classes, length {lengths[0]:.4f}; {biases}"


def _certificate(slope: float, decay: float, loss: str) -> str:
    compared = f"|G| = {slope:.6f} against λ = {decay:.6f}"
    if slope > decay + _FLAT:
        return f"{compared}: above, a strict saddle"
    if loss == "focal":
        return f"{compared}: not above, but focal loss is not convex, so this proves nothing global"
    return f"{compared}: not above, so nothing lies lower anywhere"


def _count(levels: list[tuple[float, int]]) -> str:
    down = sum(times for value, times in levels if value < -_FLAT)
    flat = sum(times for value, times in levels if abs(value) <= _FLAT)
    return f"{down} down, {flat} flat, {sum(times for _, times in levels) - down - flat} up"


def _digits(value: float) -> str:
    return "0" if abs(value) <= _FLAT else f"{value:.6f}"
