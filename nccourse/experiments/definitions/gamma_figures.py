"""Paper A's figures of the sweep over γ: scores and biases (1, 12) and epochs to thresholds (14, 15)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from nccourse import plots
from nccourse.experiments.definitions.gamma_sweep import KEYS, RESNET, SCORES, VIT, scores_at_theory
from nccourse.experiments.definitions.paper_a import NUM_CLASSES
from nccourse.experiments.experiment import Experiment
from nccourse.experiments.measures import THRESHOLDS
from nccourse.experiments.registry import register
from nccourse.experiments.rows import Rows
from nccourse.experiments.study import Study
from nccourse.experiments.verdict import Verdict
from nccourse.theory.normalized import bce_bias, unbiased_scores

_COLOURS = ("blue", "vermillion", "green")
_QUANTITIES = ("positive", "negative", "bias")
_NAMES = {RESNET.id: "Table 5's network", VIT.id: "ViT", "sgd": "SGD", "adamw": "AdamW"}


def theory(loss: str, scales: Any) -> dict[str, Any]:
    """Return the values at collapse over a fine range of γ; CE leaves the bias open."""
    fine = np.geomspace(min(scales), max(scales), 100)
    positive, negative = unbiased_scores(NUM_CLASSES, fine)
    values = {"scale": fine, "positive": positive, "negative": negative}
    return values if loss == "ce" else {**values, "bias": bce_bias(NUM_CLASSES, fine)}


def panel(records: pd.DataFrame) -> dict[str, Any]:
    """Return mean over seeds of what a panel of :func:`nccourse.plots.scores_by_scale` shows."""
    means = records.groupby("scale")[list(SCORES)].mean()
    pairs = {name: (means[f"{name}_mean"], means[f"{name}_sd"]) for name in _QUANTITIES}
    return {"scale": means.index.to_numpy(), **pairs}


def draw_scores(records: pd.DataFrame, by: list[str]) -> Figure:
    """Draw a panel for each combination of ``by`` and loss."""
    panels, expected = {}, {}
    for values, part in records.groupby([*by, "loss"], sort=False):
        *where, loss = map(str, values)
        named = (_named(column, value) for column, value in zip(by, where, strict=True))
        title = ", ".join([loss.upper(), *named])
        panels[title], expected[title] = panel(part), theory(loss, part.scale)
    return plots.scores_by_scale(panels, expected)


def _named(column: str, value: str) -> str:
    if column == "initial_mean":
        return "bias from b*" if value == "theory" else f"bias from {float(value):g}"
    return _NAMES.get(value, value)


def draw_epochs(records: pd.DataFrame) -> Figure:
    """Draw, for each loss and optimizer, the epochs to each threshold over γ."""
    figure, axes = plots.new_figure(2, 2, width=8.8, height=6.4)
    groups = records.groupby(["loss", "optimizer"], sort=False)
    for ax, (values, part) in zip(axes, groups, strict=True):
        loss, optimizer = map(str, values)
        last = part.epoch.max()
        for height, (quantity, colour) in enumerate(zip(THRESHOLDS, _COLOURS, strict=True)):
            epochs = part.groupby("scale")[f"epochs_to_{quantity}"].mean()
            ax.plot(epochs.index, epochs, "o-", color=plots.COLOURS[colour], markersize=4, label=quantity)
            never = epochs[epochs.isna()]
            ax.plot(
                never.index, np.full(len(never), (1 - 0.03 * height) * last), "x", color=plots.COLOURS[colour]
            )
        ax.set(title=f"{loss.upper()}, {_NAMES[optimizer]}", xscale="log", ylim=(0, 1.05 * last))
        ax.set(xlabel="scale γ (no unit)", ylabel="epochs to the threshold")
    axes[0].legend(fontsize=8)
    return figure


def slower_features(records: pd.DataFrame) -> Verdict:
    """Compare, at the largest γ, when accuracy is there with when the features are."""
    largest = records[records.scale == records.scale.max()]
    early = largest.epochs_to_accuracy.notna().mean()
    features = largest[["epochs_to_compactness", "epochs_to_separability"]].notna().all(axis=1).mean()
    told = f"at γ = {records.scale.max():g}, {early:.0%} of the runs reach the accuracy"
    told += f", {features:.0%} both thresholds of the features"
    if early == 0:
        return Verdict(None, told)
    return Verdict(bool(early == 1 and features == 0), told)


_AT_THEORY = (
    "At 2 <= γ <= 5 positive scores reach γ, their value at collapse; at the largest γ they fall short of it."
)
_SLOWER = (
    "At the largest γ the accuracy reaches its threshold, compactness and separability do not reach theirs."
)
_POINTS = (
    "Scores and biases over the scale, CE beside BCE, and dashed the theory, which the points follow at "
)
_CROSSES = "Four panels of epochs over the scale: accuracy comes soon, features late, and crosses mark never."


def _scores(number: int, title: str, study: Study | tuple[Study, ...], by: list[str]) -> Experiment:
    return Experiment(
        id=f"A.fig{number}",
        kind="run",
        title=title,
        claim=_AT_THEORY,
        study=study,
        rows=Rows([*(["study"] if isinstance(study, tuple) else []), *KEYS], SCORES),
        verdict=scores_at_theory,
        figure=lambda records: draw_scores(records, by),
        alt=_POINTS + "middle scales and leave at large ones.",
    )


def _epochs(number: int, network: str, study: Study) -> Experiment:
    return Experiment(
        id=f"A.fig{number}",
        kind="run",
        title=f"Epochs to the thresholds of accuracy and features, {network}",
        claim=_SLOWER,
        study=study,
        rows=Rows(KEYS, {quantity: f"epochs_to_{quantity}" for quantity in THRESHOLDS}),
        verdict=slower_features,
        figure=draw_epochs,
        alt=_CROSSES,
    )


register(
    _scores(1, "Final scores and biases against theory over γ", (RESNET, VIT), ["study", "optimizer"]),
    _scores(12, "Scores and biases over γ, ResNet18 on CIFAR10", RESNET, ["optimizer"]),
    _epochs(14, "ResNet18", RESNET),
    _epochs(15, "ViT", VIT),
)
