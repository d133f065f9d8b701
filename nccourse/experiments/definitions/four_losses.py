"""Paper C's Figs. 1, 2, 5 and 6: collapse and accuracies of four losses on a wide network trained long."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from nccourse import plots
from nccourse.experiments.definitions.paper_c import (
    ACCURACIES,
    CHOSEN,
    COLLAPSE,
    FEW_DIGITS,
    FEW_MNIST,
    LOOKS,
    LOSSES,
    MLP_DIGITS,
    MLP_MNIST,
    PERCENT,
    WIDE_CIFAR10,
    WIDE_CIFAR100,
    measure,
    spread,
    tuned,
)
from nccourse.experiments.experiment import Experiment
from nccourse.experiments.networks import Networks
from nccourse.experiments.registry import register
from nccourse.experiments.rows import Rows
from nccourse.experiments.study import Study
from nccourse.experiments.verdict import Verdict

SMALL = 0.2
SAME = 1.0
"""Percentage points: paper C calls 0.9 "largely identical" (Fig. 8) and 1.037 a difference (Fig. 4)."""

CIFAR10 = Study(
    "C.fig1",
    Networks(measure),
    {
        "ci": MLP_DIGITS.grid("largest"),
        "laptop": MLP_MNIST.grid("largest"),
        "gpu": WIDE_CIFAR10.grid("largest", schedule="full"),
    },
)
CIFAR100 = Study(
    "C.fig5",
    Networks(measure),
    {
        "ci": FEW_DIGITS.grid("largest"),
        "laptop": FEW_MNIST.grid("largest"),
        "gpu": WIDE_CIFAR100.grid("largest", schedule="full"),
    },
)

_KEYS = ("width", "epochs", "loss")
_FINAL = {**{name: name for name in (*COLLAPSE, *ACCURACIES)}, CHOSEN: CHOSEN}


def collapsed(records: pd.DataFrame) -> Verdict:
    """See whether every loss's NC1 to NC3 end small."""
    means = tuned(records).groupby("loss")[list(COLLAPSE)].mean()
    told = "; ".join(
        f"{name.upper()} ends at {means[name].min():.2g} ({LOSSES[str(means[name].idxmin())]}) to "
        f"{means[name].max():.2g} ({LOSSES[str(means[name].idxmax())]})"
        for name in COLLAPSE
    )
    return Verdict(bool((means < SMALL).all(axis=None)), told)


def same_accuracy(records: pd.DataFrame) -> Verdict:
    """See whether all losses fit the training set, and their test accuracies lie within a point."""
    records = tuned(records)
    fitted = records.groupby("loss").train_accuracy.mean().min()
    if fitted < 0.99:
        return Verdict(None, f"one loss ends at an accuracy of only {fitted:.3f} on the training set")
    means = records.groupby("loss")[CHOSEN].mean().sort_values() * PERCENT
    told = (
        f"{LOSSES[means.index[0]]} has {means.iloc[0]:.2f}, {LOSSES[means.index[-1]]} {means.iloc[-1]:.2f}: "
    )
    noise = records.groupby("loss")[CHOSEN].std().mean() * PERCENT
    told += f"{spread(records):.2f} points"
    told += f", where seeds differ by {noise:.2f} (sd)" if np.isfinite(noise) else " in one run each"
    return Verdict(spread(records) < SAME, told)


def draw(records: pd.DataFrame, names: Sequence[str], *, scale: str) -> Figure:
    """Draw the named curves over the epochs, one panel each, mean and range over the seeds."""
    figure, axes = plots.new_figure(columns=len(names), width=9.6, height=3.1)
    for ax, name in zip(axes, names, strict=True):
        draw_curves(ax, records, name)
        ax.set(title=name.upper() if name in COLLAPSE else name.replace("_", " "), yscale=scale)
    axes[0].legend(fontsize=8)
    return figure


def draw_curves(ax: Axes, records: pd.DataFrame, name: str) -> None:
    """Draw one curve a loss: the mean over seeds, and shaded their range."""
    for loss, part in tuned(records[records.status != "diverged"]).groupby("loss", sort=False):
        colour, marker = LOOKS[str(loss)]
        epochs = part.curves.iloc[0]["epoch"]
        values = np.array([curve[name] for curve in part.curves], dtype=float)
        look: dict[str, Any] = {"color": plots.COLOURS[colour], "marker": marker, "markersize": 3}
        ax.plot(epochs, values.mean(axis=0), label=LOSSES[str(loss)], **look)
        ax.fill_between(
            epochs, values.min(axis=0), values.max(axis=0), color=look["color"], alpha=0.15, linewidth=0
        )
    ax.set(xlabel="epoch", ylabel=f"{name.upper()} (no unit)" if name in COLLAPSE else "accuracy (fraction)")


_COLLAPSE = (
    "With each of the four losses NC1, NC2 and NC3 of the widest network, trained longest, end below 0.2."
)
_SAME = (
    "Each of the four losses fits the training set of the widest network, trained longest, and their "
    "mean test accuracies at the best validation epoch lie within one point of each other."
)


def _collapse(number: int, data: str, study: Study) -> Experiment:
    return Experiment(
        id=f"C.fig{number}",
        kind="run",
        title=f"NC metrics of four losses on {data}",
        claim=_COLLAPSE,
        study=study,
        rows=lambda records: Rows(_KEYS, {name: name for name in COLLAPSE})(tuned(records)),
        verdict=collapsed,
        figure=lambda records: draw(records, COLLAPSE, scale="log"),
        alt="NC1, NC2 and NC3 over the epochs on log axes, a curve for each of four losses: all fall, "
        "MSE's NC1 and NC3 first, the focal loss's last.",
    )


def _accuracies(number: int, data: str, study: Study) -> Experiment:
    return Experiment(
        id=f"C.fig{number}",
        kind="run",
        title=f"Accuracies of four losses on {data}",
        claim=_SAME,
        study=study,
        rows=lambda records: Rows(
            _KEYS,
            {name: name for name in (*ACCURACIES, CHOSEN)},
            factors=dict.fromkeys((*ACCURACIES, CHOSEN), PERCENT),
        )(tuned(records)),
        verdict=same_accuracy,
        figure=lambda records: draw(records, ACCURACIES, scale="linear"),
        alt="Training, validation and test accuracy over the epochs, a curve for each of four losses: they "
        "all end high, on the training set near one.",
    )


register(
    _collapse(1, "CIFAR10", CIFAR10),
    _accuracies(2, "CIFAR10", CIFAR10),
    _collapse(5, "CIFAR100", CIFAR100),
    _accuracies(6, "CIFAR100", CIFAR100),
)
