"""What paper E's experiments share: class sizes, classifiers with their losses, networks and sets.

No experiment is defined here; other files of this folder share it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from nccourse.experiments.cell import Grid
from nccourse.models import balanced_lengths

LOSSES_OF = {"learnable": ("ce", "weighted_ce"), "etf": ("ce", "dot_regression")}
"""Classifier -> losses it is trained with."""

HEAD_OF = {"ce": "learnable", "dot_regression": "etf"}
"""Loss -> classifier, where the paper compares two methods only."""

PAPER_TRAINING: dict[str, Any] = {
    "batch_size": 128,
    "learning_rate": 0.1,
    "weight_decay": 2e-4,
    "schedule": "milestones",
    "milestones": [160, 180],
    "epochs": 200,
}
"""Appendix D, for CIFAR, SVHN and STL-10."""


def class_sizes(largest: int, tau: float, num_classes: int) -> tuple[int, ...]:
    """Return n_k that decay exponentially from ``largest`` to τ times that, rounded down.

    >>> class_sizes(100, 0.1, 3)
    (100, 31, 10)
    """
    # The tiny summand keeps a product that is a whole number from falling below it.
    return tuple(int(largest * tau ** (k / (num_classes - 1)) + 1e-9) for k in range(num_classes))


def ending(head: str, loss: str, counts: Sequence[int]) -> dict[str, Any] | None:
    """Return classifier and loss as fields of a TrainConfig, options of the head under "head_options".

    The text gives the weights of class k under dot regression the length N / (K n_k), which weights the
    losses. The authors' code does so in the loss alone and decides by weights of one length, as is done here.
    (It counts n_k in each batch anew, and its root of N / (K n_k) goes with a loss that is not divided by the
    length, which comes to the same.)

    Args:
        head: "learnable", or "etf" for fixed weights of length 1 on batch-normalised features of length 1.
        loss: "ce"; "weighted_ce", classes weighted by N / (K n_k); or "dot_regression", weighted alike.
        counts: n_k.

    Returns:
        None where the paper has no such pair.
    """
    if loss not in LOSSES_OF[head]:
        return None
    return {
        "head": "linear" if head == "learnable" else "etf",
        "loss": "ce" if loss == "weighted_ce" else loss,
        "loss_options": {} if loss == "ce" else {"class_weights": balanced_lengths(counts)},
        "head_options": {} if head == "learnable" else {"normalize_features": True},
    }


@dataclass(frozen=True)
class Setup:
    """Name networks and sets with the fields of a TrainConfig they are trained with.

    Args:
        about: in words.
        networks: name, as in :func:`nccourse.models.build` -> its options.
        sets: name, as in :func:`nccourse.data.load` -> (samples of the largest class, number of classes).
        training: fields of a TrainConfig.
        augmentation: of every image, beside Mixup.
    """

    about: str
    networks: Mapping[str, Mapping[str, Any]]
    sets: Mapping[str, tuple[int, int]]
    training: Mapping[str, Any]
    augmentation: Sequence[str] = field(default_factory=tuple)

    def grid(self, axes: Mapping[str, Sequence[Any]], *, schedule: str = "reduced", **more: Any) -> Grid:
        """Return a grid over ``axes``, among them "loss" and "tau", and as fields or axes "model" and "data".

        "augmentation" is "none" or "mixup"; without an axis "head" the loss decides.
        """
        base = {**self.training, **more}
        about = f"{self.about}, {base['epochs']} epochs"
        return Grid(base, axes, self._fields, schedule, about)

    def _fields(self, coordinates: dict[str, Any]) -> dict[str, Any] | None:
        model = coordinates.get("model", next(iter(self.networks)))
        data = coordinates.get("data", next(iter(self.sets)))
        largest, num_classes = self.sets[data]
        counts, loss = class_sizes(largest, coordinates["tau"], num_classes), coordinates["loss"]
        chosen = ending(coordinates.get("head") or HEAD_OF[loss], loss, counts)
        if chosen is None:
            return None
        options = {**self.networks[model], **chosen.pop("head_options")}
        mixed = ["mixup"] * (coordinates.get("augmentation", "none") == "mixup")
        fields = {"model": model, "data": data, "model_options": options, "data_options": {"counts": counts}}
        return {**fields, "augmentation": [*self.augmentation, *mixed], **chosen}


# SVHN has 4,948 images of its first class; the authors add images of its extra set, which is not used here.
_MLP = {"widths": [128, 128]}
_SHORT = {**PAPER_TRAINING, "schedule": "step", "milestones": [0.8, 0.9]}
_AUGMENTATION = ("crop", "flip")

DIGITS = Setup(
    "an MLP on long-tailed 8x8 digits", {"mlp": {"widths": [64, 64]}}, {"digits": (100, 10)}, _SHORT
)
MNIST = Setup(
    "an MLP on long-tailed MNIST, at most 400 a class", {"mlp": _MLP}, {"mnist5k": (400, 10)}, _SHORT
)
CIFAR10 = Setup(
    "ResNet-32 on long-tailed CIFAR-10, as in the paper",
    {"resnet32": {}},
    {"cifar10": (5000, 10)},
    PAPER_TRAINING,
    _AUGMENTATION,
)
SMALL_NETWORKS = Setup(
    "an MLP and a small CNN on long-tailed digits and MNIST",
    {"mlp": _MLP, "cnn": {}},
    {"digits": (100, 10), "mnist5k": (400, 10)},
    _SHORT,
)
PAPER_NETWORKS = Setup(
    "ResNet-32 and DenseNet-150 on four long-tailed sets, as in the paper",
    {"resnet32": {}, "densenet150": {}},
    {"cifar10": (5000, 10), "cifar100": (500, 100), "svhn": (4948, 10), "stl10": (500, 10)},
    PAPER_TRAINING,
    _AUGMENTATION,
)
