"""Paper E's Table 4: fine-grained recognition of birds with pre-trained ResNets."""

from __future__ import annotations

from typing import Any

import pandas as pd

from nccourse.experiments.cell import Grid
from nccourse.experiments.definitions.imagenet_lt import fields
from nccourse.experiments.definitions.own_images import FOLDER_OF_DIGITS, OwnImages
from nccourse.experiments.experiment import Experiment
from nccourse.experiments.networks import final_row
from nccourse.experiments.registry import register
from nccourse.experiments.rows import Rows
from nccourse.experiments.study import Study
from nccourse.experiments.verdict import Verdict

_METHODS = ("ce", "dot_regression")


def _small(coordinates: dict[str, Any]) -> dict[str, Any]:
    return fields({"widths": [32, 32]}, coordinates, normalised=True)


def _pretrained(coordinates: dict[str, Any]) -> dict[str, Any]:
    weights = f"{coordinates['model']}-imagenet.pth"
    return fields({"stem": "imagenet", "weights": weights}, coordinates, normalised=True)


BIRDS = Study(
    "E.table4",
    OwnImages(final_row),
    {
        "ci": Grid(
            {"epochs": 6, "batch_size": 32, "learning_rate": 0.04, "record": 6},
            {"data": (FOLDER_OF_DIGITS,), "model": ("mlp",), "loss": _METHODS},
            _small,
            about="an MLP on digits in a folder, which shows that such a folder runs",
        ),
        "gpu": Grid(
            {
                "epochs": 300,
                "batch_size": 64,
                "learning_rate": 0.04,
                "weight_decay": 2e-4,
                "schedule": "milestones",
                "milestones": [90, 180, 270],
                "augmentation": ["crop", "flip"],
                "precision": "auto",
                "record": 50,
            },
            {"data": ("cub200",), "model": ("resnet34", "resnet50", "resnet101"), "loss": _METHODS},
            _pretrained,
            "full",
            "ResNets on CUB-200-2011, pre-trained on ImageNet, as in the paper",
        ),
    },
    absent={"laptop": "it takes networks pre-trained on ImageNet and the birds of CUB-200-2011"},
)


def better_on_birds(records: pd.DataFrame) -> Verdict:
    """Compare both methods for each network."""
    if (records.data == FOLDER_OF_DIGITS).any():
        return Verdict(None, "a folder of 8x8 digits stands in for CUB-200-2011, and nothing is pre-trained")
    means = records.pivot_table("test_accuracy", "model", "loss")
    gaps = 100 * (means.dot_regression - means.ce)
    told = ", ".join(f"{gap:+.1f} points with {model}" for model, gap in gaps.items())
    return Verdict(bool((gaps > 0).all()), told)


register(
    Experiment(
        id="E.table4",
        kind="run",
        title="Fine-grained recognition on CUB-200-2011",
        claim="With each pre-trained ResNet, a fixed ETF with DR tests better than learnt weights with CE.",
        study=BIRDS,
        rows=Rows(("model", "loss"), {"accuracy": "test_accuracy"}, "E.table4", factors={"accuracy": 100.0}),
        verdict=better_on_birds,
    )
)
