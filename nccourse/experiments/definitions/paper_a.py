"""The networks of paper A's experiments at each profile, with the learning rates that go with them.

No experiment is defined here; other files of this folder share it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from nccourse.experiments.cell import Grid
from nccourse.theory.normalized import bce_bias

NUM_CLASSES = 10
LOSSES = ("ce", "bce")
OPTIMIZERS = ("sgd", "adamw")
SCALES = (0.1, 0.5, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 12.0, 16.0, 32.0, 64.0)
_SCHEDULES = {"sgd": "step", "adamw": "cosine"}

_AUGMENTED = (
    "crop",
    ("flip", {"probability": 0.5}),
    ("rotation", {"degrees": 15.0}),
    ("mixup", {"alpha": 0.8, "probability": 0.8}),
    ("cutmix", {"alpha": 1.0, "probability": 0.8}),
    ("label_smoothing", {"smoothing": 0.1}),
)


def _setting(
    optimizer: str, rate: float, decay: float = 0.0, augmentation: Sequence[Any] = ()
) -> dict[str, Any]:
    return {
        "optimizer": optimizer,
        "learning_rate": rate,
        "schedule": _SCHEDULES[optimizer],
        "weight_decay": decay,
        "augmentation": augmentation,
        "epochs": 200,
        "batch_size": 128,
    }


SETTINGS = {
    1: _setting("sgd", 0.01),
    2: _setting("adamw", 0.001),
    3: _setting("sgd", 0.03),
    4: _setting("adamw", 0.0003),
    5: _setting("sgd", 0.1, 0.0001, _AUGMENTED),
    6: _setting("adamw", 0.005, 0.05, _AUGMENTED),
}
"""Table 4's settings as fields of a TrainConfig: 1, 2 for ResNet18, 3, 4 for the ViT, 5, 6 to classify."""


@dataclass(frozen=True)
class Network:
    """Name a network on a set of images, with the learning rate of each optimizer.

    Args:
        about: in words.
        model: as in :func:`nccourse.models.build`.
        options: of the network.
        data: as in :func:`nccourse.data.load`.
        sgd: learning rate of SGD.
        adamw: learning rate of AdamW.
        more: further fields of the TrainConfig.
    """

    about: str
    model: str
    options: Mapping[str, Any]
    data: str
    sgd: float
    adamw: float
    more: Mapping[str, Any] = field(default_factory=dict)

    def grid(
        self, epochs: int, axes: Mapping[str, Sequence[Any]], *, schedule: str = "reduced", **more: Any
    ) -> Grid:
        """Return a grid over ``axes``, among them "optimizer" and perhaps "initial_mean", "initial_variance".

        These two are of the biases; an initial mean of "theory" is b*(γ, K), which BCE has at its minimum.
        """
        base = {
            "model": self.model,
            "data": self.data,
            "head": "cosine",
            "weight_decay": 0.0,
            "batch_size": 128,
            "epochs": epochs,
            **self.more,
            **more,
        }
        return Grid(base, axes, self._fields, schedule, f"{self.about}, {epochs} epochs")

    def _fields(self, coordinates: dict[str, Any]) -> dict[str, Any]:
        optimizer = coordinates["optimizer"]
        options = dict(self.options)
        for name in ("mean", "variance"):
            if f"initial_{name}" in coordinates:
                options[f"bias_{name}"] = coordinates.pop(f"initial_{name}")
        if options.get("bias_mean") == "theory":
            options["bias_mean"] = bce_bias(NUM_CLASSES, coordinates["scale"])
        rate = self.sgd if optimizer == "sgd" else self.adamw
        chosen = {"learning_rate": rate, "schedule": _SCHEDULES[optimizer], "model_options": options}
        return {**coordinates, **chosen}


_NARROW = {"widths": [64, 64], "final_relu": False}
_WIDE = {"widths": [128, 128], "final_relu": False}
_RESNET18 = {"stem": "cifar", "final_relu": False}
_SMALL_VIT = {"num_layers": 2, "num_heads": 4, "hidden_dim": 32, "mlp_dim": 64}

MLP_DIGITS = Network("an MLP of width 64 on the 8x8 digits", "mlp", _NARROW, "digits", 0.1, 0.01)
MLP_MNIST = Network("an MLP of width 128 on 4,000 images of MNIST", "mlp", _WIDE, "mnist5k", 0.1, 0.01)

_RATES = [setting["learning_rate"] for setting in SETTINGS.values()]
RESNET18_MNIST = Network("ResNet18 on MNIST, as in the paper", "resnet18", _RESNET18, "mnist", *_RATES[:2])
RESNET18_CIFAR = Network(
    "ResNet18 on CIFAR-10, as in the paper", "resnet18", _RESNET18, "cifar10", *_RATES[:2]
)
VIT_DIGITS = Network(
    "a ViT of two layers on 300 of the 8x8 digits",
    "vit",
    {**_SMALL_VIT, "patch_size": 4},
    "digits",
    0.03,
    0.005,
    {"data_options": {"per_class": 30}, "batch_size": 32},
)
VIT_MNIST = Network(
    "a ViT of two layers on 4,000 images of MNIST",
    "vit",
    {**_SMALL_VIT, "patch_size": 7},
    "mnist5k",
    0.03,
    0.003,
)
VIT_CIFAR = Network("ViT on CIFAR-10, as in the paper", "vit", {}, "cifar10", *_RATES[2:4])
