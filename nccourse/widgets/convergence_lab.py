"""Race CE and BCE to collapse at two γ, with the slope that theory gives each."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from nccourse import checks
from nccourse.plots.style import COLOURS, THEORY, new_figure
from nccourse.widgets import controls
from nccourse.widgets.gamma_readout import MODES
from nccourse.widgets.panel import Panel, Readout
from nccourse.widgets.picture import Picture
from nccourse.widgets.races import (
    CRITERION,
    HIGH_OCTAVE,
    LOSSES,
    LOW_OCTAVE,
    MOST_STEPS,
    PER_OCTAVE,
    SCALES,
    STEP_SIZE,
    Race,
    raced,
    races,
    theory_steps,
)

CLASSES = (3, 4, 5, 10)
_LOOK = {"ce": ("blue", "o"), "bce": ("vermillion", "s")}
_SYMBOLS = {"scale": "γ₁", "other_scale": "γ₂"}
_LOWEST, _HIGHEST = 1e-6, 3.0


def convergence_lab(num_classes: int = 5, scale: float = 2.0, other_scale: float = 0.5) -> Panel:
    """Race gradient descent on CE and BCE from one random start to criterion (217), at two γ side by side.

    Args:
        num_classes: K to start with: 3, 4, 5 or 10.
        scale: γ₁ to start with, 0.125..8, shown at the nearest of the slider's quarters of an octave.
        other_scale: γ₂ to start with, likewise.

    Returns:
        A widget: γ₁, γ₂ and K. For each γ the deviation from collapse against steps, with the slope of the
        slowest mode; right the steps to the criterion against γ, at the scales visited so far, with those of
        theory. One sample a class, step size 1, at most 4,000 steps.

    Raises:
        InputTypeError: K not an integer or γ not a number.
        InputValueError: K or γ outside its domain.

    Source: paper A, Theorems 5 and 6, Eq. (217).

    Cost: two to five seconds when a K is first chosen, for all γ at once; then about 50 ms a move.

    >>> convergence_lab(5, 2.0).readout["γ₁: faster"]  # doctest: +ELLIPSIS
    'BCE, in ... of the steps of CE'
    """
    num_classes = checks.integer("num_classes", num_classes, minimum=CLASSES[0])
    num_classes = int(checks.choice("num_classes", str(num_classes), [str(k) for k in CLASSES]))
    named = (("scale", scale), ("other_scale", other_scale))
    start = {name: checks.real(name, value, minimum=SCALES[0], maximum=SCALES[-1]) for name, value in named}
    return _ConvergenceLab(num_classes, start)


class _ConvergenceLab(Panel):
    title = "The convergence lab"
    try_first = (
        "move γ₁ from one end to the other: which loss meets the criterion first, and where do both fail?"
    )

    def __init__(self, num_classes: int, start: dict[str, float]) -> None:
        figure, (first, second, right) = new_figure(1, 3, width=11.5, height=4.0)
        self._courses = {"scale": _Course(first, "γ₁"), "other_scale": _Course(second, "γ₂")}
        self._steps = _StepsOverScale(right)
        figure.legend(handles=_legend(), loc="outside lower center", ncols=4, fontsize=8.5)
        self._visited: dict[int, set[int]] = {}
        sliders = {
            name: controls.octaves(_SYMBOLS[name], words, start[name], LOW_OCTAVE, HIGH_OCTAVE)
            for name, words in (("scale", "first scale"), ("other_scale", "second scale"))
        }
        for slider in sliders.values():
            slider.step = 1 / PER_OCTAVE
        moving = [artist for course in self._courses.values() for artist in course.artists]
        moving += self._steps.artists
        super().__init__(
            {
                **sliders,
                "num_classes": controls.choice(
                    "K", "number of classes", num_classes, {str(k): k for k in CLASSES}
                ),
            },
            Picture(figure, moving, dpi=90),
        )

    def busy(self, **values: Any) -> str:
        """Say so when a K is chosen whose races have not been run."""
        num_classes = values["num_classes"]
        if num_classes in raced():
            return ""
        return f"running the {len(LOSSES) * len(SCALES)} races for K = {num_classes}, a few seconds"

    def draw(self, **values: Any) -> Readout:
        """Look up the races and show them."""
        num_classes = values["num_classes"]
        indices = {name: int(np.abs(np.log(SCALES / values[name])).argmin()) for name in self._courses}
        everyone = races(num_classes)
        visited = self._visited.setdefault(num_classes, set())
        visited.update(indices.values())
        lines: dict[str, str] = {}
        for name, index in indices.items():
            here = {loss: everyone[loss, index] for loss in LOSSES}
            self._courses[name].update(here)
            lines |= _race_lines(_SYMBOLS[name], here)
        steps = {loss: {i: everyone[loss, i].steps_to_criterion for i in sorted(visited)} for loss in LOSSES}
        theory = {loss: theory_steps(num_classes, loss) for loss in LOSSES}
        self._steps.update(theory, steps, list(indices.values()))
        scales = ", ".join(f"{_SYMBOLS[name]} = {SCALES[index]:.4g}" for name, index in indices.items())
        return _setting(num_classes, scales) | lines


class _Course:
    """The deviation from collapse against steps: measured solid, slope of theory dashed."""

    def __init__(self, ax: Axes, symbol: str) -> None:
        self._ax = ax
        self._lines = {
            loss: ax.plot([], [], color=COLOURS[_LOOK[loss][0]], linewidth=1.8)[0] for loss in LOSSES
        }
        self._slopes = {loss: ax.plot([], [], color=COLOURS[_LOOK[loss][0]], **THEORY)[0] for loss in LOSSES}
        ax.axhline(CRITERION, color=COLOURS["grey"], linewidth=1.0, linestyle=":")
        ax.set(yscale="log", ylim=(_LOWEST, _HIGHEST), xlim=(0, MOST_STEPS), title=f"The race at {symbol}")
        ax.set(xlabel="step of gradient descent", ylabel="largest deviation of a cosine")

    @property
    def artists(self) -> list[Artist]:
        """What moves, the horizontal axis too, as its limit follows the slower loss."""
        return [self._ax.xaxis, *self._slopes.values(), *self._lines.values()]

    def update(self, here: dict[str, Race]) -> None:
        """Show both losses as far as the slower one needs."""
        last = max(race.step[race.deviation > _LOWEST][-1] for race in here.values())
        for loss, race in here.items():
            self._lines[loss].set_data(race.step, race.deviation)
            grid = np.linspace(0, last, 60)
            values = race.line(grid)
            seen = (values > _LOWEST) & (values < _HIGHEST)
            self._slopes[loss].set_data(grid[seen], values[seen])
        self._ax.set_xlim(0, last)


class _StepsOverScale:
    """Steps to the criterion against γ: theory dashed, a mark for each scale visited."""

    def __init__(self, ax: Axes) -> None:
        self._theory = {loss: ax.plot([], [], color=COLOURS[_LOOK[loss][0]], **THEORY)[0] for loss in LOSSES}
        self._marks = {
            loss: ax.plot([], [], marker=_LOOK[loss][1], color=COLOURS[_LOOK[loss][0]], linestyle="none")[0]
            for loss in LOSSES
        }
        self._here = [ax.axvline(1.0, color=COLOURS["grey"], linewidth=1.0) for _ in _SYMBOLS]
        ax.axhline(MOST_STEPS, color=COLOURS["grey"], linewidth=1.0, linestyle=":")
        ax.set(xscale="log", yscale="log", xlim=(SCALES[0] / 1.2, SCALES[-1] * 1.2), ylim=(8, 3e5))
        ax.set(xlabel="scale γ", ylabel="steps to criterion (217)", title="Steps against γ")
        octaves = [2.0**octave for octave in range(LOW_OCTAVE, HIGH_OCTAVE + 1)]
        ax.set_xticks(octaves, [f"{scale:g}" for scale in octaves])
        ax.set_xticks([], minor=True)

    @property
    def artists(self) -> list[Artist]:
        """What moves."""
        return [*self._here, *self._theory.values(), *self._marks.values()]

    def update(
        self, theory: dict[str, np.ndarray], steps: dict[str, dict[int, float]], here: list[int]
    ) -> None:
        """Show the scales visited, by index, and mark those raced at present."""
        for loss in LOSSES:
            self._theory[loss].set_data(SCALES, theory[loss])
            reached = {i: count for i, count in steps[loss].items() if math.isfinite(count)}
            self._marks[loss].set_data(SCALES[list(reached)], list(reached.values()))
        for line, index in zip(self._here, here, strict=True):
            line.set_xdata([SCALES[index]] * 2)


def _setting(num_classes: int, scales: str) -> dict[str, str]:
    return {
        "Setting": f"{scales}, K = {num_classes}, one sample a class, step size {STEP_SIZE:g}",
        "Criterion": f"every cosine within {CRITERION:g} of its value at collapse",
    }


def _race_lines(symbol: str, here: dict[str, Race]) -> dict[str, str]:
    lines = {}
    for loss, race in here.items():
        lines[f"{symbol}: {loss.upper()} steps"] = _count(race)
        lines[f"{symbol}: {loss.upper()} rate"] = _rate(race)
    return lines | {f"{symbol}: faster": _faster(here)}


def _count(race: Race) -> str:
    if math.isfinite(race.steps_to_criterion):
        return f"meets the criterion after {race.steps_to_criterion:.0f} steps"
    expected = math.log(race.deviation[-1] / CRITERION) / -math.log1p(-STEP_SIZE * race.rate)
    return f"not within {MOST_STEPS} steps; at the theory's rate {expected:.1e} more"


def _rate(race: Race) -> str:
    words = MODES[race.mode.rstrip("0123456789")]
    measured = "not yet in its tail" if math.isnan(race.tail_rate) else f"measured {race.tail_rate:.3e}"
    return f"theory {race.rate:.3e}, {measured}; slowest mode: {words} ({race.mode})"


def _faster(here: dict[str, Race]) -> str:
    first, second = sorted(here, key=lambda loss: here[loss].steps_to_criterion)
    least, most = here[first].steps_to_criterion, here[second].steps_to_criterion
    if math.isinf(least):
        return "neither meets the criterion"
    if math.isinf(most):
        return f"{first.upper()}; {second.upper()} does not meet the criterion"
    return f"{first.upper()}, in {least / most:.0%} of the steps of {second.upper()}"


def _legend() -> list[Line2D]:
    handles = []
    for loss in LOSSES:
        colour, marker = _LOOK[loss]
        handles.append(Line2D([], [], color=COLOURS[colour], marker=marker, label=f"{loss.upper()}, descent"))
        handles.append(Line2D([], [], color=COLOURS[colour], label=f"{loss.upper()}, theory", **THEORY))
    return handles
