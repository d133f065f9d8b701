"""Paper D's Figs. 1 to 3: collapse of ReLU features and a bias-free classifier on classes of given sizes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from nccourse import geometry, plots
from nccourse.experiments.cell import Grid
from nccourse.experiments.experiment import Experiment
from nccourse.experiments.networks import Networks, curves
from nccourse.experiments.registry import register
from nccourse.experiments.rows import Rows
from nccourse.experiments.study import Study
from nccourse.experiments.verdict import Verdict
from nccourse.training import TrainResult

METRICS = {"nc1": "nc1", "nc2": "imbalanced_nc2", "nc3": "imbalanced_nc3"}
_LABELS = {"nc1": "NC1 (19)", "nc2": "NC2 (20)", "nc3": "NC3 (21)"}
_COLOURS = ("blue", "vermillion")
_ORTHOGONAL = 0.1


def measure(result: TrainResult) -> dict[str, Any]:
    """Return the last row, (19) to (21) in training, and at its end the cosines of the class means."""
    cosines = geometry.cosines(result.snapshots[-1].class_means.double())
    rows = [[round(float(cosine), 3) for cosine in row] for row in cosines]
    return {**curves(*METRICS.values())(result), "cosines": rows}


def _counts(step: int) -> list[int]:
    """Return two classes each of one to five steps."""
    return [step * size for size in (1, 1, 2, 2, 3, 3, 4, 4, 5, 5)]


def _grid(
    about: str,
    step: int,
    axes: Mapping[str, Sequence[Any]],
    networks: Mapping[str, Mapping[str, Any]],
    **more: Any,
) -> Grid:
    """Return a grid over ``axes``, "network" among them: name -> fields of a TrainConfig."""
    base = {
        "data_options": {"counts": _counts(step)},
        "lambda_W": 5e-3,
        "lambda_H": 5e-3,
        "weight_decay": 5e-4,
        "schedule": "step",
        "milestones": [0.5],
        "snapshots": 1,
        **more,
    }
    return Grid(base, axes, lambda at: {"data": at["data"], **networks[at["network"]]}, about=about)


# (4) sums |h|² over all samples, TrainConfig's decay is of their mean: N = 3,000 times the paper's 1e-5.
_PAPER: dict[str, Any] = {
    "lambda_W": 1e-4,
    "lambda_H": 3000 * 1e-5,
    "weight_decay": 1e-4,
    "epochs": 4000,
    "batch_size": 32,
    "record": 100,
}
_SMALL = {"model": "mlp", "model_options": {"widths": [64, 64, 64], "bias": False}}
_WIDE = {"model": "mlp", "model_options": {"widths": [256, 256, 256], "bias": False}}
_CNN = {"model": "cnn", "model_options": {"bias": False}}

MLP = Study(
    "D.fig1",
    Networks(measure),
    {
        "ci": _grid(
            "an MLP of width 64 on 300 of the 8x8 digits, 40 epochs",
            10,
            {"data": ("digits",), "network": ("width 64",)},
            {"width 64": _SMALL},
            epochs=40,
            batch_size=32,
            record=4,
        ),
        "laptop": _grid(
            "an MLP of width 256 on 1,200 images of MNIST with larger decays, 200 epochs",
            40,
            {"data": ("mnist5k",), "network": ("width 256",)},
            {"width 256": _WIDE},
            epochs=200,
            batch_size=64,
            record=10,
        ),
        "gpu": replace(
            _grid(
                "six layers of width 1024 and 2048 on 3,000 images of CIFAR-10, as in the paper",
                100,
                {"data": ("cifar10",), "network": ("width 1024", "width 2048")},
                {
                    "width 1024": {
                        "model": "mlp6",
                        "model_options": {"width": 1024, "bias": False},
                        "learning_rate": 1e-4,
                    },
                    "width 2048": {
                        "model": "mlp6",
                        "model_options": {"width": 2048, "bias": False},
                        "learning_rate": 5e-5,
                    },
                },
                **_PAPER,
            ),
            schedule="full",
        ),
    },
)

CONVOLUTIONAL = Study(
    "D.fig2",
    Networks(measure),
    {
        "ci": _grid(
            "a small CNN on 150 of the 8x8 digits, 12 epochs",
            5,
            {"data": ("digits",), "network": ("cnn",)},
            {"cnn": _CNN},
            epochs=12,
            batch_size=32,
            record=4,
        ),
        "laptop": _grid(
            "a small CNN on 600 images of MNIST with larger decays, 100 epochs",
            20,
            {"data": ("mnist5k",), "network": ("cnn",)},
            {"cnn": _CNN},
            epochs=100,
            batch_size=64,
            record=5,
        ),
        "gpu": replace(
            _grid(
                "ResNet18 on 3,000 images of CIFAR-10, as in the paper",
                100,
                {"data": ("cifar10",), "network": ("resnet18",)},
                {
                    "resnet18": {
                        "model": "resnet18",
                        "model_options": {"stem": "cifar", "bias": False},
                        "learning_rate": 1e-4,
                    }
                },
                **_PAPER,
            ),
            schedule="full",
        ),
    },
)


def fall_tenfold(records: pd.DataFrame) -> Verdict:
    """Compare each metric's end with its start, for each network, means over seeds."""
    if records.train_accuracy.min() < 0.99:
        lowest = f"an accuracy of {records.train_accuracy.min():.3f} on the training set"
        return Verdict(None, f"{lowest}: training is not in its terminal phase")
    shares, told = [], []
    for network, part in records.groupby("network"):
        for name, column in METRICS.items():
            courses = np.array([entry[column] for entry in part.curves], dtype=float).mean(axis=0)
            shares.append(courses[-1] / courses[0])
            told.append(f"{name.upper()} of {network} from {courses[0]:.2g} to {courses[-1]:.2g}")
    return Verdict(bool(max(shares) < 0.1), ", ".join(told))


def orthogonal(records: pd.DataFrame) -> Verdict:
    """Look for the largest cosine between two class means, mean over seeds."""
    largest = float(np.max([_off_diagonal(rows) for rows in records.cosines], axis=1).mean())
    told = f"the largest cosine between two class means is {largest:.3f}"
    return Verdict(bool(largest < _ORTHOGONAL), told)


def _off_diagonal(rows: Sequence[Sequence[float]]) -> np.ndarray:
    cosines = np.array(rows)
    return cosines[~np.eye(len(cosines), dtype=bool)]


def draw_metrics(records: pd.DataFrame) -> Figure:
    """Draw (19) to (21) over epochs on log axes, a colour for each network."""
    figure, axes = plots.new_figure(1, 3, width=9.6, height=3.0)
    for ax, (name, column) in zip(axes, METRICS.items(), strict=True):
        for (network, part), colour in zip(records.groupby("network"), _COLOURS, strict=False):
            courses = np.array([entry[column] for entry in part.curves], dtype=float)
            ax.plot(part.curves.iloc[0]["epoch"], courses.mean(axis=0), color=plots.COLOURS[colour])
            ax.lines[-1].set_label(str(network))
        ax.set(title=_LABELS[name], xlabel="epoch", ylabel="no unit", yscale="log")
    axes[0].legend(fontsize=8)
    return figure


def draw_gram(records: pd.DataFrame) -> Figure:
    """Draw the cosines of the class means of the narrowest network, mean over seeds."""
    first = records[records.network == records.network.iloc[0]]
    cosines = np.mean([np.array(rows) for rows in first.cosines], axis=0)
    figure, (ax,) = plots.new_figure(width=4.8, height=4.0)
    image = ax.imshow(cosines, cmap="cividis", vmin=0, vmax=1)
    ax.grid(visible=False)
    ax.set(xlabel="class", ylabel="class", title="Cosines of class means")
    figure.colorbar(image, ax=ax, label="cosine")
    return figure


_FALLS = "NC1, NC2 and NC3 of paper D end below a tenth of their values before training."


def _course(number: int, what: str, study: Study) -> Experiment:
    return Experiment(
        id=f"D.fig{number}",
        kind="run",
        title=f"NC metrics of {what} on an imbalanced set",
        claim=_FALLS,
        study=study,
        rows=Rows(("network",), METRICS),
        verdict=fall_tenfold,
        figure=draw_metrics,
        alt="Paper D's three metrics over epochs on log axes: all fall in training; NC2 and NC3 level off.",
    )


register(
    _course(1, "an MLP", MLP),
    _course(2, "a ResNet18", CONVOLUTIONAL),
    Experiment(
        id="D.fig3",
        kind="run",
        title="The Gram matrix of the features of an MLP",
        claim=f"After training no two class means have a cosine above {_ORTHOGONAL:g}.",
        study=MLP,
        rows=lambda records: Rows(("network",), {"largest_cosine": "largest_cosine"})(
            records.assign(largest_cosine=[_off_diagonal(rows).max() for rows in records.cosines])
        ),
        verdict=orthogonal,
        figure=draw_gram,
        alt="A ten by ten map of cosines: one on the diagonal, near zero elsewhere.",
    ),
)
