"""From a config to the things a run needs: device, sets, network, criterion, optimizer, learning rate."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor, nn

from nccourse import losses, models
from nccourse.checks import choice
from nccourse.data import Augmentation, ImageData, augment
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


def resolve_precision(name: str, device: torch.device) -> torch.dtype:
    """Return the dtype the backbone is trained in, "auto" being bfloat16 where the device computes with it.

    Without instructions for it, bfloat16 is many times slower than float32, and therefore refused.

    Raises:
        InputValueError: bfloat16 is asked of a device without such instructions.
    """
    if name == "float32" or (name == "auto" and not has_bfloat16(device)):
        return torch.float32
    if not has_bfloat16(device):
        expected = f"float32 or auto on this {device.type} device, which has no bfloat16 instructions"
        raise InputValueError("precision", expected=expected, got=repr(name))
    return torch.bfloat16


def has_bfloat16(device: torch.device) -> bool:
    """Tell whether the device multiplies bfloat16 matrices in hardware."""
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    if device.type == "cpu":
        instructions = torch.cpu.get_capabilities()
        return any(instructions.get(name, False) for name in ("amx_bf16", "avx512_bf16"))
    return False


def build_model(config: TrainConfig, train_set: ImageData) -> models.Network:
    """Return the network, initialised from torch's global generator."""
    options = dict(config.model_options)
    if config.scale is not None:
        options["scale"] = config.scale
    model = models.build(
        config.model,
        train_set.num_classes,
        in_channels=train_set.in_channels,
        image_size=train_set.image_size,
        head=config.head,
        **options,
    )
    return model.to(memory_format=torch.channels_last) if config.channels_last else model


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
    """Return the optimizer over every parameter, each with its weight decay."""
    groups = parameter_groups(config, model)
    if config.optimizer == "sgd":
        return torch.optim.SGD(groups, lr=config.learning_rate, momentum=config.momentum)
    return torch.optim.AdamW(groups, lr=config.learning_rate)


def parameter_groups(config: TrainConfig, model: models.Network) -> list[dict[str, Any]]:
    """Divide the parameters by their weight decay."""
    groups: dict[float, list[nn.Parameter]] = {}
    for name, parameter in model.named_parameters():
        groups.setdefault(parameter_decay(config, name), []).append(parameter)
    return [{"params": parameters, "weight_decay": decay} for decay, parameters in groups.items()]


def parameter_decay(config: TrainConfig, name: str) -> float:
    """Return the weight decay of the parameter of that name in the network."""
    own = {"head.weight": config.lambda_W, "head.b": config.lambda_b}.get(name)
    return config.weight_decay if own is None else own


def build_augmentation(config: TrainConfig, train_set: ImageData) -> Augmentation | None:
    """Return what changes the training images at random, if anything does."""
    if not config.augmentation:
        return None
    size, num_classes = train_set.image_size, train_set.num_classes
    return augment(config.augmentation, image_size=size, num_classes=num_classes)


def learning_rate(config: TrainConfig, epoch: int) -> float:
    """Return the learning rate of an epoch, counted from 1; as a pure function it needs no saving."""
    done = epoch - 1
    if config.schedule == "cosine":
        return config.learning_rate * (1 + math.cos(math.pi * done / config.epochs)) / 2
    if config.schedule == "constant":
        return config.learning_rate
    elapsed = done if config.schedule == "milestones" else done / config.epochs
    passed = sum(elapsed >= milestone for milestone in config.milestones)
    return config.learning_rate * config.schedule_factor**passed


def _check_options(loss: Callable[..., Tensor], options: Iterable[str]) -> None:
    parameters = inspect.signature(loss).parameters.values()
    known = [p.name for p in parameters if p.kind is p.KEYWORD_ONLY and p.name != "reduction"]
    for name in options:
        choice("loss_options", name, known or ["(none)"])
