"""Paper A's sweep over γ: 14 scales, two losses, two optimizers, a ResNet18 and a ViT (Tables 5-8, 1)."""

from __future__ import annotations

from typing import Any

import pandas as pd

from nccourse.experiments.cell import Grid
from nccourse.experiments.experiment import Experiment
from nccourse.experiments.measures import epochs_to_thresholds, scores_and_biases
from nccourse.experiments.networks import Networks
from nccourse.experiments.registry import register
from nccourse.experiments.rows import Rows
from nccourse.experiments.study import Study
from nccourse.experiments.verdict import Verdict
from nccourse.training import TrainResult

SCALES = (0.1, 0.5, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 12.0, 16.0, 32.0, 64.0)
KEYS = ("loss", "optimizer", "scale")
LOSSES = {"loss": ("ce", "bce"), "optimizer": ("sgd", "adamw")}

# Settings 1 and 2 of Table 4; they have neither weight decay nor augmentation.
OPTIMIZERS: dict[str, dict[str, Any]] = {
    "sgd": {"optimizer": "sgd", "learning_rate": 0.01, "schedule": "step"},
    "adamw": {"optimizer": "adamw", "learning_rate": 0.001, "schedule": "cosine"},
}


def cell(coordinates: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of a cell: the optimizer comes with its learning rate and schedule."""
    return {**coordinates, **OPTIMIZERS[coordinates["optimizer"]]}


def measure(result: TrainResult) -> dict[str, Any]:
    """Return all that Tables 5 to 8 and Figs. 1 and 10 to 15 show of a run."""
    return {**scores_and_biases(result), **epochs_to_thresholds(result)}


COMMON = {"head": "cosine", "weight_decay": 0.0, "batch_size": 128}
CI = Grid(
    {
        **COMMON,
        "model": "mlp",
        "model_options": {"widths": [64, 64], "final_relu": False},
        "data": "digits",
        "epochs": 20,
    },
    {**LOSSES, "scale": (0.5, 2.0, 8.0, 32.0)},
    cell,
    about="an MLP of width 64 on the 8x8 digits, 20 epochs",
)
LAPTOP = CI.changed(
    {"data": "mnist5k", "epochs": 100, "model_options": {"widths": [256, 256], "final_relu": False}},
    axes={"scale": SCALES},
    about="an MLP of width 256 on 4,000 images of MNIST, 100 epochs",
)
GPU = LAPTOP.changed(
    {
        "model": "resnet18",
        "model_options": {"stem": "cifar", "final_relu": False},
        "data": "cifar10",
        "epochs": 200,
    },
    schedule="full",
    about="ResNet18 on CIFAR-10, 200 epochs, as in the paper",
)
SHORT = GPU.changed(
    {"epochs": 30},
    axes={"optimizer": ("sgd",), "scale": (0.5, 1.0, 5.0, 16.0, 64.0)},
    schedule="short",
    about="ResNet18 on CIFAR-10, 30 epochs in place of 200",
)
RESNET = Study("A.table5", Networks(measure), {"ci": CI, "laptop": LAPTOP, "gpu": (GPU, SHORT)})


def more_compact(records: pd.DataFrame) -> Verdict:
    """Compare the compactness of BCE and CE at each optimizer and scale above 5."""
    means = records[records.scale > 5].pivot_table("compactness", ["optimizer", "scale"], "loss")
    gaps = means.bce - means.ce
    counted = f"BCE is more compact in {(gaps > 0).sum()} of {len(gaps)} pairs"
    return Verdict(bool((gaps > 0).all()), f"{counted}, by {gaps.min():+.3f} to {gaps.max():+.3f}")


register(
    Experiment(
        id="A.table5",
        kind="run",
        title="Accuracy and feature properties of a ResNet18 at 14 scales",
        claim="For γ > 5, features trained with BCE are more compact than with CE, whatever the optimizer.",
        study=RESNET,
        rows=Rows(
            KEYS,
            {
                "accuracy": "train_accuracy",
                "unbiased_accuracy": "unbiased_accuracy",
                "compactness": "compactness",
                "separability": "separability",
            },
            table="A.table5",
            factors={"accuracy": 100, "unbiased_accuracy": 100},
        ),
        verdict=more_compact,
    ),
)
