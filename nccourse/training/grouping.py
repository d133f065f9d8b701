"""Which runs of a sweep are trained together."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

from nccourse import losses
from nccourse.training.checkpoint import checkpoint_path
from nccourse.training.config import TrainConfig

# In these fields the runs of a batch may differ, and in the options of the head's bias.
_OWN_FIELDS = {
    "clip_norm",
    "lambda_H",
    "lambda_W",
    "lambda_b",
    "learning_rate",
    "loss",
    "loss_options",
    "milestones",
    "momentum",
    "record",
    "scale",
    "schedule",
    "schedule_factor",
    "seed",
    "snapshots",
    "stop_tolerance",
    "weight_decay",
}
_OWN_OPTIONS = {"bias", "bias_mean", "bias_variance"}

# Larger products keep the cores busy by themselves.
_WIDEST = 512
# Activations of more runs than this leave the cache.
_MOST = 64


def can_join(config: TrainConfig) -> bool:
    """Tell whether a run can be part of a batch, and faster so."""
    return (
        config.model == "mlp"
        and config.head in ("linear", "cosine")
        and config.loss in losses.NAMES
        and not config.augmentation
        and not config.compile
        and config.precision != "bfloat16"
        and not config.model_options.get("normalize_features")
        and _are_narrow(config.model_options.get("widths", ()))
    )


def grouped(configs: Iterable[TrainConfig], folder: Path | None) -> Iterator[list[TrainConfig]]:
    """Yield the different configs in the groups they are trained in, most of them alone.

    A run that has a checkpoint of its own is alone, for it has ended, or was begun alone.
    """
    groups: dict[str, list[TrainConfig]] = {}
    for config in {config.key: config for config in configs}.values():
        path = checkpoint_path(folder, config)
        alone = not can_join(config) or (path is not None and path.exists())
        groups.setdefault(config.key if alone else _common(config), []).append(config)
    for group in groups.values():
        for start in range(0, len(group), _MOST):
            yield group[start : start + _MOST]


def _are_narrow(widths: Any) -> bool:
    return isinstance(widths, tuple) and all(isinstance(width, int) and width <= _WIDEST for width in widths)


def _common(config: TrainConfig) -> str:
    """Return what the runs of a batch have in common."""
    shared = {f.name: getattr(config, f.name) for f in fields(config) if f.name not in _OWN_FIELDS}
    options = config.model_options.items()
    shared["model_options"] = {name: value for name, value in options if name not in _OWN_OPTIONS}
    return json.dumps(shared, sort_keys=True)
