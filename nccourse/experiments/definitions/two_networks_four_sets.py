"""Paper E's Table 2: learnt weights with CE against a fixed ETF with DR, on several networks and sets."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from nccourse.experiments.definitions.paper_e import DIGITS, PAPER_NETWORKS, SMALL_NETWORKS
from nccourse.experiments.definitions.stand_ins import beside
from nccourse.experiments.experiment import Experiment
from nccourse.experiments.networks import Networks
from nccourse.experiments.registry import register
from nccourse.experiments.rows import Rows
from nccourse.experiments.study import Study
from nccourse.experiments.verdict import Verdict

METHODS = ("ce", "dot_regression")
_AXES = {"loss": METHODS, "augmentation": ("mixup",), "tau": (0.005, 0.01, 0.02)}
_SMALL = {"model": ("mlp", "cnn"), "data": ("digits", "mnist5k"), **_AXES, "tau": (0.01, 0.02)}
_LARGE = {
    "model": ("resnet32", "densenet150"),
    "data": ("cifar10", "cifar100", "svhn", "stl10"),
    **_AXES,
}
_STANDS_FOR = {"model": {"resnet32": "resnet", "densenet150": "densenet"}}

PAIRS = Study(
    "E.table2",
    Networks(),
    {
        "ci": DIGITS.grid(
            {"model": ("mlp",), "data": ("digits",), **_AXES, "tau": (0.02,)}, epochs=20, record=20
        ),
        "laptop": SMALL_NETWORKS.grid(_SMALL, epochs=40, record=40),
        "gpu": replace(PAPER_NETWORKS.grid(_LARGE, record=20), schedule="full"),
    },
)

ROWS = Rows(
    ("model", "loss", "data", "tau"), {"accuracy": "test_accuracy"}, "E.table2", factors={"accuracy": 100.0}
)


def better_on_average(records: pd.DataFrame) -> Verdict:
    """Compare the accuracies of both methods, averaged over sets and τ, for each network."""
    means = records.pivot_table("test_accuracy", ["model", "data", "tau"], "loss")
    gaps = 100 * (means.dot_regression - means.ce)
    average = gaps.groupby("model").mean()
    told = ", ".join(f"{gap:+.1f} points for {model}" for model, gap in average.items())
    return Verdict(bool((average > 0).all()), f"{told}; ahead in {(gaps > 0).sum()} of {len(gaps)} pairs")


register(
    Experiment(
        id="E.table2",
        kind="run",
        title="Long-tailed recognition on four sets",
        claim="For each network, a fixed ETF with DR tests better on average than learnt weights with CE.",
        study=PAIRS,
        rows=lambda records: beside(ROWS, records, _STANDS_FOR),
        verdict=better_on_average,
    )
)
