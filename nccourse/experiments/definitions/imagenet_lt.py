"""Paper E's Table 3 and Fig. 6: accuracy on ImageNet-LT by the number of epochs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from nccourse import plots
from nccourse.experiments.cell import Grid
from nccourse.experiments.definitions.own_images import BALANCED, FOLDER_OF_DIGITS, OwnImages
from nccourse.experiments.definitions.paper_e import HEAD_OF, class_sizes
from nccourse.experiments.experiment import Experiment
from nccourse.experiments.networks import curves
from nccourse.experiments.registry import register
from nccourse.experiments.rows import Rows
from nccourse.experiments.study import Study
from nccourse.experiments.verdict import Verdict

KEYS = ("epochs", "loss")
_NAMES = {"ce": "learnt, CE", "dot_regression": "fixed ETF, DR"}
_LINES = {"ce": "--", "dot_regression": "-"}
_ORDER = ("blue", "vermillion", "green", "purple")

_TRAINING = {
    "learning_rate": 0.1,
    "weight_decay": 5e-4,
    "schedule": "cosine",
    "augmentation": [],
    "batch_size": 128,
}


def fields(options: Mapping[str, Any], coordinates: dict[str, Any], *, normalised: bool) -> dict[str, Any]:
    """Return classifier and loss of a method as fields of a TrainConfig.

    Features are brought to length 1, or as on ImageNet held near it by feature decay.
    """
    if coordinates["loss"] == "ce":
        return {**coordinates, "head": "linear", "model_options": dict(options), "loss_options": {}}
    head: dict[str, Any] = {"normalize_features": True}
    if not normalised:
        head["feature_norm"] = None
    return {
        **coordinates,
        "head": HEAD_OF[coordinates["loss"]],
        "model_options": {**options, **head},
        "loss_options": {"class_weights": BALANCED},
        "lambda_H": 0.0 if normalised else 0.01,
    }


def _grid(
    about: str,
    data: str,
    epochs: tuple[int, ...],
    network: tuple[str, Mapping[str, Any]],
    *,
    normalised: bool = True,
    schedule: str = "reduced",
    **more: Any,
) -> Grid:
    model, options = network
    return Grid(
        {**_TRAINING, "model": model, **more},
        {"data": (data,), "epochs": epochs, "loss": ("ce", "dot_regression")},
        lambda coordinates: fields(options, coordinates, normalised=normalised),
        schedule,
        about,
    )


EPOCHS = Study(
    "E.table3",
    OwnImages(curves("test_accuracy")),
    {
        "ci": _grid(
            "an MLP on digits in a folder, which shows that such a folder runs",
            FOLDER_OF_DIGITS,
            (4, 8),
            ("mlp", {"widths": [32, 32]}),
            batch_size=32,
        ),
        "laptop": _grid(
            "an MLP on long-tailed MNIST, a tenth of the paper's epochs",
            "mnist5k",
            (9, 12, 15, 18),
            ("mlp", {"widths": [128, 128]}),
            data_options={"counts": class_sizes(400, 0.01, 10)},
            augmentation=[["mixup", {"alpha": 0.2}]],
        ),
        "gpu": _grid(
            "ResNet-50 on ImageNet-LT; augmentation and the rate of feature decay are not in the text",
            "imagenet_lt",
            (90, 120, 150, 180),
            ("resnet50", {"stem": "imagenet"}),
            normalised=False,
            schedule="full",
            batch_size=1024,
            augmentation=["crop", "flip", ["mixup", {"alpha": 0.2}]],
            precision="auto",
            record=10,
            measured_per_class=4,
        ),
    },
)


def _leads(records: pd.DataFrame, accuracies: pd.Series) -> pd.Series:
    """Return by how many points DR leads CE at each number of epochs."""
    means = accuracies.groupby([records.epochs, records.loss]).mean().unstack("loss")
    return 100 * (means.dot_regression - means.ce)


def largest_early(records: pd.DataFrame) -> Verdict:
    """See whether DR leads at every number of epochs, and the more the fewer they are."""
    if (records.data == FOLDER_OF_DIGITS).any():
        return Verdict(None, "a folder of 8x8 digits stands in for ImageNet-LT")
    leads = _leads(records, records.test_accuracy)
    told = ", ".join(f"{lead:+.1f} points after {epochs}" for epochs, lead in leads.items())
    return Verdict(bool((leads > 0).all() and leads.iloc[0] > leads.iloc[-1]), f"DR leads by {told} epochs")


def _half_way(entry: Mapping[str, Any]) -> float:
    epochs, accuracies = np.array(entry["epoch"]), entry["test_accuracy"]
    return float(accuracies[int(np.abs(epochs - epochs[-1] / 2).argmin())])


def ahead_half_way(records: pd.DataFrame) -> Verdict:
    """Compare accuracies half way through training."""
    if (records.data == FOLDER_OF_DIGITS).any():
        return Verdict(None, "a folder of 8x8 digits stands in for ImageNet-LT")
    leads = _leads(records, records.curves.map(_half_way))
    told = ", ".join(f"{lead:+.1f} points of {epochs}" for epochs, lead in leads.items())
    return Verdict(bool((leads > 0).all()), f"half way, DR leads by {told} epochs")


def draw(records: pd.DataFrame) -> Figure:
    """Draw test accuracy over epochs, a colour for each length of training."""
    figure, (ax,) = plots.new_figure(width=6.8, height=4.0)
    colours = dict(zip(sorted(records.epochs.unique()), _ORDER, strict=False))
    for (epochs, loss), part in records.groupby(["epochs", "loss"]):
        values = np.array([entry["test_accuracy"] for entry in part.curves], dtype=float).mean(axis=0)
        look: dict[str, Any] = {"linestyle": _LINES[str(loss)], "color": plots.COLOURS[colours[epochs]]}
        label = f"{epochs} epochs, {_NAMES[str(loss)]}"
        ax.plot(part.curves.iloc[0]["epoch"], 100 * values, label=label, **look)
    ax.set(xlabel="epoch", ylabel="test accuracy (%)")
    ax.legend(fontsize=7)
    return figure


register(
    Experiment(
        id="E.table3",
        kind="run",
        title="Long-tailed recognition on ImageNet-LT by epochs",
        claim="A fixed ETF with DR leads learnt weights with CE, and leads by more when epochs are few.",
        study=EPOCHS,
        rows=Rows(KEYS, {"accuracy": "test_accuracy"}, "E.table3", factors={"accuracy": 100.0}),
        verdict=largest_early,
    ),
    Experiment(
        id="E.fig6",
        kind="run",
        title="Accuracy curves on ImageNet-LT",
        claim="Half way through training, a fixed ETF with DR tests better than learnt weights with CE.",
        study=EPOCHS,
        rows=lambda records: Rows(KEYS, {"half_way": "half_way"}, factors={"half_way": 100.0})(
            records.assign(half_way=records.curves.map(_half_way))
        ),
        verdict=ahead_half_way,
        figure=draw,
        alt="Test accuracy over epochs for several lengths of training, learnt weights dashed, the fixed ETF "
        "solid.",
    ),
)
