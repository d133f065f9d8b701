"""Move a feature before a fixed classifier, and see what cross-entropy and dot regression do to it."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from nccourse import checks
from nccourse.plots.arrays import Array
from nccourse.plots.pull_push import ForceView
from nccourse.plots.style import new_figure
from nccourse.theory import fixed_etf
from nccourse.widgets import controls
from nccourse.widgets.panel import Panel, Readout
from nccourse.widgets.picture import Picture

OWN = 0
FRAME = np.array([[math.cos(a), math.sin(a)] for a in np.deg2rad([90.0, 210.0, 330.0])])
"""The unit simplex ETF of three classes in the plane, the feature's own class on top."""

_LOWEST, _HIGHEST = -2, 5  # powers of two of the logit scale
_NOWHERE = 1e-12
_READABLE = 1e-4  # shorter lengths are written with an exponent


def pull_push(angle: float = 115.0, length: float = 1.0, scale: float = 4.0) -> Panel:
    """Show the forces of cross-entropy (CE) and dot regression (DR) on one feature, for three classes.

    The classifier is a fixed simplex ETF in the plane with E_W = E_H. The feature belongs to class 0.

    Args:
        angle: from the feature's own weight to the feature, in degrees, -180..180.
        length: of the feature, in units of sqrt(E_H), 0..1.
        scale: L = sqrt(E_W E_H), the logit of a feature on its weight, 1/4..32.

    Returns:
        A widget: angle, length, L and the step size. The read-out names probabilities, the lengths of pull
        and push, where their sum points, and where one projected gradient step of each loss leads.

    Raises:
        InputTypeError: an argument is not a number.
        InputValueError: an argument outside its domain.

    Source: paper E, Eqs. (13) to (15) and Figure 2.

    >>> pull_push(angle=0.0).readout["DR pull"]
    'length 0.0000 √E_W'
    """
    angle = checks.real("angle", angle, minimum=-180, maximum=180)
    length = checks.real("length", length, minimum=0, maximum=1)
    return _PullPush(angle, length, checks.real("scale", scale, minimum=2.0**_LOWEST, maximum=2.0**_HIGHEST))


class _PullPush(Panel):
    title = "Pull and push"
    try_first = (
        "with L = 16 put h on a wrong weight, θ = 120°: one step of CE lands on the optimum, one of DR does "
        "not. Then θ = 30°: which of the two still moves?"
    )

    def __init__(self, angle: float, length: float, scale: float) -> None:
        figure, (left, right) = new_figure(1, 2, width=9.2, height=4.7)
        self._ce = ForceView(left, len(FRAME), ("pull", "push"), title="CE: pull and push")
        self._dr = ForceView(right, len(FRAME), ("pull",), title="DR: pull only")
        super().__init__(
            {
                "angle": controls.linear("θ", "angle to w0 (degrees)", angle, -180, 180, 5),
                "length": controls.linear("‖h‖", "length (√E_H)", length, 0, 1, 0.05),
                "scale": controls.octaves("L", "logit scale √(E_W E_H)", scale, _LOWEST, _HIGHEST),
                "step": controls.octaves("η", "step size (√(E_H/E_W))", 1.0, -6, 6),
            },
            Picture(figure, [*self._ce.artists, *self._dr.artists]),
        )

    def draw(self, **values: Any) -> Readout:
        """Show the forces on the feature; lengths in the picture are in units of sqrt(E_H) = sqrt(E_W)."""
        root = math.sqrt(values["scale"])
        direction = math.radians(90.0 - values["angle"])
        feature = values["length"] * np.array([math.cos(direction), math.sin(direction)])
        found = fixed_etf.pull_push(root * feature[None], [OWN], root * FRAME)
        pull, push = (force[0] / root for force in found)
        regression = (1.0 - feature @ FRAME[OWN]) * FRAME[OWN]
        self._ce.update(FRAME, feature, OWN, {"pull": pull, "push": push})
        self._dr.update(FRAME, feature, OWN, {"pull": regression})
        return _readout(values, feature, pull, push, regression)


def _readout(values: dict[str, Any], feature: Array, pull: Array, push: Array, regression: Array) -> Readout:
    step = values["step"]
    return {
        "Setting": f"h at {values['angle']:.0f}° from its weight w0, length {values['length']:.2f} √E_H, "
        f"L = {values['scale']:.3g}",
        "Probability of the wrong classes": _number(float(pull @ FRAME[OWN])),
        "CE pull": _length(pull),
        "CE push": _length(push),
        "CE together": f"{_length(pull + push)}, {_direction(pull + push)}",
        "DR pull": _length(regression),
        "A step of CE": _step(feature, step * (pull + push)),
        "A step of DR": _step(feature, step * regression),
    }


def _number(value: float) -> str:
    return f"{value:.4f}" if value == 0.0 or value >= _READABLE else f"{value:.1e}"


def _length(force: Array) -> str:
    return f"length {_number(float(np.linalg.norm(force)))} √E_W"


def _direction(force: Array) -> str:
    angle = _angle(force)
    return "no direction" if math.isnan(angle) else f"{angle:.1f}° off the direction of w0"


def _step(feature: Array, force: Array) -> str:
    """Say at which angle h + force stands; bringing it back into the ball keeps that."""
    before, after = _angle(feature), _angle(feature + force)
    if math.isnan(before) or math.isnan(after):
        return "at length 0 there is no angle"
    change = round(after, 1) - round(before, 1)
    words = "nearer to w0" if change < 0 else "further from w0" if change > 0 else "hardly moves"
    return f"{before:.1f}° to {after:.1f}°: {words}"


def _angle(vector: Array) -> float:
    """Angle to the own weight in degrees, 0..180; nan for a vector of length 0."""
    if np.linalg.norm(vector) < _NOWHERE:
        return math.nan
    along = float(vector @ FRAME[OWN])
    across = float(vector[0] * FRAME[OWN, 1] - vector[1] * FRAME[OWN, 0])
    return math.degrees(math.atan2(abs(across), along))
