"""What paper C's experiments share: four losses, networks by width, and which epoch's test accuracy counts.

No experiment is defined here; other files of this folder share it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from nccourse.experiments.cell import Grid
from nccourse.experiments.networks import curves
from nccourse.training import TrainResult

LOSSES = {"ce": "CE", "mse": "MSE", "focal": "FL", "label_smoothing": "LS"}
"""Loss -> its name in the paper; their options are the code's defaults, focal 3, α 0.1, κ 1, β 15."""

WIDTHS = (0.25, 0.5, 1.0, 2.0)
LOOKS = {
    "ce": ("blue", "D"),
    "mse": ("vermillion", "o"),
    "focal": ("green", "s"),
    "label_smoothing": ("purple", "^"),
}
COLLAPSE = ("nc1", "nc2", "nc3")
ACCURACIES = ("train_accuracy", "validation_accuracy", "test_accuracy")
CHOSEN = "chosen_test_accuracy"
PERCENT = 100.0

_SETTING = {
    "optimizer": "sgd",
    "learning_rate": 0.1,
    "schedule": "step",
    "clip_norm": 2.0,
    "batch_size": 128,
    "data_options": {"validation": 0.1},
}
_curves = curves(*COLLAPSE, *ACCURACIES)


def measure(result: TrainResult) -> dict[str, Any]:
    """Return the last row, curves of NC1 to NC3 and the accuracies, and what validation chooses.

    "chosen_test_accuracy" is that of the recorded epoch, the first of several, with the best validation
    accuracy, itself called "best_validation_accuracy"; nan where the run diverged.
    """
    best = result.metrics.sort_values("validation_accuracy", ascending=False, kind="stable").iloc[0]
    diverged = result.status == "diverged"
    chosen = {CHOSEN: best.test_accuracy, "best_validation_accuracy": best.validation_accuracy}
    return {**_curves(result), **(dict.fromkeys(chosen, float("nan")) if diverged else chosen)}


def _mlp(width: float) -> dict[str, Any]:
    return {"widths": [round(64 * width)] * 2}


def _cnn(width: float) -> dict[str, Any]:
    return {"channels": [round(16 * width), round(32 * width)], "feature_dim": round(64 * width)}


def _wide(width: float) -> dict[str, Any]:
    return {"width": width}


_OPTIONS: dict[str, Callable[[float], dict[str, Any]]] = {
    "mlp": _mlp,
    "cnn": _cnn,
    "wide_resnet18": _wide,
    "wide_resnet50": _wide,
}


@dataclass(frozen=True)
class Setup:
    """Name a network of several widths, the images, and how long it is trained.

    Args:
        about: in words.
        model: as in :func:`nccourse.models.build`.
        data: as in :func:`nccourse.data.load`.
        epochs: increasing.
        widths: multipliers, increasing.
        decays: weight decays; of several, validation chooses (see :func:`tuned`).
        points: how often a run is measured.
        more: further fields of the TrainConfig.
    """

    about: str
    model: str
    data: str
    epochs: Sequence[int]
    widths: Sequence[float] = WIDTHS
    decays: Sequence[float] = (1e-2,)
    points: int = 20
    more: Mapping[str, Any] = field(default_factory=dict)

    def grid(self, part: str, *, schedule: str = "reduced") -> Grid:
        """Return the four losses over a part of widths and epochs.

        Args:
            part: "largest" of both, the "others", or both "extremes", smallest and largest.
            schedule: as in :class:`~nccourse.experiments.cell.Cell`.
        """
        axes = {
            "width": self.widths,
            "epochs": self.epochs,
            "weight_decay": self.decays,
            "loss": tuple(LOSSES),
        }
        largest, smallest = (self.widths[-1], self.epochs[-1]), (self.widths[0], self.epochs[0])

        def adapt(coordinates: dict[str, Any]) -> dict[str, Any] | None:
            width, epochs = coordinates.pop("width"), coordinates["epochs"]
            of_part = {
                "largest": (width, epochs) == largest,
                "others": (width, epochs) != largest,
                "extremes": (width, epochs) in (smallest, largest),
            }
            if not of_part[part]:
                return None
            options = {"model_options": _OPTIONS[self.model](width)}
            return {**coordinates, **options, "record": max(1, epochs // self.points)}

        base = {**_SETTING, "model": self.model, "data": self.data, **self.more}
        return Grid(base, axes, adapt, schedule, self.about)


def tuned(records: pd.DataFrame) -> pd.DataFrame:
    """Return, for each width, number of epochs and loss, the runs of the decay that validation likes best."""
    keys = ["width", "epochs", "loss"]
    means = records.groupby([*keys, "weight_decay"])[["best_validation_accuracy"]].mean().reset_index()
    best = means.sort_values("best_validation_accuracy", ascending=False, kind="stable").drop_duplicates(keys)
    return records.merge(best[[*keys, "weight_decay"]])


def smallest(records: pd.DataFrame) -> pd.DataFrame:
    """Return the runs of the narrowest network, trained for the fewest epochs."""
    least = (records.width == records.width.min()) & (records.epochs == records.epochs.min())
    ends: pd.DataFrame = records[least]
    return ends


def largest(records: pd.DataFrame) -> pd.DataFrame:
    """Return the runs of the widest network, trained for the most epochs."""
    most = (records.width == records.width.max()) & (records.epochs == records.epochs.max())
    ends: pd.DataFrame = records[most]
    return ends


def spread(records: pd.DataFrame, metric: str = CHOSEN) -> float:
    """Return how far apart the losses' mean test accuracies are, in percentage points."""
    means = records.groupby("loss")[metric].mean()
    return PERCENT * float(means.max() - means.min())


MLP_DIGITS = Setup(
    "an MLP of width 64 X on the 8x8 digits, with 20 times the paper's weight decay for far fewer steps",
    "mlp",
    "digits",
    (3, 24),
    (0.25, 2.0),
)
MLP_MNIST = Setup(
    "an MLP of width 64 X on 3,600 images of MNIST, with 20 times the paper's weight decay for far fewer "
    "steps",
    "mlp",
    "mnist5k",
    (5, 20, 80),
)
WIDE_CIFAR10 = Setup(
    "WideResNet50-X on CIFAR-10, as in the paper",
    "wide_resnet50",
    "cifar10",
    (100, 200, 400, 800),
    decays=(5e-4,),
    points=80,
    more={"augmentation": ["crop", "flip"]},
)
FEW_DIGITS = replace(
    MLP_DIGITS,
    about="the same MLP on 20 of the 8x8 digits a class, harder as CIFAR-100 is",
    more={"data_options": {"validation": 0.1, "per_class": 20}, "batch_size": 32},
)
FEW_MNIST = replace(
    MLP_MNIST,
    about="the same MLP on 40 images of MNIST a class, harder as CIFAR-100 is; validation chooses the decay",
    decays=(2e-3, 1e-2),
    more={"data_options": {"validation": 0.1, "per_class": 40}, "batch_size": 32},
)
WIDE_CIFAR100 = replace(
    WIDE_CIFAR10,
    about="WideResNet50-X on CIFAR-100, as in the paper, which does not say between which decays it chose",
    data="cifar100",
    decays=(2e-4, 5e-4, 1e-3),
)

CNN_DIGITS = Setup(
    "a CNN of 32 X channels on 30 of the 8x8 digits a class, with 20 times the paper's weight decay",
    "cnn",
    "digits",
    (3, 9),
    (0.25, 2.0),
    more={"data_options": {"validation": 0.1, "per_class": 30}},
)
CNN_MNIST = Setup(
    "a CNN of 32 X channels on 100 images of MNIST a class, with 20 times the paper's weight decay",
    "cnn",
    "mnist5k",
    (5, 30),
    (0.25, 2.0),
    more={"data_options": {"validation": 0.1, "per_class": 100}},
)
WIDE_MINI = replace(
    WIDE_CIFAR10,
    about="WideResNet18-X on miniImageNet, saved as miniimagenet-train.npz and miniimagenet-test.npz in the "
    "working folder (see data.load_folder and data.save)",
    model="wide_resnet18",
    data="miniimagenet-train.npz",
    epochs=(100, 800),
    widths=(0.25, 2.0),
)
