"""Paper C's Figs. 3, 4 and 7: NC1 and test accuracy of four losses, by width of the network and epochs."""

from __future__ import annotations

import math

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm, Normalize
from matplotlib.figure import Figure

from nccourse import plots
from nccourse.experiments.definitions.four_losses import CIFAR10, CIFAR100
from nccourse.experiments.definitions.paper_c import (
    CHOSEN,
    FEW_DIGITS,
    FEW_MNIST,
    LOSSES,
    MLP_DIGITS,
    MLP_MNIST,
    PERCENT,
    WIDE_CIFAR10,
    WIDE_CIFAR100,
    largest,
    measure,
    smallest,
    spread,
    tuned,
)
from nccourse.experiments.experiment import Experiment
from nccourse.experiments.networks import Networks
from nccourse.experiments.papers import paper_table
from nccourse.experiments.registry import register
from nccourse.experiments.rows import Rows
from nccourse.experiments.study import Study
from nccourse.experiments.verdict import Verdict

MORE_COLLAPSED = 10.0
_NAMES = {"nc1": "NC1", CHOSEN: "test accuracy"}

# What is trained widest and longest stands in the studies of Figs. 1 and 5.
OTHER_CIFAR10 = Study(
    "C.fig3",
    Networks(measure),
    {
        "ci": MLP_DIGITS.grid("others"),
        "laptop": MLP_MNIST.grid("others"),
        "gpu": WIDE_CIFAR10.grid("others", schedule="full"),
    },
)
OTHER_CIFAR100 = Study(
    "C.fig7",
    Networks(measure),
    {
        "ci": FEW_DIGITS.grid("others"),
        "laptop": FEW_MNIST.grid("others"),
        "gpu": WIDE_CIFAR100.grid("others", schedule="full"),
    },
)


def width_and_epochs_help(records: pd.DataFrame) -> Verdict:
    """Compare each loss's test accuracy at most and least width, averaged over epochs, and so for epochs."""
    gains = {}
    for by in ("width", "epochs"):
        means = tuned(records).pivot_table(CHOSEN, "loss", by) * PERCENT
        gains[by] = means[means.columns.max()] - means[means.columns.min()]
    told = "; ".join(
        f"{by} {gain.min():+.2f} ({LOSSES[str(gain.idxmin())]}) to "
        f"{gain.max():+.2f} ({LOSSES[str(gain.idxmax())]})"
        for by, gain in gains.items()
    )
    return Verdict(all((gain > 0).all() for gain in gains.values()), f"from least to most, {told} points")


def closer_together(records: pd.DataFrame) -> Verdict:
    """Compare NC1 and the losses' spread of test accuracy at both ends of the grid."""
    ends = [end(tuned(records)) for end in (smallest, largest)]
    before, after = (spread(end) for end in ends)
    nc1 = [end.groupby("loss").nc1.mean() for end in ends]
    ratio = float((nc1[0] / nc1[1]).min())
    told = f"NC1 falls by a factor of {ratio:.1f} or more, the losses' spread goes from {before:.2f} to "
    told += f"{after:.2f} points"
    if ratio < MORE_COLLAPSED:
        return Verdict(None, f"{told}; the one end is not ten times as collapsed as the other")
    return Verdict(after < before, told)


def accuracies(records: pd.DataFrame) -> pd.DataFrame:
    """Return one row for each width, number of epochs and loss."""
    names = {"nc1": "nc1", "accuracy": CHOSEN}
    return Rows(("width", "epochs", "loss"), names, factors={"accuracy": PERCENT})(tuned(records))


def spreads(records: pd.DataFrame) -> pd.DataFrame:
    """Return the losses' spread at both ends, beside the paper's at its own; sd is of one seed's spread."""
    printed = paper_table("C.fig4").sort_values("width").spread
    rows = []
    for paper, end in zip(printed, (smallest, largest), strict=True):
        part = end(tuned(records))
        by_seed = pd.Series([spread(runs) for _, runs in part.groupby("seed")])
        where = {
            "width": part.width.iloc[0],
            "epochs": part.epochs.iloc[0],
            "quantity": "spread",
            "paper": paper,
        }
        rows.append({**where, "ours": spread(part), "sd": by_seed.std(), "seeds": len(by_seed)})
    return pd.DataFrame(rows)


def draw(records: pd.DataFrame, metrics: tuple[str, ...]) -> Figure:
    """Draw a map over width and epochs for each loss, a row of maps for each metric."""
    means = tuned(records).groupby(["loss", "epochs", "width"])[list(metrics)].mean()
    figure, axes = plots.new_figure(len(metrics), len(LOSSES), width=10.0, height=2.7 * len(metrics) + 0.3)
    for row, metric in enumerate(metrics):
        low, high = means[metric].min(), means[metric].max()
        norm = LogNorm(low, high) if metric == "nc1" else Normalize(low, high)
        for column, (loss, name) in enumerate(LOSSES.items()):
            _map(axes[len(LOSSES) * row + column], means[metric][loss].unstack(), norm)
            axes[len(LOSSES) * row + column].set(title=f"{name}, {_NAMES[metric]}")
    return figure


def _map(ax: Axes, table: pd.DataFrame, norm: Normalize) -> None:
    ax.grid(visible=False)
    ax.imshow(table, norm=norm, cmap="cividis", aspect="auto", origin="lower")
    ax.set_xticks(range(len(table.columns)), [f"{width:g}" for width in table.columns])
    ax.set_yticks(range(len(table.index)), [str(epochs) for epochs in table.index])
    ax.set(xlabel="width multiplier", ylabel="epochs")
    for row, values in enumerate(table.to_numpy()):
        for column, value in enumerate(values):
            if math.isfinite(value):
                colour = "black" if norm(value) > 0.5 else "white"
                ax.text(column, row, f"{value:.3g}", ha="center", va="center", fontsize=8, color=colour)


register(
    Experiment(
        id="C.fig3",
        kind="run",
        title="Test accuracy by epochs and width on CIFAR10",
        claim="A wider network and more epochs improve the mean test accuracy with each of the four losses.",
        study=(CIFAR10, OTHER_CIFAR10),
        rows=accuracies,
        verdict=width_and_epochs_help,
        figure=lambda records: draw(records, (CHOSEN,)),
        alt="A map of test accuracy over width and epochs for each of four losses: it rises to the "
        "upper right.",
    ),
    *(
        Experiment(
            id=f"C.fig{number}",
            kind="run",
            title=f"NC1 and test accuracy by epochs and width on {data}",
            claim="The test accuracies of the four losses lie closer together on the widest network, trained "
            "longest and far more collapsed, than on the narrowest, trained for the fewest epochs.",
            study=studies,
            rows=rows,
            verdict=closer_together,
            figure=lambda records: draw(records, ("nc1", CHOSEN)),
            alt="Maps over width and epochs for each of four losses: NC1 falls to the upper right, and test "
            "accuracy rises there.",
        )
        for number, data, studies, rows in (
            (4, "CIFAR10", (CIFAR10, OTHER_CIFAR10), spreads),
            (7, "CIFAR100", (CIFAR100, OTHER_CIFAR100), accuracies),
        )
    ),
)
