"""CE and BCE on the way to collapse from one start, at every scale of a slider, and the rates of theory."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from nccourse import ufm
from nccourse.plots.arrays import Array
from nccourse.theory import normalized

LOSSES = ("ce", "bce")
STEP_SIZE, MOST_STEPS = 1.0, 4000
CRITERION = 1e-3
LOW_OCTAVE, HIGH_OCTAVE, PER_OCTAVE = -3, 3, 4
SCALES: Array = np.exp2(np.arange(LOW_OCTAVE * PER_OCTAVE, HIGH_OCTAVE * PER_OCTAVE + 1) / PER_OCTAVE)

_RACED: dict[int, dict[tuple[str, int], Race]] = {}


@dataclass(frozen=True)
class Race:
    """Gradient descent of one loss at one scale.

    Args:
        step: recorded steps, (T,).
        deviation: largest distance of a cosine from its value at collapse, (T,).
        rate: of the slowest mode by theory.
        mode: its name in :func:`nccourse.theory.normalized.hessian_spectrum`.
    """

    step: Array
    deviation: Array
    rate: float
    mode: str

    @property
    def steps_to_criterion(self) -> float:
        """The step at which criterion (217) is met first, interpolated between records; inf if never."""
        met = np.flatnonzero(self.deviation <= CRITERION)
        if not met.size:
            return math.inf
        around = slice(met[0], met[0] - 2 if met[0] > 1 else None, -1)
        return float(np.interp(math.log(CRITERION), np.log(self.deviation[around]), self.step[around]))

    @property
    def tail_rate(self) -> float:
        """The rate λ of the last hundredfold fall, error ∝ (1 - ηλ)^t; nan if the criterion is never met."""
        if self.deviation[-1] > CRITERION:
            return math.nan
        tail = self.deviation < 100 * self.deviation[-1]
        slope = np.polyfit(self.step[tail], np.log(self.deviation[tail]), 1)[0]
        return float(-np.expm1(slope)) / STEP_SIZE

    def line(self, step: Array) -> Array:
        """Return the deviation that falls at the theory's rate through the last recorded point."""
        fall = math.log1p(-STEP_SIZE * self.rate)
        line: Array = self.deviation[-1] * np.exp(fall * (step - self.step[-1]))
        return line


def raced() -> frozenset[int]:
    """Return the numbers of classes whose races have been run."""
    return frozenset(_RACED)


def races(num_classes: int) -> dict[tuple[str, int], Race]:
    """Run both losses at all of ``SCALES`` as one batch, once; keys are (loss, index of the scale).

    One sample a class, d = K, the same random unit vectors at the start of every run.
    """
    if num_classes not in _RACED:
        _RACED[num_classes] = _run(num_classes)
    return _RACED[num_classes]


def theory_steps(num_classes: int, loss: str) -> Array:
    """Return the steps in which the slowest mode falls from 1 to the criterion, at each of ``SCALES``."""
    rate = np.asarray(normalized.local_rate(num_classes, 1, SCALES, loss))
    steps: Array = math.log(CRITERION) / np.log1p(-STEP_SIZE * rate)
    return steps


def _run(num_classes: int) -> dict[tuple[str, int], Race]:
    scales = [float(scale) for scale in SCALES]
    problems = [
        ufm.NormalizedUFM(num_classes, 1, num_classes, scale, loss) for loss in LOSSES for scale in scales
    ]
    kept = np.unique(np.r_[0, np.geomspace(1, MOST_STEPS, 110).astype(int)]).tolist()
    solved = ufm.solve(
        problems,
        method="gradient_descent",
        step_size=STEP_SIZE,
        max_steps=MOST_STEPS,
        tolerance=1e-14,
        seed=1,
        record=kept,
    )
    keys = [(loss, index) for loss in LOSSES for index in range(len(scales))]
    return {key: _race(num_classes, *key, solution) for key, solution in zip(keys, solved, strict=True)}


def _race(num_classes: int, loss: str, index: int, solution: ufm.Solution) -> Race:
    modes = normalized.hessian_spectrum(num_classes, 1, float(SCALES[index]), loss)
    rate, mode = min((float(value), mode) for mode, (value, _) in modes.items() if value > 0)
    step, deviation = (np.asarray(solution.history[name], np.float64) for name in ("step", "deviation"))
    return Race(step, deviation, rate, mode)
