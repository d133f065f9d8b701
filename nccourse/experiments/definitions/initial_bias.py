"""Paper A's Figs. 6 to 9: final scores and biases by the mean and the variance of the initial biases."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from nccourse import plots
from nccourse.experiments.definitions.gamma_sweep import SCORES
from nccourse.experiments.definitions.paper_a import (
    LOSSES,
    MLP_DIGITS,
    MLP_MNIST,
    NUM_CLASSES,
    OPTIMIZERS,
    RESNET18_MNIST,
    VIT_CIFAR,
    VIT_DIGITS,
    VIT_MNIST,
)
from nccourse.experiments.experiment import Experiment
from nccourse.experiments.networks import Networks
from nccourse.experiments.registry import register
from nccourse.experiments.rows import Rows
from nccourse.experiments.study import Study
from nccourse.experiments.verdict import Verdict
from nccourse.theory.normalized import bce_bias, unbiased_scores

SCALE = 8.0
MEANS = (0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
VARIANCES = (0.0, 0.1, 0.5, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0)
NEAR = 0.2
ARRIVED = 0.95
LEARNT = 0.9

_SGD = {"optimizer": ("sgd",), "loss": LOSSES}
_BY_MEAN = {"optimizer": OPTIMIZERS, "loss": LOSSES, "initial_mean": MEANS, "scale": (SCALE,)}
_BY_VARIANCE = {"optimizer": OPTIMIZERS, "loss": LOSSES, "initial_variance": VARIANCES}
_SOME_MEANS = {**_SGD, "initial_mean": (0.0, 2.0, 5.0, 10.0), "scale": (SCALE,)}
_SOME_VARIANCES = {**_SGD, "initial_variance": (0.0, 1.0, 6.0), "scale": (8.0, 16.0, 32.0, 64.0)}
_FEW_MEANS = {**_SGD, "initial_mean": (0.0, 10.0), "scale": (SCALE,)}
_FEW_VARIANCES = {**_SGD, "initial_variance": (0.0, 6.0), "scale": (8.0, 32.0)}

MEAN = Study(
    "A.fig6",
    Networks(),
    {
        "ci": MLP_DIGITS.grid(60, {**_SOME_MEANS, "initial_mean": (0.0, 4.0, 10.0)}, record=60),
        "laptop": MLP_MNIST.grid(300, {**_SOME_MEANS, "optimizer": OPTIMIZERS}, record=300),
        "gpu": RESNET18_MNIST.grid(200, _BY_MEAN, record=200, schedule="full"),
    },
)
MEAN_VIT = Study(
    "A.fig7",
    Networks(),
    {
        "ci": VIT_DIGITS.grid(40, _FEW_MEANS, record=40),
        "laptop": VIT_MNIST.grid(40, {**_FEW_MEANS, "initial_mean": (0.0, 4.0, 10.0)}, record=40),
        "gpu": VIT_CIFAR.grid(200, _BY_MEAN, record=200, schedule="full"),
    },
)
VARIANCE = Study(
    "A.fig8",
    Networks(),
    {
        "ci": MLP_DIGITS.grid(60, _FEW_VARIANCES, record=60),
        "laptop": MLP_MNIST.grid(60, _SOME_VARIANCES, record=60),
        "gpu": RESNET18_MNIST.grid(
            200, {**_BY_VARIANCE, "scale": (8.0, 16.0, 32.0, 64.0)}, record=200, schedule="full"
        ),
    },
)
VARIANCE_VIT = Study(
    "A.fig9",
    Networks(),
    {
        "ci": VIT_DIGITS.grid(40, {**_FEW_VARIANCES, "scale": (8.0,)}, record=40),
        "laptop": VIT_MNIST.grid(40, {**_FEW_VARIANCES, "optimizer": ("adamw",)}, record=40),
        "gpu": VIT_CIFAR.grid(200, {**_BY_VARIANCE, "scale": (8.0, 16.0, 32.0)}, record=200, schedule="full"),
    },
)


def theory(loss: str, scale: float) -> dict[str, float]:
    """Return scores and bias at collapse; CE leaves the bias open."""
    positive, negative = unbiased_scores(NUM_CLASSES, scale)
    levels = {"positive": float(positive), "negative": float(negative)}
    return levels if loss == "ce" else {**levels, "bias": float(bce_bias(NUM_CLASSES, scale))}


def decided_by_start(records: pd.DataFrame) -> Verdict:
    """See how far CE's mean biases moved from their start, and how far apart BCE's end, once at rest."""
    ce, bce = records[records.loss == "ce"], records[records.loss == "bce"]
    moved = (ce.bias_mean - ce.initial_mean).abs().max()
    ends = bce.groupby(["optimizer", "initial_mean"]).bias_mean.mean().unstack()
    apart = (ends.max(axis=1) - ends.min(axis=1)).max()
    told = f"CE's mean bias moved by at most {moved:.2f}; BCE's ends "
    told += ", ".join(f"{row.min():.2f} to {row.max():.2f} ({name})" for name, row in ends.iterrows())
    told += f", b* is {bce_bias(NUM_CLASSES, SCALE):.2f}"
    arrived = float((bce.positive_mean / bce.scale).min())
    if arrived < ARRIVED:
        return Verdict(None, f"{told}; BCE is not at rest, its positive scores are down to {arrived:.2f} γ")
    return Verdict(bool(moved < NEAR and apart < NEAR), told)


def forgets_variance(records: pd.DataFrame) -> Verdict:
    """Compare, at each scale and variance of the start, the spread of BCE's biases and scores with CE's."""
    means = records.groupby(["optimizer", "scale", "initial_variance", "loss"])
    biases, scores = (means[name].mean().unstack("loss") for name in ("bias_sd", "positive_sd"))
    narrower, closer = biases.bce <= biases.ce + 1e-9, scores.bce < scores.ce
    widest = biases[biases.index.get_level_values("initial_variance") > 0]
    told = f"BCE's biases spread less in {narrower[widest.index].sum()} of {len(widest)} settings with a "
    told += f"variance, its positive scores in {closer.sum()} of {len(closer)} settings"
    if records.train_accuracy.min() < LEARNT:
        return Verdict(None, f"{told}; a training accuracy is only {records.train_accuracy.min():.2f}")
    return Verdict(bool(narrower[widest.index].all() and closer.mean() > 0.5), told)


def panel(records: pd.DataFrame, by: str) -> dict[str, Any]:
    """Return what :func:`nccourse.plots.score_levels` shows of runs that differ in ``by``."""
    means = records.groupby(by)[list(SCORES)].mean()
    pairs = {name: (means[f"{name}_mean"], means[f"{name}_sd"]) for name in ("positive", "negative", "bias")}
    return {"settings": [f"{value:g}" for value in means.index], **pairs}


def draw(records: pd.DataFrame, by: str) -> Figure:
    """Draw a panel for each scale, optimizer and loss."""
    panels, expected = {}, {}
    groups: Any = records.groupby(["scale", "optimizer", "loss"], sort=False)
    for (scale, optimizer, loss), part in groups:
        title = f"{loss.upper()}, γ = {scale:g}, {optimizer}"
        panels[title], expected[title] = panel(part, by), theory(loss, scale)
    words = by.replace("_", " ")
    return plots.score_levels(panels, expected, xlabel=f"{words} of b (no unit)")


_DECIDED = "CE's final biases are determined by their initial values, BCE's always converge to the same one."
_SPREAD = (
    "Whatever the variance of the initial biases, BCE ends with biases and positive scores that spread less "
    "than CE's."
)


def _experiment(number: int, title: str, study: Study, by: str) -> Experiment:
    mean = by == "initial_mean"
    return Experiment(
        id=f"A.fig{number}",
        kind="run",
        title=title,
        claim=_DECIDED if mean else _SPREAD,
        study=study,
        rows=Rows(("optimizer", "loss", "scale", by), SCORES),
        verdict=decided_by_start if mean else forgets_variance,
        figure=lambda records: draw(records, by),
        alt=f"Panels of scores and biases by the {by.replace('_', ' ')} of the biases, CE beside BCE, with "
        "the values at collapse dashed; "
        + ("CE's biases rise with it, BCE's far less." if mean else "BCE's biases spread less than CE's."),
    )


register(
    _experiment(6, "The final bias by its initial mean, a ResNet18", MEAN, "initial_mean"),
    _experiment(7, "The final bias by its initial mean, a ViT", MEAN_VIT, "initial_mean"),
    _experiment(8, "The final bias by its initial variance, a ResNet18", VARIANCE, "initial_variance"),
    _experiment(9, "The final bias by its initial variance, a ViT", VARIANCE_VIT, "initial_variance"),
)
