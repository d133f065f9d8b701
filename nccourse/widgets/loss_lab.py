"""Change a loss and the price of contrast, and watch where φ(t) + c|t| is least."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes

from nccourse import checks, ufm
from nccourse.plots.style import BELOW, COLOURS, THEORY, new_figure
from nccourse.theory import contrastive, regularized
from nccourse.theory.contrastive import phi, phi_slope
from nccourse.widgets import controls
from nccourse.widgets.panel import Panel, Readout
from nccourse.widgets.picture import Picture

MOST_CLASSES = 100
WORDS = {"ce": "cross-entropy", "label_smoothing": "label smoothing", "focal": "focal loss"}
_COLOURS = {"ce": "blue", "label_smoothing": "vermillion", "focal": "green"}
_MEAN = np.linspace(-9.0, 2.0, 551)
_TICKS = (-1.0, -0.5, 0.0, 0.5, 1.0)


def loss_lab(loss: str = "focal", num_classes: int = 10) -> Panel:
    """Show φ of three losses, the line under it at t*, and the priced φ(t) + c|t| of one loss.

    Args:
        loss: to start with, "ce", "label_smoothing" or "focal".
        num_classes: K to start with, 2..100.

    Returns:
        A widget: loss, K, smoothing α, focusing β, and K c, c = sqrt(n λ_W λ_H). The read-out names t*, the
        score gap and the objective, whether everything collapses to zero, and whether paper C's Theorem 1
        is proved for this setting.

    Raises:
        InputTypeError: K not an integer.
        InputValueError: an unknown loss, or K outside its domain.

    Source: paper C, Definition 1, Theorem 1, Appendix B.
    """
    loss = checks.choice("loss", loss, contrastive.LOSSES)
    num_classes = checks.integer("num_classes", num_classes, minimum=2, maximum=MOST_CLASSES)
    return _LossLab(loss, num_classes)


@dataclass(frozen=True)
class _Setting:
    """A loss with its parameters, K and c, and the minimum of φ(t) + c|t|."""

    loss: str
    num_classes: int
    price: float
    params: Mapping[str, Any]

    @property
    def minimum(self) -> regularized.RegularizedMinimizer:
        return regularized.minimizer(self.loss, self.num_classes, 1, self.price, self.price, **self.params)

    @property
    def proved(self) -> bool:
        """Whether a theorem gives the minimum over all weights, features and biases."""
        K, c = self.num_classes, self.price
        return ufm.RegularizedUFM(K, 1, K, self.loss, c, c, **self.params).minimum is not None

    def phi(self, mean: Any) -> Any:
        """Return φ at the mean contrast t/(K-1)."""
        return phi(self.loss, self.num_classes, (self.num_classes - 1) * mean, **self.params)

    def slope(self, mean: Any) -> Any:
        """Return φ'(t) at the mean contrast t/(K-1)."""
        return phi_slope(self.loss, self.num_classes, (self.num_classes - 1) * mean, **self.params)


class _LossLab(Panel):
    title = "The loss laboratory"
    try_first = "with K = 100 and the focal loss, move Kc slowly from 1.05 to 1.25: how does t* reach zero?"

    def __init__(self, loss: str, num_classes: int) -> None:
        figure, (bound, priced) = new_figure(1, 2, width=10.0, height=4.4)
        self._bound, self._priced = _Bound(bound), _Priced(priced)
        losses = {words: name for name, words in WORDS.items()}
        super().__init__(
            {
                "loss": controls.choice("", "loss", loss, losses),
                "num_classes": controls.whole("K", "number of classes", num_classes, 2, MOST_CLASSES),
                "smoothing": controls.linear("α", "of label smoothing", 0.1, 0.0, 0.95, 0.05),
                "focusing": controls.linear("β", "of the focal loss", 3.0, 0.0, 5.0, 0.25),
                "scaled_price": controls.linear("Kc", "price of contrast times K", 0.3, 0.01, 1.5, 0.01),
            },
            Picture(figure, [*self._bound.artists, *self._priced.artists]),
        )

    def draw(self, **values: Any) -> Readout:
        """Show all three φ, and the chosen one with its price."""
        params = {
            "ce": {},
            "label_smoothing": {"smoothing": values["smoothing"]},
            "focal": {"focusing": values["focusing"]},
        }
        K, chosen = values["num_classes"], values["loss"]
        price = values["scaled_price"] / K
        settings = {name: _Setting(name, K, price, params[name]) for name in contrastive.LOSSES}
        best = settings[chosen].minimum
        self._bound.update(settings, chosen, -_gap(best))
        self._priced.update(settings[chosen], best)
        return _readout(settings[chosen], best)


class _Bound:
    """φ of each loss, and under the chosen one the line at t*: of slope c, at t* = 0 of φ'(0) if smaller."""

    def __init__(self, ax: Axes) -> None:
        self._curves = {
            name: ax.plot([], [], color=COLOURS[colour], label=WORDS[name])[0]
            for name, colour in _COLOURS.items()
        }
        self._line = ax.plot([], [], color="black", label="line at t*", **THEORY)[0]
        self._star = ax.plot([], [], "*", color="black", markersize=12, label="star at t*")[0]
        ax.axvline(0, color=COLOURS["grey"], linewidth=0.8)
        ax.set(xlim=(_MEAN[0], _MEAN[-1]), ylim=(-0.3, 5.5), xlabel="mean contrast t/(K−1) (logit units)")
        ax.set(ylabel="φ (nats)", title="The least loss of a sample")
        ax.legend(fontsize=8.5, ncols=3, **BELOW)
        self.artists: list[Artist] = [*self._curves.values(), self._line, self._star]

    def update(self, settings: Mapping[str, _Setting], chosen: str, mean: float) -> None:
        for name, curve in self._curves.items():
            curve.set_data(_MEAN, settings[name].phi(_MEAN))
            curve.set_linewidth(2.6 if name == chosen else 1.1)
        setting = settings[chosen]
        # At zero φ + c|t| has a corner: any slope from 0 to c would do, φ's own lies closest below it.
        slope = setting.price if mean < 0 else min(setting.price, setting.slope(0.0))
        height = setting.phi(mean)
        self._line.set_data(_MEAN, height + (setting.num_classes - 1) * slope * (_MEAN - mean))
        self._star.set_data([mean], [height])


class _Priced:
    """φ(t) + c|t| less its value at zero, on an axis whose numbers change with the depth of the minimum."""

    def __init__(self, ax: Axes) -> None:
        self._curve = ax.plot([], [], linewidth=2.0)[0]
        self._star = ax.plot([], [], "*", color="black", markersize=12, label="lowest")[0]
        ax.axhline(0, color="black", **THEORY)
        ax.set(xlim=(_MEAN[0], _MEAN[-1]), ylim=(-1.3, 1.3), xlabel="mean contrast t/(K−1) (logit units)")
        ax.set(title="With its price")
        # Numbers of our own beside the ticks: an axis redrawn with its ticks would take 50 ms.
        ax.set_yticks(_TICKS, labels=[""] * len(_TICKS))
        ax.set_ylabel("φ(t) + c|t| − φ(0) (nats)", labelpad=38)
        beside: dict[str, Any] = {
            "transform": ax.get_yaxis_transform(),
            "ha": "right",
            "va": "center",
            "fontsize": 9,
        }
        self._numbers = [ax.text(-0.02, tick, "", **beside) for tick in _TICKS]
        ax.legend(fontsize=8.5, **BELOW)
        self.artists: list[Artist] = [self._curve, self._star, *self._numbers]

    def update(self, setting: _Setting, best: regularized.RegularizedMinimizer) -> None:
        rate = (setting.num_classes - 1) * setting.price
        excess = setting.phi(_MEAN) + rate * np.abs(_MEAN) - setting.phi(0.0)
        depth = setting.phi(0.0) - best.objective
        near_zero = float(excess[np.abs(_MEAN + 0.5) <= 0.5].max())
        size = _round_up(max(depth, near_zero if _is_zero(best) else 0.0, 0.02))
        self._curve.set_data(_MEAN, excess / size)
        self._curve.set_color(COLOURS[_COLOURS[setting.loss]])
        self._star.set_data([-_gap(best)], [-depth / size])
        for number, tick in zip(self._numbers, _TICKS, strict=True):
            number.set_text(f"{tick * size:.2g}".replace("-", "−"))


def _round_up(size: float) -> float:
    power = 10.0 ** math.floor(math.log10(size))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= size)


def _gap(best: regularized.RegularizedMinimizer) -> float:
    return float(best.positive_score - best.negative_score)


def _is_zero(best: regularized.RegularizedMinimizer) -> bool:
    # At Kc = 1 the product of K and a rounded c may miss 1 by the last bit.
    return _gap(best) < 1e-12


def _readout(setting: _Setting, best: regularized.RegularizedMinimizer) -> Readout:
    K, c, gap = setting.num_classes, setting.price, _gap(best)
    own = 1 / (1 + (K - 1) * math.exp(-gap))
    shown = {"smoothing": "α", "focusing": "β"}
    params = "".join(f", {shown[name]} = {value:.2f}" for name, value in setting.params.items())
    return {
        "Setting": f"{WORDS[setting.loss]}{params}, K = {K}, c = {c:.4g}",
        "t*": f"{-(K - 1) * gap or 0.0:.4f}: the own score leads each other by {gap:.4f}",
        "Objective": f"{best.objective:.5f} at t*, {setting.phi(0.0):.5f} at zero",
        "Own probability": f"{own:.4f}, at chance {1 / K:.4f}",
        "Collapse to zero": _collapse(setting, best),
        "Minima of φ(t) + c|t|": _minima(setting),
        "Theorem 1": "proved here" if setting.proved else "not proved here: dead classes may lie lower",
    }


def _collapse(setting: _Setting, best: regularized.RegularizedMinimizer) -> str:
    at_zero = setting.slope(0.0)
    relation = "is below" if setting.price < at_zero * (1 - 1e-12) else "is not below"
    answer = "yes, W = H = 0" if _is_zero(best) else "no"
    return f"{answer}; c = {setting.price:.4g} {relation} the slope at zero, {at_zero:.4g}"


def _minima(setting: _Setting) -> str:
    largest = float(np.max(setting.slope(_MEAN[_MEAN <= 0])))
    if setting.slope(0.0) <= setting.price < largest:
        return "two, one of them at zero; the star marks the lower"
    return "one"
