"""Paper A's Figs. 10, 11 and 13: the sweep over γ again, for biases that start elsewhere."""

from __future__ import annotations

import pandas as pd

from nccourse.experiments.definitions.gamma_figures import draw_scores
from nccourse.experiments.definitions.gamma_sweep import SCORES, VIT
from nccourse.experiments.definitions.initial_bias import LEARNT
from nccourse.experiments.definitions.paper_a import (
    LOSSES,
    MLP_DIGITS,
    MLP_MNIST,
    NUM_CLASSES,
    RESNET18_MNIST,
    SCALES,
    VIT_CIFAR,
    VIT_DIGITS,
    VIT_MNIST,
)
from nccourse.experiments.experiment import Experiment
from nccourse.experiments.networks import Networks
from nccourse.experiments.registry import register
from nccourse.experiments.rows import Rows
from nccourse.experiments.study import Study
from nccourse.experiments.verdict import Verdict
from nccourse.theory.normalized import bce_bias

KEYS = ("initial_mean", "loss", "optimizer", "scale")
_ROUND = (0.0, 10.0, 20.0, 30.0)
_ALL = (*_ROUND, 5.0, "theory")
FIVE_SCALES = (0.5, 2.0, 8.0, 16.0, 64.0)
_AXES = {"optimizer": ("sgd",), "loss": LOSSES}

STARTS = Study(
    "A.fig10",
    Networks(),
    {
        "ci": MLP_DIGITS.grid(
            60, {**_AXES, "initial_mean": (0.0, 10.0, "theory"), "scale": (2.0, 8.0, 32.0)}, record=60
        ),
        "laptop": MLP_MNIST.grid(
            60, {**_AXES, "initial_mean": (0.0, 10.0, 30.0, 5.0, "theory"), "scale": FIVE_SCALES}, record=60
        ),
        "gpu": RESNET18_MNIST.grid(
            200, {**_AXES, "initial_mean": _ALL, "scale": SCALES}, record=200, schedule="full"
        ),
    },
)

# Mean 5 is the sweep of Table 6.
OTHER_STARTS = Study(
    "A.fig13",
    Networks(),
    {
        "ci": VIT_DIGITS.grid(40, {**_AXES, "initial_mean": (0.0,), "scale": (2.0, 16.0)}, record=40),
        "laptop": VIT_MNIST.grid(
            40, {**_AXES, "initial_mean": (0.0, 10.0), "scale": (0.5, 2.0, 8.0, 64.0)}, record=40
        ),
        "gpu": VIT_CIFAR.grid(
            200, {**_AXES, "initial_mean": (0.0, 10.0), "scale": SCALES}, record=200, schedule="full"
        ),
    },
)


def started(records: pd.DataFrame) -> pd.Series:
    """Return the mean each bias started from, as numbers."""
    pairs = zip(records.initial_mean, records.scale, strict=True)
    values = [bce_bias(NUM_CLASSES, scale) if mean == "theory" else float(mean) for mean, scale in pairs]
    return pd.Series(values, records.index)


def where_biases_end(records: pd.DataFrame) -> Verdict:
    """See how far, at γ <= 8, BCE's final bias depends on its start, and how far CE's moved from it."""
    small = records[(records.scale <= 8) & (records.optimizer == "sgd")]
    ce, bce = small[small.loss == "ce"], small[small.loss == "bce"]
    moved = (ce.bias_mean - started(ce)).abs().max()
    final = bce.pivot_table("bias_mean", "scale", "initial_mean")
    gaps = final.max(axis=1) - final.min(axis=1)
    worst = gaps.idxmax()
    told = f"CE's mean bias moved by at most {moved:.2f}; BCE's ends at most {gaps.max():.2f} apart"
    told += f" for different starts, at γ = {worst:g}"
    learnt = bce[bce.scale >= 2].train_accuracy.min()
    if learnt < LEARNT:
        return Verdict(None, f"{told}; a training accuracy of BCE at 2 <= γ <= 8 is only {learnt:.2f}")
    return Verdict(bool(moved < 0.2 and gaps.max() < 0.2), told)


def better_from_theory(records: pd.DataFrame) -> Verdict:
    """Compare, at γ > 8, how near BCE's positive scores come to γ from b* and from other starts."""
    large = records[(records.scale > 8) & (records.loss == "bce")]
    ratio = (large.positive_mean / large.scale).groupby(large.initial_mean.astype(str)).mean()
    others = ratio.drop("theory")
    told = f"mean s+/γ at γ > 8 is {ratio['theory']:.2f} from b* and up to {others.max():.2f} from elsewhere"
    return Verdict(bool(ratio["theory"] > others.max()), told)


def _of(records: pd.DataFrame, means: tuple[float | str, ...]) -> pd.DataFrame:
    return records[records.initial_mean.isin(means)]


def _sgd(records: pd.DataFrame) -> pd.DataFrame:
    return records[records.optimizer == "sgd"]


_FORGETS = "For γ <= 8, BCE's final biases do not depend on where they started, while CE's stay there."
_STARTS = "Panels of scores and biases over the scale, one for each start of the biases and each loss: "

register(
    Experiment(
        id="A.fig10",
        kind="run",
        title="Scores and biases over γ for initial means 0, 10, 20, 30",
        claim=_FORGETS,
        study=STARTS,
        rows=lambda records: Rows(KEYS, SCORES)(_of(records, _ROUND)),
        verdict=lambda records: where_biases_end(_of(records, _ROUND)),
        figure=lambda records: draw_scores(_of(records, _ROUND), ["initial_mean"]),
        alt=_STARTS + "CE's biases lie where they started, BCE's on the dashed curve of theory.",
    ),
    Experiment(
        id="A.fig11",
        kind="run",
        title="Scores and biases over γ for initial mean 5 and for the theoretical one",
        claim="For γ > 8, BCE comes nearer to collapse from biases at b* than from other starts.",
        study=STARTS,
        rows=Rows(KEYS, SCORES),
        verdict=better_from_theory,
        figure=lambda records: draw_scores(_of(records, (5.0, "theory")), ["initial_mean"]),
        alt=_STARTS + "from the theoretical bias the points follow the dashed curves up to larger scales.",
    ),
    Experiment(
        id="A.fig13",
        kind="run",
        title="Scores and biases over γ, ViT on CIFAR10, initial means 0, 5, 10",
        claim=_FORGETS,
        study=(VIT, OTHER_STARTS),
        rows=lambda records: Rows(KEYS, SCORES)(_sgd(records)),
        verdict=lambda records: where_biases_end(_sgd(records)),
        figure=lambda records: draw_scores(_sgd(records), ["initial_mean"]),
        alt=_STARTS + "CE's biases lie where they started, BCE's move towards the dashed curve of theory.",
    ),
)
