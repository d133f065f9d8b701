"""Paper A's Table 1: the part of Table 5 that the paper's text discusses."""

from __future__ import annotations

import pandas as pd

from nccourse.experiments.definitions.gamma_sweep import FEATURES, PERCENT, RESNET
from nccourse.experiments.experiment import Experiment
from nccourse.experiments.registry import register
from nccourse.experiments.rows import Rows
from nccourse.experiments.verdict import Verdict

SHOWN = (0.1, 0.5, 1.0, 12.0, 16.0, 32.0, 64.0)


def shown(records: pd.DataFrame) -> pd.DataFrame:
    """Return the runs with SGD at the table's scales."""
    return records[(records.optimizer == "sgd") & records.scale.isin(SHOWN)]


def accuracy_against_features(records: pd.DataFrame) -> Verdict:
    """Compare accuracy, compactness and separability at the largest γ with those at the smallest."""
    means = (
        shown(records).groupby(["loss", "scale"])[["train_accuracy", "compactness", "separability"]].mean()
    )
    scales = means.index.get_level_values("scale")
    small, large = (means.xs(scale, level="scale") for scale in (scales.min(), scales.max()))
    told = f"γ = {scales.min():g} against {scales.max():g}: " + "; ".join(
        f"{loss.upper()} accuracy {small.train_accuracy[loss]:.3f}, {large.train_accuracy[loss]:.3f}, "
        f"compactness {small.compactness[loss]:.3f}, {large.compactness[loss]:.3f}, "
        f"separability {small.separability[loss]:.3f}, {large.separability[loss]:.3f}"
        for loss in small.index
    )
    if large.train_accuracy.min() < 0.99:
        return Verdict(None, f"{told}; too short a training for the largest γ")
    more_accurate = (large.train_accuracy > small.train_accuracy).all()
    poorer = (large[["compactness", "separability"]] < small[["compactness", "separability"]]).all().all()
    return Verdict(bool(more_accurate and poorer), told)


register(
    Experiment(
        id="A.table1",
        kind="run",
        title="Accuracy and feature properties at small and large γ",
        claim="The largest γ classifies the training set better than the smallest, from features that are "
        "less compact and less separable.",
        study=RESNET,
        rows=lambda records: Rows(("loss", "scale"), FEATURES, "A.table1", factors=PERCENT)(shown(records)),
        verdict=accuracy_against_features,
    )
)
