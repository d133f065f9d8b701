"""Paper A's Table 4: its settings, beside the configs that run here at profile gpu."""

from __future__ import annotations

import math

import pandas as pd

from nccourse.experiments.definitions.gamma_sweep import RESNET, VIT
from nccourse.experiments.definitions.paper_a import SETTINGS
from nccourse.experiments.experiment import Experiment
from nccourse.experiments.papers import paper_table
from nccourse.experiments.registry import register
from nccourse.experiments.verdict import Verdict
from nccourse.training import TrainConfig

# Column of the table -> augmentation and its option; an augmentation without option is on or off.
_AUGMENTATIONS = {
    "crop": ("crop", ""),
    "flip": ("flip", "probability"),
    "rotation": ("rotation", "degrees"),
    "label_smoothing": ("label_smoothing", "smoothing"),
    "mixup_alpha": ("mixup", "alpha"),
    "cutmix_alpha": ("cutmix", "alpha"),
    "mixup_probability": ("mixup", "probability"),
}
_FIELDS = ("epochs", "optimizer", "batch_size", "learning_rate", "schedule", "weight_decay")


def ours(config: TrainConfig) -> dict[str, float | str]:
    """Return a config in the terms of Table 4; the trainer has no warm-up."""
    chosen = dict((entry, {}) if isinstance(entry, str) else entry for entry in config.augmentation)
    row: dict[str, float | str] = {name: getattr(config, name) for name in _FIELDS}
    for column, (name, option) in _AUGMENTATIONS.items():
        row[column] = (chosen[name][option] if option else 1) if name in chosen else 0
    return {**row, "warmup_epochs": 0}


def side_by_side(records: pd.DataFrame) -> pd.DataFrame:
    """Return paper and ours for each setting and hyper-parameter."""
    rows = []
    for printed in paper_table("A.table4").to_dict("records"):
        config = ours(TrainConfig(**SETTINGS[printed["setting"]]))
        for quantity in config:
            pair = {"paper": printed[quantity], "ours": config[quantity]}
            rows.append({"setting": printed["setting"], "quantity": quantity, **pair})
    return pd.DataFrame(rows).assign(sd=math.nan, seeds=0)


def same(records: pd.DataFrame) -> Verdict:
    """See whether the settings are the paper's, and the sweeps at profile gpu use them."""
    table = side_by_side(records)
    other = table[table.paper != table.ours]
    for study, numbers in ((RESNET, (1, 2)), (VIT, (3, 4))):
        used = [TrainConfig(**cell.setting) for cell in study.grid("gpu").cells(seed=0)]
        wanted = [ours(TrainConfig(**SETTINGS[number])) for number in numbers]
        if not all(ours(config) in wanted for config in used):
            return Verdict(False, f"{study.id} runs in another setting than {numbers}")
    told = f"{len(table) - len(other)} of {len(table)} hyper-parameters are the paper's"
    return Verdict(other.empty, f"{told}; crop's padding, momentum and the steps' epochs are not printed")


register(
    Experiment(
        id="A.table4",
        kind="settings",
        title="The experimental settings",
        claim="Profile gpu runs in the paper's settings.",
        rows=side_by_side,
        verdict=same,
    )
)
