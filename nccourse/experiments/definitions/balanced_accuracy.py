"""Paper A's Table 9: test accuracy on balanced sets, with augmentation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from nccourse.experiments.cell import Grid
from nccourse.experiments.definitions.loss_gaps import loss_gaps
from nccourse.experiments.definitions.paper_a import LOSSES, OPTIMIZERS, SETTINGS
from nccourse.experiments.definitions.stand_ins import beside
from nccourse.experiments.experiment import Experiment
from nccourse.experiments.networks import Networks
from nccourse.experiments.registry import register
from nccourse.experiments.rows import Rows
from nccourse.experiments.study import Study
from nccourse.experiments.verdict import Verdict

SCALE = 32.0
_MARGIN = 1.0
KEYS = ("model", "loss", "data", "optimizer")
_STANDS_FOR = {"model": {"mlp": "resnet18"}, "data": {"digits": "cifar10", "mnist5k": "cifar10"}}
_SETTINGS = {"sgd": SETTINGS[5], "adamw": SETTINGS[6]}
# A mirrored digit is another sign; two ways of mixing are too much for a small network.
_OF_DIGITS = ["crop", ["rotation", {"degrees": 15.0}], ["mixup", {"alpha": 0.8, "probability": 0.8}]]
_CIFAR_STEM = {"stem": "cifar"}
# The paper searches the ViT's; these are of its settings 3 and 4.
_VIT = {"sgd": SETTINGS[3]["learning_rate"], "adamw": SETTINGS[4]["learning_rate"]}


def _grid(
    about: str,
    models: Mapping[str, Mapping[str, Any]],
    data: tuple[str, ...],
    rates: Mapping[str, Mapping[str, float]],
    **changed: Any,
) -> Grid:
    def fields(coordinates: dict[str, Any]) -> dict[str, Any]:
        model, optimizer = coordinates["model"], coordinates["optimizer"]
        setting = dict(_SETTINGS[optimizer])
        setting["learning_rate"] = rates.get(model, {}).get(optimizer, setting["learning_rate"])
        epochs = changed.get("epochs", setting["epochs"])
        return {**coordinates, **setting, "model_options": models[model], "record": epochs, **changed}

    axes = {"model": tuple(models), "data": data, "optimizer": OPTIMIZERS, "loss": LOSSES}
    return Grid({"head": "cosine", "scale": SCALE}, axes, fields, about=about)


def _mlp(width: int) -> dict[str, dict[str, Any]]:
    return {"mlp": {"widths": [width, width]}}


STUDY = Study(
    "A.table9",
    Networks(),
    {
        "ci": _grid(
            "an MLP of width 64 on the 8x8 digits, 20 epochs",
            _mlp(64),
            ("digits",),
            {},
            epochs=20,
            augmentation=_OF_DIGITS,
        ),
        "laptop": _grid(
            "an MLP of width 256 on 4,000 images of MNIST, 60 epochs",
            _mlp(256),
            ("mnist5k",),
            {},
            epochs=60,
            augmentation=_OF_DIGITS,
        ),
        "gpu": _grid(
            "as in the paper, but for Tiny-ImageNet and without a search of the learning rate",
            {"resnet18": _CIFAR_STEM, "resnet50": _CIFAR_STEM, "vit": {}},
            ("cifar10", "cifar100"),
            {"vit": _VIT},
        ).changed(schedule="full"),
    },
)


def as_accurate(records: pd.DataFrame) -> Verdict:
    """See whether BCE's test accuracy is anywhere more than a point below CE's, two standard errors given."""
    gaps = 100 * loss_gaps(records, "test_accuracy", ["model", "data", "optimizer"], ["seed"])
    told = f"BCE's test accuracy less CE's is {gaps['mean'].min():+.2f} to {gaps['mean'].max():+.2f} points "
    told += f"in {len(gaps)} settings"
    if (gaps["mean"] + 2 * gaps.error < -_MARGIN).any():
        return Verdict(False, told)
    if (gaps["mean"] - 2 * gaps.error > -_MARGIN).all():
        return Verdict(True, told)
    return Verdict(None, f"{told}, within two standard errors of -{_MARGIN:g}")


register(
    Experiment(
        id="A.table9",
        kind="run",
        title="Test accuracy on balanced sets",
        claim="On balanced sets BCE's test accuracy is nowhere more than one point below CE's.",
        study=STUDY,
        rows=lambda records: beside(
            Rows(KEYS, {"accuracy": "test_accuracy"}, "A.table9", factors={"accuracy": 100.0}),
            records,
            _STANDS_FOR,
        ),
        verdict=as_accurate,
    )
)
