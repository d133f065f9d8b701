"""Paper A's Tables 3 and 10: telling known classes from unknown ones, with and without bias."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import pandas as pd
import torch
from torch import Tensor

from nccourse import metrics
from nccourse.data import OPEN_SET_TRIALS, OPEN_SETTINGS, DeviceBatches, ImageData, OpenSet, load, open_set
from nccourse.experiments.cell import Grid
from nccourse.experiments.definitions.loss_gaps import bce_is_higher, loss_gaps
from nccourse.experiments.definitions.paper_a import LOSSES
from nccourse.experiments.experiment import Experiment
from nccourse.experiments.networks import Networks, final_row
from nccourse.experiments.registry import register
from nccourse.experiments.rows import Rows
from nccourse.experiments.study import Study
from nccourse.experiments.verdict import Verdict
from nccourse.training import TrainConfig, TrainResult
from nccourse.training.recording import collect_features

SCALE = 32.0
BIASES = ("none", "0", "5", "10")
KEYS = ("bias", "split", "loss")
TOLD = "5"
"""The bias of Table 3: its numbers are those that Table 10 prints for this mean, rounded."""

_BATCH = 1024
_SQUASH = {"ce": lambda logits: logits.softmax(dim=1), "bce": torch.sigmoid}


@torch.no_grad()
def measure(result: TrainResult) -> dict[str, Any]:
    """Return the last row, and how well the largest score of an image tells known from unknown.

    "auroc" and "oscr" are of the largest logit; "auroc_probability", "oscr_probability" of the largest
    probability in single precision, where large logits all become 1: "ones_known" and "ones_unknown" are the
    shares of images with exactly 1. "known_cosine" and "unknown_cosine" are means of the largest cosine.
    """
    if result.status == "diverged":
        return final_row(result)
    trial = images_of(result.config)
    known, unknown = (_logits(result, part, trial.train) for part in (trial.test, trial.unknown))
    head = result.model.head
    ones: dict[str, float] = {}
    cosines, squashed = [], []
    for name, logits in (("known", known), ("unknown", unknown)):
        probabilities = _SQUASH[result.config.loss](logits)
        ones[f"ones_{name}"] = float((probabilities.max(dim=1).values == 1).double().mean())
        cosines.append(float(((logits + head.b) / SCALE).max(dim=1).values.double().mean()))
        squashed.append(probabilities)
    labels = trial.test.labels.to(known.device)
    plain, probable = tells(known, unknown, labels), tells(squashed[0], squashed[1], labels)
    return {
        **final_row(result),
        **plain,
        **{f"{name}_probability": value for name, value in probable.items()},
        **ones,
        "known_cosine": cosines[0],
        "unknown_cosine": cosines[1],
    }


def tells(known: Tensor, unknown: Tensor, labels: Tensor) -> dict[str, float]:
    """Return AUROC and OSCR of the largest of each row's scores, (N, K) and (M, K); labels (N,)."""
    best, predicted = known.max(dim=1)
    others = unknown.max(dim=1).values
    return {
        "auroc": metrics.auroc(best, others),
        "oscr": metrics.oscr(best, predicted == labels, others),
    }


def images_of(config: TrainConfig) -> OpenSet:
    """Return the trial a config trains on, with its unknown images."""
    options = config.data_options
    return _trial(config.data, options["known"], options["seed"])


@lru_cache(maxsize=1)
def _trial(data: str, known: int, seed: int) -> OpenSet:
    train, test = load(data), load(data, train=False)
    plus = OPEN_SETTINGS["cifar+50"]
    if plus.others is None or (data, known) != (plus.data, plus.known):
        return open_set(train, test, known, seed=seed)
    others = load(plus.others, train=False)
    return open_set(train, test, known, others=others, unknown=plus.unknown, seed=seed)


def _logits(result: TrainResult, images: ImageData, train: ImageData) -> Tensor:
    head = result.model.head
    batches = DeviceBatches(images, _BATCH, device=head.b.device, mean=train.mean, std=train.std)
    return collect_features(result.model, batches) @ head.W.T - head.b


def _fields(coordinates: dict[str, Any], data: str | None, options: dict[str, Any]) -> dict[str, Any]:
    setting = OPEN_SETTINGS[coordinates["split"]]
    bias = coordinates["bias"]
    own = {"bias": False} if bias == "none" else {"bias_mean": float(bias)}
    return {
        "loss": coordinates["loss"],
        "data": data or setting.data,
        "data_options": {"known": setting.known, "seed": coordinates["trial"]},
        "model_options": {**options, **own},
    }


def _grid(
    about: str,
    epochs: int,
    splits: tuple[str, ...],
    trials: int,
    *,
    data: str | None = None,
    options: dict[str, Any] | None = None,
    **base: Any,
) -> Grid:
    fixed = {
        "head": "cosine",
        "scale": SCALE,
        "optimizer": "sgd",
        "learning_rate": 0.1,
        "weight_decay": 1e-4,
        "epochs": epochs,
        "record": epochs,
        **base,
    }
    axes = {"split": splits, "trial": tuple(range(trials)), "loss": LOSSES, "bias": BIASES}
    told = f"{about}, {epochs} epochs, {trials} draws of the known classes"
    return Grid(fixed, axes, lambda where: _fields(where, data, options or {}), about=told)


# What the paper leaves to Chen et al. (2021): an inference.
_STEPS: dict[str, Any] = {"schedule": "milestones", "milestones": [30, 60, 90], "augmentation": ["crop"]}

STUDY = Study(
    "A.table10",
    Networks(measure),
    {
        "ci": _grid(
            "an MLP of width 64 on six of the ten 8x8 digits",
            40,
            ("mnist",),
            2,
            data="digits",
            options={"widths": [64, 64], "final_relu": False},
        ),
        "laptop": _grid(
            "an MLP of width 128 on six of the ten classes of mnist5k",
            60,
            ("mnist",),
            OPEN_SET_TRIALS,
            data="mnist5k",
            options={"widths": [128, 128], "final_relu": False},
        ),
        "gpu": _grid(
            "a CNN of nine layers, as in the paper",
            100,
            tuple(OPEN_SETTINGS),
            OPEN_SET_TRIALS,
            model="cnn9",
            **_STEPS,
        ).changed(schedule="full"),
    },
)

QUANTITIES = {"auroc": "auroc", "oscr": "oscr"}
_PERCENT = dict.fromkeys(QUANTITIES, 100.0)
_PAIRS = ["trial", "seed"]


def of_table3(records: pd.DataFrame) -> pd.DataFrame:
    """Return the runs of Table 3: biases that start at 5."""
    return records[records.bias == TOLD]


def better_at_unknown(records: pd.DataFrame) -> Verdict:
    """Compare BCE's and CE's AUROC and OSCR on each split; the same classes and seed are a pair."""
    chosen = of_table3(records)
    gaps = [loss_gaps(chosen, name, ["split"], _PAIRS) for name in QUANTITIES]
    return bce_is_higher(pd.concat(gaps), "AUROC or OSCR")


def needs_bias(records: pd.DataFrame) -> Verdict:
    """Compare BCE's AUROC with CE's, where the losses have biases and where they have none."""
    gaps = loss_gaps(records, "auroc", ["bias", "split"], _PAIRS)
    oscr = loss_gaps(records, "oscr", ["bias", "split"], _PAIRS)["mean"].xs("none", level="bias")
    means = gaps["mean"].unstack("split")
    without, with_bias = means.loc["none"], means.drop("none").to_numpy()
    told = (
        f"BCE's AUROC less CE's is {100 * without.min():+.2f} to {100 * without.max():+.2f} points without "
    )
    told += f"bias and {100 * with_bias.min():+.2f} to {100 * with_bias.max():+.2f} with; "
    told += f"OSCR without bias {100 * oscr.min():+.2f} to {100 * oscr.max():+.2f}"
    unsure = gaps["mean"].abs() <= 2 * gaps.error
    as_claimed = (gaps["mean"] < 0) == (gaps.index.get_level_values("bias") == "none")
    if not as_claimed[~unsure].all():
        return Verdict(False, told)
    if unsure.any():
        return Verdict(
            None, f"{told}; {unsure.sum()} of {len(unsure)} gaps are within two standard errors of 0"
        )
    return Verdict(True, told)


register(
    Experiment(
        id="A.table3",
        kind="run",
        title="Open-set recognition with CE and BCE",
        claim="BCE tells unknown classes better than CE, by AUROC and by OSCR, on every split.",
        study=STUDY,
        rows=lambda records: Rows(("split", "loss"), QUANTITIES, "A.table3", factors=_PERCENT)(
            of_table3(records)
        ),
        verdict=better_at_unknown,
    ),
    Experiment(
        id="A.table10",
        kind="run",
        title="Open-set recognition with and without bias",
        claim="Without biases BCE's AUROC is below CE's on every split, with them above it.",
        study=STUDY,
        rows=Rows(KEYS, QUANTITIES, "A.table10", factors=_PERCENT),
        verdict=needs_bias,
    ),
)
