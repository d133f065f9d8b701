"""Paper A's sweep over γ: 14 scales, two losses, two optimizers, a ResNet18 and a ViT (Tables 5 to 8)."""

from __future__ import annotations

from typing import Any

import pandas as pd

from nccourse.experiments.definitions.paper_a import (
    LOSSES,
    MLP_DIGITS,
    MLP_MNIST,
    NUM_CLASSES,
    OPTIMIZERS,
    RESNET18_CIFAR,
    SCALES,
    VIT_CIFAR,
    VIT_DIGITS,
    VIT_MNIST,
)
from nccourse.experiments.experiment import Experiment
from nccourse.experiments.measures import epochs_to_thresholds
from nccourse.experiments.networks import Networks, final_row
from nccourse.experiments.registry import register
from nccourse.experiments.rows import Rows
from nccourse.experiments.study import Study
from nccourse.experiments.verdict import Verdict
from nccourse.theory.normalized import bce_bias
from nccourse.training import TrainResult

KEYS = ("loss", "optimizer", "scale")
AXES = {"loss": LOSSES, "optimizer": OPTIMIZERS, "scale": SCALES}
FEW_SCALES = (0.5, 2.0, 8.0, 32.0)
SOME_SCALES = (0.1, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 64.0)


def measure(result: TrainResult) -> dict[str, Any]:
    """Return all that Tables 5 to 8 and Figs. 1 and 12 to 15 show of a run."""
    return {**final_row(result), **epochs_to_thresholds(result)}


RESNET = Study(
    "A.table5",
    Networks(measure),
    {
        "ci": MLP_DIGITS.grid(60, {**AXES, "scale": FEW_SCALES}, record=5),
        "laptop": MLP_MNIST.grid(60, AXES, record=3),
        "gpu": (
            RESNET18_CIFAR.grid(200, AXES, schedule="full"),
            RESNET18_CIFAR.grid(
                30, {**AXES, "optimizer": ("sgd",), "scale": (0.5, 1.0, 5.0, 16.0, 64.0)}, schedule="short"
            ),
        ),
    },
)

# The ViT's biases start at 5.
VIT = Study(
    "A.table6",
    Networks(measure),
    {
        "ci": VIT_DIGITS.grid(40, {**AXES, "scale": (2.0, 16.0), "initial_mean": (5.0,)}, record=5),
        "laptop": VIT_MNIST.grid(40, {**AXES, "scale": SOME_SCALES, "initial_mean": (5.0,)}, record=2),
        "gpu": VIT_CIFAR.grid(200, {**AXES, "initial_mean": (5.0,)}, schedule="full"),
    },
)

FEATURES = {
    "accuracy": "train_accuracy",
    "unbiased_accuracy": "unbiased_accuracy",
    "compactness": "compactness",
    "separability": "separability",
}
NEAR = 0.2
PERCENT = {"accuracy": 100.0, "unbiased_accuracy": 100.0}
SCORES = {
    f"{what}_{which}": f"{what}_{which}"
    for what in ("positive", "negative", "bias")
    for which in ("mean", "sd")
}


def more_compact(records: pd.DataFrame) -> Verdict:
    """Compare the compactness of BCE and CE at each optimizer and scale above 5."""
    learnt = records[records.scale > 5]
    if learnt.train_accuracy.min() < 0.99:
        lowest = f"an accuracy of only {learnt.train_accuracy.min():.3f} on the training set"
        return Verdict(None, f"{lowest} at some γ > 5")
    means = learnt.pivot_table("compactness", ["optimizer", "scale"], "loss")
    gaps = means.bce - means.ce
    counted = f"BCE is more compact in {(gaps > 0).sum()} of {len(gaps)} pairs"
    return Verdict(bool((gaps > 0).all()), f"{counted}, by {gaps.min():+.3f} to {gaps.max():+.3f}")


def scores_at_theory(records: pd.DataFrame) -> Verdict:
    """See whether positive scores reach γ at middle scales and fall short of it at the largest."""
    ratio = (records.positive_mean / records.scale).groupby([records.loss, records.scale]).mean()
    middle = ratio[ratio.index.isin((2.0, 3.0, 4.0, 5.0), level="scale")]
    largest = records.scale.max()
    last = ratio.xs(largest, level="scale")
    told = f"mean s+/γ is {middle.min():.2f} to {middle.max():.2f} at 2 <= γ <= 5, and at γ = {largest:g}"
    told += f" {last['ce']:.2f} (CE), {last['bce']:.2f} (BCE)"
    return Verdict(bool((middle > 0.95).all() and (last < 0.9).all()), told)


def biases_at_theory(records: pd.DataFrame) -> Verdict:
    """Compare, for γ <= 5, BCE's biases with b*(γ, K) and CE's with where they started."""
    small = records[records.scale <= 5]
    bce, ce = small[small.loss == "bce"], small[small.loss == "ce"]
    theory = pd.Series([bce_bias(NUM_CLASSES, scale) for scale in bce.scale], bce.index)
    off = (bce.bias_mean - theory).abs()
    start = ce.initial_mean if "initial_mean" in ce else 0.0
    moved = (ce.bias_mean - start).abs().max()
    told = f"for γ <= 5, BCE's mean bias is up to {off.max():.2f} from b*"
    if off.max() >= NEAR:
        told += f" ({off.groupby(bce.optimizer).max().round(2).to_dict()} by optimizer)"
    return Verdict(bool(off.max() < NEAR and moved < NEAR), f"{told}, CE's up to {moved:.2f} from its start")


def _experiment(table: int, study: Study, network: str, *, scores: bool) -> Experiment:
    what = "Final scores and biases" if scores else "Accuracy and feature properties"
    return Experiment(
        id=f"A.table{table}",
        kind="run",
        title=f"{what} of a {network} at 14 scales",
        claim=_BIASES if scores else _COMPACT,
        study=study,
        rows=Rows(KEYS, SCORES if scores else FEATURES, f"A.table{table}", factors={} if scores else PERCENT),
        verdict=biases_at_theory if scores else more_compact,
    )


_COMPACT = "For γ > 5, features trained with BCE are more compact than with CE, whatever the optimizer."
_BIASES = "For γ <= 5, BCE's biases converge to b*(γ, K), while CE's stay where they started."

register(
    _experiment(5, RESNET, "ResNet18", scores=False),
    _experiment(6, VIT, "ViT", scores=False),
    _experiment(7, RESNET, "ResNet18", scores=True),
    _experiment(8, VIT, "ViT", scores=True),
)
