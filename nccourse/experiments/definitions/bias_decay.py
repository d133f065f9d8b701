"""Paper B's Fig. 3: final scores and biases by the biases' initial mean, and by their decay."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from nccourse import plots
from nccourse.experiments.cell import Grid
from nccourse.experiments.definitions.gamma_sweep import SCORES
from nccourse.experiments.definitions.initial_bias import panel
from nccourse.experiments.definitions.paper_b import (
    DECAYED,
    LOSSES,
    MLP_DIGITS,
    MLP_MNIST,
    PAPER,
    Setup,
    minimum,
)
from nccourse.experiments.experiment import Experiment
from nccourse.experiments.networks import Networks
from nccourse.experiments.registry import register
from nccourse.experiments.rows import Rows
from nccourse.experiments.study import Study
from nccourse.experiments.verdict import Verdict

FAR_START = 10.0
MEANS = (0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, FAR_START)
DECAYS = (0.5, 0.05, 5e-3, 5e-4, 5e-5, 5e-6)
NEAR = 0.2


def _grid(
    setup: Setup,
    epochs: int,
    model: str,
    means: tuple[float, ...],
    decays: tuple[float, ...],
    features: tuple[str, ...] = ("free",),
    **more: Any,
) -> Grid:
    """Return starts without decay of the biases, then decays from the farthest start; SGD only.

    The paper's AdamW decays what is in the loss; ours is decoupled from it and would not move these biases.
    """
    axes = {
        "model": (model,),
        "features": features,
        "optimizer": ("sgd",),
        "loss": LOSSES,
        "lambda_b": (0.0, *decays),
        "initial_mean": means,
    }
    base = {name: value for name, value in DECAYED.items() if name != "lambda_b"}
    grid = setup.grid(epochs, axes, record=epochs, **base, **more)

    def adapt(coordinates: dict[str, Any]) -> dict[str, Any] | None:
        if coordinates["lambda_b"] and coordinates["initial_mean"] != FAR_START:
            return None
        return setup.fields(coordinates)

    return replace(grid, adapt=adapt)


STUDY = Study(
    "B.fig3",
    Networks(),
    {
        "ci": _grid(MLP_DIGITS, 60, "mlp", (0.0, 4.0, FAR_START), (0.05, 5e-4), data="digits"),
        "laptop": _grid(
            MLP_MNIST, 60, "mlp", (0.0, 2.0, 5.0, FAR_START), (0.5, 0.05, 5e-3, 5e-4), data="mnist5k"
        ),
        "gpu": _grid(PAPER, 100, "resnet18", MEANS, DECAYS, ("relu",), data="mnist").changed(schedule="full"),
    },
)


def groups(records: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the runs without decay of the biases, and those from the farthest start with it."""
    return records[records.lambda_b == 0], records[records.lambda_b > 0]


def ridge_and_valley(records: pd.DataFrame) -> Verdict:
    """See whether CE's biases stay apart from its scores, and BCE's separate and move its own."""
    starts, _ = groups(records)
    ce, bce = starts[starts.loss == "ce"], records[records.loss == "bce"]
    moved = (ce.bias_mean - ce.initial_mean).abs().max()
    scores = ce.groupby("initial_mean").positive_mean.mean()
    cares = scores.max() - scores.min()
    between = ((bce.negative_mean < bce.bias_mean) & (bce.bias_mean < bce.positive_mean)).mean()
    together = float(np.corrcoef(bce.bias_mean, bce.positive_mean)[0, 1])
    told = (
        f"without decay CE's mean bias moves by at most {moved:.2f} and its positive score by {cares:.2f}; "
    )
    told += f"BCE's bias lies between the mean scores in {between:.0%} of the runs and correlates with the "
    told += f"positive ones at {together:.2f}"
    return Verdict(bool(moved < NEAR and cares < NEAR and between == 1 and together > 0.9), told)


def draw(records: pd.DataFrame) -> Figure:
    """Draw, for each loss, scores and biases by initial mean and by decay; dashed, of free features."""
    panels, expected = {}, {}
    for part, by, words in zip(
        groups(records),
        ("initial_mean", "lambda_b"),
        ("λ_b = 0, by initial mean of b", f"from {FAR_START:g}, by decay λ_b"),
        strict=True,
    ):
        for loss in LOSSES:
            title = f"{loss.upper()}, {words}"
            panels[title] = panel(part[part.loss == loss], by)
            expected[title] = theory(loss, [float(setting) for setting in panels[title]["settings"]], by)
    return plots.score_levels(panels, expected, xlabel="initial mean of b, or λ_b (no unit)")


def theory(loss: str, values: list[float], by: str) -> dict[str, list[float]]:
    """Return scores and bias of the unconstrained minimizer; CE without decay leaves the bias open."""
    best = [minimum(loss, value if by == "lambda_b" else 0.0) for value in values]
    levels = {
        "positive": [entry.positive_score for entry in best],
        "negative": [entry.negative_score for entry in best],
    }
    if loss == "bce" or by == "lambda_b":
        levels["bias"] = [entry.bias for entry in best]
    return levels


register(
    Experiment(
        id="B.fig3",
        kind="run",
        title="Final scores by the bias: its initial mean and its decay",
        claim="Without decay CE's biases stay where they start and its scores do not care, while BCE's "
        "always separate its scores, which move with them.",
        study=STUDY,
        rows=Rows(("loss", "lambda_b", "initial_mean"), SCORES),
        verdict=ridge_and_valley,
        figure=draw,
        alt="Four panels of scores and biases: without decay CE's biases rise with their initial mean while "
        "its scores stay level; BCE's biases lie between its scores. Dashed, the minimizer of free features.",
    )
)
