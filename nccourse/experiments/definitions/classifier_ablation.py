"""Paper E's Table 1: learnable or fixed classifier, three losses, with and without Mixup, at five τ."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from nccourse.experiments.definitions.paper_e import CIFAR10, DIGITS, MNIST
from nccourse.experiments.experiment import Experiment
from nccourse.experiments.networks import Networks
from nccourse.experiments.registry import register
from nccourse.experiments.rows import Rows
from nccourse.experiments.study import Study
from nccourse.experiments.verdict import Verdict

KEYS = ("head", "loss", "augmentation", "tau")
_METHODS = {"head": ("learnable", "etf"), "loss": ("ce", "weighted_ce", "dot_regression")}
_AXES = {**_METHODS, "augmentation": ("none", "mixup"), "tau": (0.005, 0.01, 0.02, 0.1, 1)}

ABLATION = Study(
    "E.table1",
    Networks(),
    {
        "ci": DIGITS.grid({**_AXES, "tau": (0.02,)}, epochs=20, record=20),
        "laptop": MNIST.grid(_AXES, epochs=40, record=40),
        "gpu": replace(CIFAR10.grid(_AXES, record=20), schedule="full"),
    },
)


def better_than_learnable(records: pd.DataFrame) -> Verdict:
    """Compare, at each τ <= 0.02 with and without Mixup, DR's accuracy with the better learnable one's."""
    tailed = records[records.tau <= 0.02]
    if tailed.groupby(["head", "loss"]).train_accuracy.mean().min() < 0.5:
        return Verdict(None, "a method has not learnt its training set")
    means = tailed.pivot_table("test_accuracy", ["augmentation", "tau"], ["head", "loss"])
    learnt = np.maximum(means["learnable", "ce"], means["learnable", "weighted_ce"])
    gaps = 100 * (means["etf", "dot_regression"] - learnt)
    counted = f"DR is ahead of both learnable ones in {(gaps > 0).sum()} of {len(gaps)} pairs"
    return Verdict(bool((gaps > 0).all()), f"{counted}, by {gaps.min():+.1f} to {gaps.max():+.1f} points")


register(
    Experiment(
        id="E.table1",
        kind="run",
        title="Classifier and loss on long-tailed CIFAR-10",
        claim="At τ <= 0.02 a fixed ETF with DR tests better than learnt weights with CE or weighted CE.",
        study=ABLATION,
        rows=Rows(KEYS, {"accuracy": "test_accuracy"}, "E.table1", factors={"accuracy": 100.0}),
        verdict=better_than_learnable,
    )
)
