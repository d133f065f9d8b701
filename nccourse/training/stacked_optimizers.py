"""SGD and AdamW with a learning rate, momentum and weight decay for each member of a stack.

The updates are torch's, with numbers replaced by (M,) tensors.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor


class StackedOptimizer:
    """Update tensors whose first dimension counts the members.

    Args:
        parameters: (M, ...) each.
        decays: (M,) weight decay of the members, one for each parameter.
    """

    slots: tuple[str, ...] = ()

    def __init__(self, parameters: Sequence[Tensor], decays: Sequence[Tensor]) -> None:
        self.steps = 0
        self.decays = list(decays)
        self.state = {name: [torch.zeros_like(p) for p in parameters] for name in self.slots}

    def keep(self, members: Tensor) -> None:
        """Go on with some of the members."""
        self.decays = [decay[members] for decay in self.decays]
        self.state = {name: [tensor[members] for tensor in slot] for name, slot in self.state.items()}

    def load(self, steps: int, state: dict[str, list[Tensor]]) -> None:
        """Go on from a saved state."""
        self.steps = steps
        for name, slot in self.state.items():
            for tensor, saved in zip(slot, state[name], strict=True):
                tensor.copy_(saved)

    def step(self, parameters: Sequence[Tensor], gradients: Sequence[Tensor], rates: Tensor) -> None:
        """Update the parameters by their gradients at the members' learning rates (M,)."""
        self.steps += 1
        with torch.no_grad():
            for index, (parameter, gradient) in enumerate(zip(parameters, gradients, strict=True)):
                self._update(index, parameter, gradient, rates)

    def _update(self, index: int, parameter: Tensor, gradient: Tensor, rates: Tensor) -> None:
        raise NotImplementedError


class StackedSGD(StackedOptimizer):
    """g = ∇ + λ p, v = μ v + g, p = p - η v.

    Args:
        parameters: (M, ...) each.
        decays: (M,) λ, one for each parameter.
        momentum: (M,) μ.
    """

    slots = ("momentum",)

    def __init__(self, parameters: Sequence[Tensor], decays: Sequence[Tensor], momentum: Tensor) -> None:
        super().__init__(parameters, decays)
        self.momentum = momentum

    def keep(self, members: Tensor) -> None:
        """Go on with some of the members."""
        super().keep(members)
        self.momentum = self.momentum[members]

    def _update(self, index: int, parameter: Tensor, gradient: Tensor, rates: Tensor) -> None:
        velocity = self.state["momentum"][index]
        decayed = torch.addcmul(gradient, _like(self.decays[index], parameter), parameter)
        velocity.mul_(_like(self.momentum, parameter)).add_(decayed)
        parameter.addcmul_(_like(rates, parameter), velocity, value=-1)


class StackedAdamW(StackedOptimizer):
    """p = p - η λ p, then Adam's step with torch's constants, β = (0.9, 0.999) and ε = 1e-8."""

    slots = ("mean", "square")

    def _update(self, index: int, parameter: Tensor, gradient: Tensor, rates: Tensor) -> None:
        mean, square = self.state["mean"][index], self.state["square"][index]
        parameter.mul_(_like(1 - rates * self.decays[index], parameter))
        mean.lerp_(gradient, 0.1)
        square.mul_(0.999).addcmul_(gradient, gradient, value=0.001)
        denominator = square.sqrt().div_(math.sqrt(1 - 0.999**self.steps)).add_(1e-8)
        step_sizes = rates / (1 - 0.9**self.steps)
        parameter.sub_(mean.div(denominator).mul_(_like(step_sizes, parameter)))


def clip(gradients: Sequence[Tensor], bounds: Tensor) -> list[Tensor]:
    """Scale each member's gradient so that its norm over all parameters is at most its bound (M,)."""
    squares = torch.stack([gradient.flatten(1).square().sum(1) for gradient in gradients])
    factors = (bounds / (squares.sum(0).sqrt() + 1e-6)).clamp(max=1.0)
    return [gradient * _like(factors, gradient) for gradient in gradients]


def _like(values: Tensor, parameter: Tensor) -> Tensor:
    return values.view(-1, *[1] * (parameter.ndim - 1))
