"""MLPs of one architecture as one: their weights stacked, so that one batched product serves them all.

Activations are (M, width, B): members, features, samples. So batch norm over the samples of each member is
torch's own on M x width channels, and no product needs a transposed copy. They stay (1, M x width, B) until
the next product: ReLU in place on a view would make autograd copy the gradient.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from nccourse.models import MLP, CosineHead, LinearHead, Network


def can_stack(model: Network) -> bool:
    """Tell whether a network is one of those a stack can compute."""
    return type(model.backbone) is MLP and type(model.head) in (LinearHead, CosineHead)


class Stack:
    """Hold M networks of the same shape in common tensors, of which their own parameters are views.

    Training updates the common tensors; each network can be measured and saved as if it were alone.

    Args:
        networks: for which :func:`can_stack` holds, equal up to their weights, scale and bias options.
    """

    def __init__(self, networks: Sequence[Network]) -> None:
        self.networks = list(networks)
        states = [network.state_dict() for network in self.networks]
        self.tensors = {name: torch.stack([state[name] for state in states]) for name in states[0]}
        trained = {name for network in self.networks for name, _ in network.named_parameters()}
        self.trained = [name for name in self.tensors if name in trained]
        device = self.tensors["head.b"].device
        self.scales = torch.tensor([_scale(network) for network in self.networks], device=device)
        learnt = [isinstance(network.head.b, nn.Parameter) for network in self.networks]
        self.learns_bias = torch.tensor(learnt, device=device)
        self._layers = list(_backbone(self.networks[0]).layers)
        self._cosine = isinstance(self.networks[0].head, CosineHead)
        self._share()

    def __len__(self) -> int:
        return len(self.networks)

    def load(self, tensors: dict[str, Tensor]) -> None:
        """Copy saved tensors into the common ones."""
        with torch.no_grad():
            for name, tensor in self.tensors.items():
                tensor.copy_(tensors[name])

    def keep(self, members: Sequence[int]) -> None:
        """Go on with some of the networks; the others keep the weights they have, in tensors of their own."""
        index = torch.tensor(members, dtype=torch.long, device=self.scales.device)
        for position, network in enumerate(self.networks):
            if position not in members:
                for _, tensor in _entries(network):
                    tensor.data = tensor.data.clone()
        self.networks = [self.networks[position] for position in members]
        self.tensors = {name: tensor.detach()[index] for name, tensor in self.tensors.items()}
        self.scales, self.learns_bias = self.scales[index], self.learns_bias[index]
        self._share()

    def features(self, images: Sequence[Tensor], sizes: Sequence[int]) -> Tensor:
        """Return the (M, d, B) features in training mode, before the head's embedding.

        Args:
            images: (B, C, H, W), one batch for each of several runs of members that see the same samples.
            sizes: how many members each run has; their sum is M.
        """
        x = torch.empty(0)
        first = True
        samples = len(images[0])
        for position, layer in enumerate(self._layers):
            name = f"backbone.layers.{position}"
            if isinstance(layer, nn.Linear):
                weight = self.tensors[f"{name}.weight"]
                if first:
                    x, first = _first_products(weight, images, sizes), False
                else:
                    x = torch.bmm(weight, x.view(len(self), -1, samples))
                if layer.bias is not None:
                    x = x + self.tensors[f"{name}.bias"][:, :, None]
            elif isinstance(layer, nn.BatchNorm1d):
                x = self._normalized(x, name, layer)
            elif isinstance(layer, nn.ReLU):
                x = functional.relu(x, inplace=True)
        return x.view(len(self), -1, samples)

    def logits(self, features: Tensor) -> Tensor:
        """Return the (M, B, K) logits of features that are not yet embedded."""
        W, b = self.tensors["head.weight"], self.tensors["head.b"]
        if not self._cosine:
            return torch.baddbmm(b[:, :, None], W, features, beta=-1).transpose(1, 2)
        rows = self.scales[:, None, None] * functional.normalize(W, dim=2)
        # Dividing the products, K for each feature vector, instead of its d entries.
        squares = features.square().sum(1, keepdim=True)
        logits = torch.bmm(rows, features) * squares.clamp_min(1e-24).rsqrt() - b[:, :, None]
        return logits.transpose(1, 2)

    def parameters(self) -> list[Tensor]:
        """Return the common tensors that are trained, in the order of ``trained``."""
        return [self.tensors[name] for name in self.trained]

    def _normalized(self, x: Tensor, name: str, layer: nn.BatchNorm1d) -> Tensor:
        """Return batch norm (1, M x width, B) of (M, width, B)."""
        weight, bias, mean, variance = (
            self.tensors[f"{name}.{part}"].view(-1)
            for part in ("weight", "bias", "running_mean", "running_var")
        )
        self.tensors[f"{name}.num_batches_tracked"] += 1
        return functional.batch_norm(
            x.view(1, -1, x.shape[2]),
            mean,
            variance,
            weight,
            bias,
            training=True,
            momentum=layer.momentum or 0.0,
            eps=layer.eps,
        )

    def _share(self) -> None:
        """Make the networks' parameters and buffers views of the common tensors."""
        for position, network in enumerate(self.networks):
            for name, tensor in _entries(network):
                tensor.data = self.tensors[name].detach()[position]
        for name in self.trained:
            self.tensors[name].requires_grad_()


def _first_products(weight: Tensor, images: Sequence[Tensor], sizes: Sequence[int]) -> Tensor:
    """Return weight @ images: one product for all members that see the same samples."""
    parts = [
        (part.reshape(-1, weight.shape[2]) @ batch.flatten(1).T).view(len(part), weight.shape[1], -1)
        for part, batch in zip(weight.split(list(sizes)), images, strict=True)
    ]
    return parts[0] if len(parts) == 1 else torch.cat(parts)


def _entries(network: Network) -> list[tuple[str, Tensor]]:
    return [*network.named_parameters(), *network.named_buffers()]


def _scale(network: Network) -> float:
    return network.head.scale if isinstance(network.head, CosineHead) else 1.0


def _backbone(network: Network) -> MLP:
    if not isinstance(network.backbone, MLP):
        raise TypeError(f"a stack computes MLPs, not {type(network.backbone).__name__}")
    return network.backbone
