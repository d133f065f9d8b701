"""Move γ, and watch solved models land on the theory of paper A."""

from __future__ import annotations

from typing import Any

import numpy as np

from nccourse import checks
from nccourse.plots.style import new_figure
from nccourse.theory import normalized
from nccourse.widgets import controls
from nccourse.widgets.gamma_axes import LossOverScale, ScoreDistributions, ScoresOverScale, legend_entries
from nccourse.widgets.gamma_readout import gamma_readout
from nccourse.widgets.panel import Panel, Readout
from nccourse.widgets.picture import Picture
from nccourse.widgets.solved_scores import (
    HIGH_OCTAVE,
    LOW_OCTAVE,
    SCALES,
    Setting,
    solve_scores,
    theory_at,
)

MOST_CLASSES = 20
LOSSES = {"cross-entropy (CE)": "ce", "binary cross-entropy (BCE)": "bce"}
BIASES = {"trained": True, "fixed at 0": False}


def gamma_explorer(num_classes: int = 10, scale: float = 8.0, loss: str = "bce") -> Panel:
    """Solve a normalized unconstrained feature model at each setting and show it on the theory's curves.

    Args:
        num_classes: K to start with, 2..20.
        scale: γ to start with, 0.1..64; the slider moves in eighths of an octave, powers of 2 among them.
        loss: "ce" or "bce".

    Returns:
        A widget: γ, K, loss, and the bias trained or fixed at 0. The read-out gives scores, bias and loss by
        theory and as solved, whether critical conditions I and II hold and the bias separates, and the
        slowest mode of gradient descent near the minimum.

    Raises:
        InputTypeError: K not an integer or γ not a number.
        InputValueError: K, γ or the loss outside its domain.

    Source: paper A, Theorems 1 and 2, Definitions 3 and 4, Lemma 16.

    Cost: about 30 ms a move, a third of it solving; 15 ms where it was before.

    >>> gamma_explorer(10, 8.0).readout["Bias"]  # doctest: +ELLIPSIS
    'b* theory 4.6698, solved 4.6698, spread ...'
    """
    num_classes = checks.integer("num_classes", num_classes, minimum=2, maximum=MOST_CLASSES)
    scale = checks.real("scale", scale, minimum=0.1, maximum=64.0)
    return _GammaExplorer(
        Setting(num_classes, scale, checks.choice("loss", loss, tuple(LOSSES.values())), True)
    )


class _GammaExplorer(Panel):
    title = "The γ explorer"
    try_first = "move γ down to 1 with BCE: where does the bias stop separating the scores?"

    def __init__(self, start: Setting) -> None:
        figure, (scores, distributions, loss) = new_figure(1, 3, width=10.5, height=4.2)
        self._scores, self._loss = ScoresOverScale(scores), LossOverScale(loss)
        self._distributions = ScoreDistributions(distributions)
        figure.legend(handles=legend_entries(), loc="outside lower center", ncols=5, fontsize=8.5)
        moving = [*self._scores.artists, *self._distributions.artists, *self._loss.artists]
        super().__init__(
            {
                "scale": controls.octaves("γ", "scale", start.scale, LOW_OCTAVE, HIGH_OCTAVE),
                "num_classes": controls.whole("K", "number of classes", start.num_classes, 2, MOST_CLASSES),
                "loss": controls.choice("L", "loss", start.loss, LOSSES),
                "bias": controls.choice("b", "bias", start.bias, BIASES),
            },
            Picture(figure, moving, dpi=90),
        )

    def draw(self, **values: Any) -> Readout:
        """Solve the setting and show it."""
        setting = Setting(**values)
        solved = solve_scores(setting)
        curves = theory_at(setting, SCALES)
        here = theory_at(setting, np.array([setting.scale]))
        trained = setting.loss == "bce" and setting.bias
        separation = normalized.separation_scale(setting.num_classes) if trained else None
        self._scores.update(setting.scale, curves, solved, separation)
        self._distributions.update(here, solved)
        self._loss.update(setting.scale, curves, solved.objective)
        return gamma_readout(setting, here, solved)
