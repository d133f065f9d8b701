"""What every loss asks of its arguments, and how it reduces over samples.

Losses sit in training loops, so shapes and dtypes are checked always, but values only where a look is free:
targets on the CPU, outside torch.compile and vmap. Elsewhere the kernels' own checks remain, for labels a
device-side assertion. NaN and infinite logits are never an error but give a loss that shows them, which
mixed-precision loss scaling relies on.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from nccourse import checks
from nccourse.errors import InputTypeError, InputValueError

_REDUCTIONS = ("mean", "sum", "none")
_CLASS_INDICES = "class indices, an integer tensor of shape (N,)"


def logits_of(value: Any) -> Tensor:
    """Return (N, K) logits with N >= 1, K >= 2 in at least single precision: half lacks the range."""
    logits = checks.tensor("logits", value, ("N", "K"), finite=False)
    if logits.shape[0] < 1 or logits.shape[1] < 2:
        expected = "shape (N, K) with N >= 1 and K >= 2"
        raise InputValueError("logits", expected=expected, got=f"shape {tuple(logits.shape)}")
    return at_least_single(logits)


def at_least_single(value: Tensor) -> Tensor:
    """Return ``value`` in float32 if it is narrower than that."""
    return value.to(torch.promote_types(value.dtype, torch.float32))


def class_indices(targets: Any, num_samples: int, num_classes: int) -> Tensor:
    """Return labels (N,) as int64."""
    if isinstance(targets, Tensor) and targets.is_floating_point():
        raise InputTypeError(
            "targets",
            expected=f"{_CLASS_INDICES}: this loss has no form for probabilities",
            got=f"dtype {targets.dtype}, shape {tuple(targets.shape)}",
            advice="targets.argmax(dim=1)",
        )
    try:
        return checks.labels(targets, num_samples, num_classes, name="targets", in_range=visible(targets))
    except RuntimeError:  # raised by looking at values inside vmap
        return checks.labels(targets, num_samples, num_classes, name="targets", in_range=False)


def class_indices_or_probabilities(targets: Any, logits: Tensor) -> Tensor:
    """Return labels (N,) as int64, or probabilities (N, K) in the dtype of the logits."""
    num_samples, num_classes = logits.shape
    if not isinstance(targets, Tensor) or targets.ndim not in (1, 2):
        shape = f"shape {tuple(targets.shape)}" if isinstance(targets, Tensor) else type(targets).__name__
        kind = InputValueError if isinstance(targets, Tensor) else InputTypeError
        raise kind("targets", expected=f"{_CLASS_INDICES}, or probabilities of shape (N, K)", got=shape)
    if targets.ndim == 1:
        return class_indices(targets, num_samples, num_classes)
    checks.tensor("targets", targets, (num_samples, num_classes), finite=False)
    if visible(targets):
        _check_probabilities(targets.detach())
    return targets.to(logits.dtype)


def class_weights_of(value: Any, logits: Tensor) -> Tensor | None:
    """Return K weights > 0, one a class, in the dtype of the logits; None where there are none."""
    if value is None:
        return None
    num_classes = logits.shape[1]
    if isinstance(value, Tensor):
        weights = checks.tensor("class_weights", value, (num_classes,), finite=False).to(logits.dtype)
        if visible(weights) and not everywhere((weights > 0) & weights.isfinite()):
            raise InputValueError("class_weights", expected="finite numbers > 0", got="some that are not")
        return weights
    if isinstance(value, str) or not isinstance(value, Sequence):
        expected = f"a sequence of {num_classes} numbers, or None"
        raise InputTypeError("class_weights", expected=expected, got=type(value).__name__)
    if len(value) != num_classes:
        expected = f"{num_classes} numbers, one a class"
        raise InputValueError("class_weights", expected=expected, got=str(len(value)))
    numbers = [checks.real(f"class_weights[{k}]", number, above=0) for k, number in enumerate(value)]
    return torch.tensor(numbers, dtype=logits.dtype, device=logits.device)


def reduction_of(reduction: Any) -> str:
    """Return ``reduction`` if it is one of "mean", "sum" and "none"."""
    return checks.choice("reduction", reduction, _REDUCTIONS)


def reduced(losses: Tensor, reduction: str) -> Tensor:
    """Reduce the (N,) losses of the samples."""
    if reduction == "none":
        return losses
    return losses.mean() if reduction == "mean" else losses.sum()


def visible(values: Any) -> bool:
    """Tell whether values can be looked at for free: on the CPU and not while torch.compile traces."""
    on_cpu = not isinstance(values, Tensor) or values.device.type == "cpu"
    return on_cpu and not torch.compiler.is_compiling()


def everywhere(condition: Tensor) -> bool:
    """Tell whether a condition on visible values holds everywhere; True where vmap hides them."""
    try:
        return bool(condition.all())
    except RuntimeError:
        return True


def _check_probabilities(rows: Tensor) -> None:
    tolerance = max(1e-6, 8 * torch.finfo(rows.dtype).eps)
    valid = (rows >= 0).all(dim=1) & ((rows.double().sum(dim=1) - 1).abs() <= tolerance)
    if not everywhere(valid):
        raise InputValueError(
            "targets",
            expected="rows of probabilities, >= 0 with sum 1",
            got=f"{int((~valid).sum())} of {len(rows)} rows that are not",
            advice="softmax(dim=1) or division by the row sums",
        )
