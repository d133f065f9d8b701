"""Paper B's Table 1, final scores and biases under decay, and Fig. 2, collapse on the way there."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from nccourse import plots
from nccourse.experiments.definitions.gamma_sweep import SCORES
from nccourse.experiments.definitions.paper_b import (
    DECAYED,
    LOSSES,
    MLP_DIGITS,
    MLP_MNIST,
    NUM_CLASSES,
    PAPER,
    beside_resnet18,
    minimum,
)
from nccourse.experiments.experiment import Experiment
from nccourse.experiments.networks import Networks, curves
from nccourse.experiments.registry import register
from nccourse.experiments.rows import Rows
from nccourse.experiments.study import Study
from nccourse.experiments.verdict import Verdict
from nccourse.training import TrainResult

METRICS = ("nc1", "nc2", "nc3")
NEAR = 0.01
SMALL = 0.2
_LOOKS = {"ce": ("blue", "D"), "bce": ("vermillion", "o")}
_collapse = curves(*METRICS)


def bias_equation(bias: float, positive: float, negative: float, lambda_b: float) -> float:
    """Return the right side of Eq. (12), BCE's derivative in the common bias over K.

    1/K σ(b - s+) - (K-1)/K σ(s- - b) + λ_b b.

    >>> best = minimum("bce")
    >>> abs(bias_equation(best.bias, best.positive_score, best.negative_score, 5e-4)) < 1e-12
    True
    """
    own, others = 1 / (1 + math.exp(positive - bias)), 1 / (1 + math.exp(bias - negative))
    return (own - (NUM_CLASSES - 1) * others) / NUM_CLASSES + lambda_b * bias


def measure(result: TrainResult) -> dict[str, Any]:
    """Return the last row, the curves of NC1 to NC3, and the right side of (12) in two ways.

    "alpha" is the paper's, with the scores that (13) makes of |W|²; "alpha_measured" has the mean scores.
    Both are of BCE alone.
    """
    row, config = dict(_collapse(result)), result.config
    if config.loss != "bce":
        return {**row, "alpha": math.nan, "alpha_measured": math.nan}
    lambda_W, lambda_b = config.lambda_W or 0.0, config.lambda_b or 0.0
    # n λ_H of the paper is λ_H / K here, where the decay is a mean over samples.
    ratio = math.sqrt(lambda_W * NUM_CLASSES / config.lambda_H)
    positive = ratio * float(result.model.head.W.detach().double().square().sum()) / NUM_CLASSES
    measured = (row["positive_mean"], row["negative_mean"])
    row["alpha"] = bias_equation(row["bias_mean"], positive, -positive / (NUM_CLASSES - 1), lambda_b)
    row["alpha_measured"] = bias_equation(row["bias_mean"], *measured, lambda_b)
    return row


_AXES = {
    "model": ("mlp",),
    "features": ("relu", "free"),
    "optimizer": ("sgd",),
    "loss": LOSSES,
}
_PAPER_AXES = {
    "model": tuple(PAPER.options),
    "features": ("relu",),
    "optimizer": ("sgd", "adamw"),
    "loss": LOSSES,
}

STUDY = Study(
    "B.table1",
    Networks(measure),
    {
        "ci": MLP_DIGITS.grid(60, _AXES, data="digits", record=5, **DECAYED),
        "laptop": MLP_MNIST.grid(100, _AXES, data="mnist5k", record=2, **DECAYED),
        "gpu": PAPER.grid(100, _PAPER_AXES, data="cifar10", record=2, schedule="full", **DECAYED),
    },
)

KEYS = ("model", "optimizer", "loss")
QUANTITIES = {**SCORES, "alpha": "alpha", "alpha_measured": "alpha_measured", "accuracy": "train_accuracy"}


def side_by_side(records: pd.DataFrame) -> pd.DataFrame:
    """Return paper and ours, for features after a ReLU and for free ones."""
    rows = Rows(KEYS, QUANTITIES, "B.table1", factors={"accuracy": 100.0})
    tables = []
    for features, part in records.groupby("features", sort=False):
        table = beside_resnet18(rows, part)
        table.insert(1, "features", features)
        tables.append(table)
    return pd.concat(tables, ignore_index=True)


def biases_at_rest(records: pd.DataFrame) -> Verdict:
    """See whether CE's biases end near zero, and BCE's where they are at rest, between the scores."""
    if records.train_accuracy.min() < 0.99:
        return Verdict(None, f"an accuracy of only {records.train_accuracy.min():.3f} on the training set")
    ce, bce = records[records.loss == "ce"], records[records.loss == "bce"]
    off, alpha = ce.bias_mean.abs().max(), bce.alpha_measured.abs().max()
    between = (bce.negative_mean < bce.bias_mean) & (bce.bias_mean < bce.positive_mean)
    told = f"CE's mean bias is within {off:.3f} of 0, BCE's is {bce.bias_mean.min():.2f} to "
    told += f"{bce.bias_mean.max():.2f} with |α| <= {alpha:.4f} at the measured scores "
    told += f"and {bce.alpha.abs().max():.4f} at those of (13)"
    return Verdict(bool(off < SMALL and alpha < NEAR and between.all()), told)


def collapses(records: pd.DataFrame) -> Verdict:
    """See which metrics end below 0.2, and in how many BCE is ahead in the first fifth of the epochs."""
    ends = records.groupby("loss")[list(METRICS)].max()
    ahead = []
    for _, part in records.groupby(["model", "features", "optimizer"]):
        early = {loss: _early(part[part.loss == loss]) for loss in LOSSES}
        ahead += [early["bce"][name] < early["ce"][name] for name in METRICS]
    worst = ", ".join(
        f"{name.upper()} {ends[name]['ce']:.3f} (CE) {ends[name]['bce']:.3f} (BCE)" for name in METRICS
    )
    told = f"the largest final values are {worst}; BCE is ahead early in {sum(ahead)} of {len(ahead)} curves"
    return Verdict(bool((ends < SMALL).all(axis=None) and all(ahead)), told)


def _early(records: pd.DataFrame) -> dict[str, float]:
    """Return each metric's mean over the first fifth of the epochs, the start left out."""
    means = {}
    for name in METRICS:
        values = []
        for curve in records.curves:
            epochs = np.array(curve["epoch"])
            chosen = (epochs > 0) & (epochs <= max(epochs[-1] / 5, epochs[1]))
            values.append(np.mean(np.array(curve[name])[chosen]))
        means[name] = float(np.mean(values))
    return means


def theory_nc2(loss: str) -> float:
    """Return NC2 of the unconstrained minimizer's weights, whose Gram matrix is gap (I - J/K) + |offset| J/K.

    >>> theory_nc2("ce"), round(theory_nc2("bce"), 2)
    (0.0, 0.34)
    """
    best = minimum(loss)
    gap = best.positive_score - best.negative_score
    offset = abs(best.positive_score + (NUM_CLASSES - 1) * best.negative_score)
    norm = math.hypot(math.sqrt(NUM_CLASSES - 1) * gap, offset)
    within = math.sqrt(NUM_CLASSES - 1) * gap / norm - 1
    return round(math.hypot(within, offset / norm), 9)


def draw(records: pd.DataFrame) -> Figure:
    """Draw NC1 to NC3 over the epochs, a row for each network and optimizer."""
    groups = list(records.groupby(["model", "features", "optimizer"], sort=False))
    figure, axes = plots.new_figure(len(groups), 3, width=9.6, height=2.6 * len(groups) + 0.3)
    for row, ((model, features, optimizer), part) in enumerate(groups):
        for column, name in enumerate(METRICS):
            ax = axes[3 * row + column]
            for loss in LOSSES:
                _draw_curve(ax, part[part.loss == loss], name, loss)
            if name == "nc2" and features == "free" and optimizer == "sgd":
                ax.axhline(theory_nc2("bce"), color=plots.COLOURS["black"], linestyle="--", linewidth=1.2)
            ax.set(title=f"{name.upper()}, {model} ({features}), {optimizer}", yscale="log")
            ax.set(xlabel="epoch", ylabel=f"{name.upper()} (no unit)")
    axes[0].legend(fontsize=8)
    return figure


def _draw_curve(ax: Axes, records: pd.DataFrame, name: str, loss: str) -> None:
    epochs = records.curves.iloc[0]["epoch"]
    values = np.mean([curve[name] for curve in records.curves], axis=0)
    colour, marker = _LOOKS[loss]
    ax.plot(epochs, values, color=plots.COLOURS[colour], marker=marker, markersize=3, label=loss.upper())


register(
    Experiment(
        id="B.table1",
        kind="run",
        title="Final scores, biases and accuracy of three networks",
        claim="CE's biases end near zero; BCE's end between the scores, where Eq. (12) puts them.",
        study=STUDY,
        rows=side_by_side,
        verdict=biases_at_rest,
    ),
    Experiment(
        id="B.fig2",
        kind="run",
        title="NC metrics of a ResNet18",
        claim="NC1 to NC3 approach zero with CE and with BCE, and BCE's fall faster in the first epochs.",
        study=STUDY,
        rows=lambda records: Rows(("model", "features", "optimizer", "loss"), {m: m for m in METRICS})(
            records
        ),
        verdict=collapses,
        figure=draw,
        alt="NC1, NC2 and NC3 over the epochs on log axes, CE and BCE: all of CE's fall, BCE's NC2 levels "
        "off; dashed, where theory has it for free features.",
    ),
)
