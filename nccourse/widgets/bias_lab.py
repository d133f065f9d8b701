"""Let biases start anywhere and decay at any rate, and watch where they and the scores end."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes

from nccourse import checks
from nccourse.plots.style import COLOURS, THEORY, new_figure
from nccourse.theory import regularized
from nccourse.theory.regularized import RegularizedMinimizer
from nccourse.widgets import controls
from nccourse.widgets.bias_descent import STEPS, Array, Descent, descend, initial_biases
from nccourse.widgets.panel import Panel, Readout
from nccourse.widgets.picture import Picture

PRICE = 0.02
MOST_CLASSES = 12
MOST_DECAY = 5.0
_RATIOS = np.linspace(0.0, MOST_DECAY, 101)
_LOWEST, _HIGHEST = -10.0, 14.0
_WORDS = {"ce": "cross-entropy", "bce": "binary cross-entropy"}
_SCORES = {"positive_score": "blue", "bias": "green", "negative_score": "vermillion"}
_NAMES = {"positive_score": "positive score", "bias": "bias", "negative_score": "negative score"}


def bias_lab(loss: str = "bce", num_classes: int = 4, decay: float = 0.5) -> Panel:
    """Show where biases go in gradient descent, and the minimizer over the decay of the biases.

    The model of paper B at c = sqrt(n λ_W λ_H) = 0.02, d = K.

    Args:
        loss: to start with, "ce" or "bce".
        num_classes: K to start with, 3..12.
        decay: λ_b to start with, in units of the value from which BCE's minimizer leans off centre, 0..5.

    Returns:
        A widget: loss, K, the mean and variance of the initial biases, and λ_b. The read-out names the phase,
        the minimizer, what 200 steps of gradient descent reached, and whether the bias separates the scores.

    Raises:
        InputTypeError: K not an integer, or ``decay`` not a number.
        InputValueError: an unknown loss, or an argument outside its domain.

    Source: paper B, Theorems 1 and 2, Eq. (12), Fig. 3.

    >>> bias_lab(decay=2.0).readout["Phase"].split(":")[0]
    'off-centred'
    """
    loss = checks.choice("loss", loss, tuple(_WORDS))
    num_classes = checks.integer("num_classes", num_classes, minimum=3, maximum=MOST_CLASSES)
    return _BiasLab(loss, num_classes, checks.real("decay", decay, minimum=0.0, maximum=MOST_DECAY))


@cache
def critical_decay(num_classes: int) -> float:
    """Return the λ_b from which BCE's minimizer leans, c/b* with b* the bias of the off-centred one there.

    >>> round(critical_decay(4), 6)
    0.012586
    """
    own, others = 1 / ((num_classes - 2) * PRICE) - 1, 1 / (2 * PRICE) - 1
    gap = math.log(own) + math.log(others)
    return PRICE / (math.log(others) - gap / num_classes)


@cache
def phase_curves(loss: str, num_classes: int) -> RegularizedMinimizer:
    """Return the minimizers at the decays of the right picture."""
    return regularized.minimizer(loss, num_classes, 1, PRICE, PRICE, _RATIOS * critical_decay(num_classes))


@dataclass(frozen=True)
class _Setting:
    """The controls, what they lead to, and what theory has for it."""

    loss: str
    num_classes: int
    mean: float
    variance: float
    ratio: float

    @property
    def lambda_b(self) -> float:
        return self.ratio * critical_decay(self.num_classes)

    @cached_property
    def best(self) -> RegularizedMinimizer:
        return regularized.minimizer(self.loss, self.num_classes, 1, PRICE, PRICE, self.lambda_b)

    @cached_property
    def centred(self) -> RegularizedMinimizer:
        dim = self.num_classes - 1
        return regularized.minimizer(self.loss, self.num_classes, 1, PRICE, PRICE, self.lambda_b, dim=dim)

    @property
    def on_ridge(self) -> bool:
        return self.loss == "ce" and self.ratio == 0

    @property
    def bias(self) -> float:
        """Where the common bias ends: on CE's ridge where it started."""
        return self.mean if self.on_ridge else float(self.best.bias)

    @property
    def offset(self) -> float:
        """How far all scores are shifted down: minus their mean over the classes."""
        best, others = self.best, self.num_classes - 1
        return -float(best.positive_score + others * best.negative_score) / self.num_classes

    @property
    def descent(self) -> Descent:
        return descend(
            self.loss, initial_biases(self.num_classes, self.mean, self.variance), PRICE, self.lambda_b
        )


class _BiasLab(Panel):
    title = "The bias laboratory"
    try_first = (
        "move λ_b from 0 to 3: the bias falls, and from 1 on all scores fall with it. Then do it with CE."
    )

    def __init__(self, loss: str, num_classes: int, decay: float) -> None:
        figure, (descent, phases) = new_figure(1, 2, width=10.0, height=4.0)
        self._descent, self._phases = _Biases(descent), _Phases(phases)
        losses = {words: name for name, words in _WORDS.items()}
        super().__init__(
            {
                "loss": controls.choice("", "loss", loss, losses),
                "num_classes": controls.whole("K", "number of classes", num_classes, 3, MOST_CLASSES),
                "mean": controls.linear("", "mean of initial biases", 6.0, -5.0, 10.0, 0.5),
                "variance": controls.linear("", "variance of initial biases", 1.0, 0.0, 6.0, 0.25),
                "ratio": controls.linear("λ_b", "decay / critical value", decay, 0.0, MOST_DECAY, 0.05),
            },
            Picture(figure, [*self._descent.artists, *self._phases.artists]),
        )

    def draw(self, **values: Any) -> Readout:
        """Descend from the chosen biases, and mark the end among the minimizers."""
        setting = _Setting(**values)
        descent = setting.descent
        self._descent.update(setting, descent.biases)
        self._phases.update(setting, descent)
        return _readout(setting, descent)


class _Biases:
    """Each class's bias over the steps of gradient descent, and where theory puts it."""

    def __init__(self, ax: Axes) -> None:
        self._lines = ax.plot([], [], color=COLOURS["green"], linewidth=1.2, label="bias of a class")[0]
        self._goal = ax.plot([], [], color="black", label="theory", **THEORY)[0]
        ax.set(xlim=(0, STEPS), ylim=(_LOWEST, _HIGHEST), xlabel="step of gradient descent")
        ax.set(ylabel="bias b (logit units)", title="Where biases go")
        ax.legend(fontsize=8.5, loc="lower right")
        self.artists: list[Artist] = [self._lines, self._goal]

    def update(self, setting: _Setting, biases: Array) -> None:
        # One broken line draws faster than K lines.
        gap = np.full((1, biases.shape[1]), np.nan)
        steps = np.append(np.arange(len(biases), dtype=float), np.nan)
        self._lines.set_data(np.tile(steps, biases.shape[1]), np.concatenate([biases, gap]).T.ravel())
        self._goal.set_data([0, STEPS], [setting.bias, setting.bias])


class _Phases:
    """The minimizer's scores and bias over λ_b, the chosen one marked, with what descent reached."""

    def __init__(self, ax: Axes) -> None:
        self._curves = {
            name: ax.plot([], [], color=COLOURS[colour], **THEORY)[0] for name, colour in _SCORES.items()
        }
        self._marks = {
            name: ax.plot([], [], "o", color=COLOURS[colour], markersize=8, label=_NAMES[name])[0]
            for name, colour in _SCORES.items()
        }
        self._critical = ax.axvline(1.0, color=COLOURS["grey"], linewidth=1.0)
        self._note = ax.text(1.05, _LOWEST + 0.4, "off-centred from here", fontsize=8.5, color="black")
        ax.set(xlim=(-0.15, MOST_DECAY + 0.15), ylim=(_LOWEST, _HIGHEST))
        ax.set(xlabel="λ_b / critical value (no unit)", ylabel="score, bias (logit units)")
        ax.set_title("Minimizer (dashed) and end of descent")
        ax.legend(fontsize=8.5, loc="upper right")
        self.artists: list[Artist] = [
            *self._curves.values(),
            *self._marks.values(),
            self._critical,
            self._note,
        ]

    def update(self, setting: _Setting, descent: Descent) -> None:
        found = phase_curves(setting.loss, setting.num_classes)
        for name, curve in self._curves.items():
            curve.set_data(_RATIOS, getattr(found, name))
        reached = (descent.positive.mean(), descent.biases[-1].mean(), descent.negative.mean())
        for mark, value in zip(self._marks.values(), reached, strict=True):
            mark.set_data([setting.ratio], [value])
        for artist in (self._critical, self._note):
            artist.set_visible(setting.loss == "bce")


def _readout(setting: _Setting, descent: Descent) -> Readout:
    best, last = setting.best, descent.biases[-1]
    between = descent.negative.max() < last.mean() < descent.positive.min()
    return {
        "Setting": f"{_WORDS[setting.loss]}, K = {setting.num_classes}, c = {PRICE}, "
        f"λ_b = {setting.lambda_b:.5f}",
        "Phase": _phase(setting),
        "Theory": f"positive score {best.positive_score:.4f}, negative {best.negative_score:.4f}, "
        + ("any common bias" if setting.on_ridge else f"bias {best.bias:.4f}"),
        "Objective": f"{best.objective:.6f}, of the best centred ETF {setting.centred.objective:.6f}",
        f"After {STEPS} steps": f"positive score {descent.positive.mean():.4f}, negative "
        f"{descent.negative.mean():.4f}, mean bias {last.mean():.4f}, variance {last.var():.4f}",
        "The mean bias separates the scores": "yes" if between else "no",
    }


def _phase(setting: _Setting) -> str:
    if setting.on_ridge:
        return "ridge: every common bias is as good, so it stays where it started"
    if setting.loss == "ce":
        return "centred ETF: decay takes the bias to zero, the scores do not notice"
    if setting.ratio > 1 and setting.offset > 0:
        return f"off-centred: features and weights lean apart, all scores lie {setting.offset:.4f} lower"
    return "centred ETF: one bias is best, by Eq. (12)"
