"""One step of training: features, loss, gradient, clipping, update."""

from __future__ import annotations

import torch
from torch import Tensor

from nccourse.models import Head, Network
from nccourse.training.config import TrainConfig
from nccourse.training.setup import Criterion


class Step:
    """Train a network on one batch at a time.

    The loss is the criterion plus λ_H/2 times the mean of |h|². The backbone runs in the config's precision,
    compiled if the config says so; head and loss in float32.

    Args:
        config: of the run.
        model: the network.
        criterion: the loss of features, targets and head.
        optimizer: over the network's parameters.
        precision: dtype of the backbone's products.
    """

    def __init__(
        self,
        config: TrainConfig,
        model: Network,
        criterion: Criterion,
        optimizer: torch.optim.Optimizer,
        precision: torch.dtype,
    ) -> None:
        self._config, self._criterion, self._optimizer = config, criterion, optimizer
        self._head: Head = model.head
        self._parameters = list(model.parameters())
        self._backbone = torch.compile(model.backbone) if config.compile else model.backbone
        self._precision = precision

    def __call__(self, images: Tensor, targets: Tensor) -> Tensor:
        """Update the parameters and return the loss before it, detached, still on the device."""
        with torch.autocast(
            images.device.type, dtype=self._precision, enabled=self._precision != torch.float32
        ):
            raw = self._backbone(images)
        features = self._head.embed(raw.float())
        loss = self._criterion(features, targets, self._head)
        if self._config.lambda_H:
            loss = loss + self._config.lambda_H / 2 * features.square().sum(dim=1).mean()
        self._optimizer.zero_grad()
        loss.backward()
        if self._config.clip_norm is not None:
            torch.nn.utils.clip_grad_norm_(self._parameters, self._config.clip_norm)
        self._optimizer.step()
        return loss.detach()
