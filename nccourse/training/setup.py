"""From a config to the things a run needs: device, sets, network, criterion, optimizer, learning rate."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Iterable

import torch
from torch import Tensor, nn

from nccourse import losses, models
from nccourse.checks import choice
from nccourse.data import ImageData
from nccourse.errors import InputValueError
from nccourse.training.config import TrainConfig

Criterion = Callable[[Tensor, Tensor, models.Head], Tensor]
"""(features, labels, head) -> mean loss."""


def resolve_device(name: str) -> torch.device:
    """Return the device of that name, "auto" being the best there is.

    Raises:
        InputValueError: this machine has no such device.
    """
    available = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    present = [device for device, there in available.items() if there]
    if name == "auto":
        return torch.device(present[0])
    if name not in present:
        raise InputValueError(
            "device", expected=f"one this machine has: {', '.join(present)}", got=repr(name)
        )
    return torch.device(name)


def build_model(config: TrainConfig, train_set: ImageData) -> models.Network:
    """Return the network, initialised from torch's global generator."""
    options = dict(config.model_options)
    if config.scale is not None:
        options["scale"] = config.scale
    return models.build(
        config.model,
        train_set.num_classes,
        in_channels=train_set.in_channels,
        image_size=train_set.image_size,
        head=config.head,
        **options,
    )


def check_last_batch(model: models.Network, samples: int, batch_size: int) -> None:
    """Refuse a last batch of a single sample where batch norm would have to take its variance.

    Raises:
        InputValueError: there would be one.
    """
    if samples % batch_size == 1 and any(isinstance(module, nn.BatchNorm1d) for module in model.modules()):
        raise InputValueError(
            "batch_size",
            expected="no single sample left over for the last batch, which batch norm cannot normalise",
            got=f"{batch_size} for {samples} samples",
            advice="another batch_size",
        )


def build_criterion(config: TrainConfig) -> Criterion:
    """Return the loss as a function of features, labels and head."""
    options = config.loss_options
    if config.loss == "dot_regression":
        _check_options(losses.dot_regression, options)
        return lambda features, labels, head: losses.dot_regression(features, labels, head.W, **options)
    of_logits = losses.get(config.loss)
    _check_options(of_logits, options)
    return lambda features, labels, head: of_logits(features @ head.W.T - head.b, labels, **options)


def build_optimizer(config: TrainConfig, model: models.Network) -> torch.optim.Optimizer:
    """Return the optimizer over every parameter."""
    rate, decay = config.learning_rate, config.weight_decay
    if config.optimizer == "sgd":
        return torch.optim.SGD(model.parameters(), lr=rate, momentum=config.momentum, weight_decay=decay)
    return torch.optim.AdamW(model.parameters(), lr=rate, weight_decay=decay)


def learning_rate(config: TrainConfig, epoch: int) -> float:
    """Return the learning rate of an epoch, counted from 1; as a pure function it needs no saving."""
    progress = (epoch - 1) / config.epochs
    if config.schedule == "cosine":
        return config.learning_rate * (1 + math.cos(math.pi * progress)) / 2
    if config.schedule == "step":
        return config.learning_rate * 0.1 ** sum(progress >= milestone for milestone in config.milestones)
    return config.learning_rate


def _check_options(loss: Callable[..., Tensor], options: Iterable[str]) -> None:
    parameters = inspect.signature(loss).parameters.values()
    known = [p.name for p in parameters if p.kind is p.KEYWORD_ONLY and p.name != "reduction"]
    for name in options:
        choice("loss_options", name, known or ["(none)"])
