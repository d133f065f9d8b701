"""The losses of the five papers, on logits = features @ W.T - b, reduced over samples.

Each is a function of (logits, targets) with keyword parameters, dot regression one of (features, targets,
classifier). They differentiate twice, run under ``torch.func`` and ``torch.compile``, and stay exact far
beyond where exponentials overflow.

A loss of your own needs no registration: train a network of :mod:`nccourse.models` on
:class:`nccourse.data.DeviceBatches` in your own loop, and measure it by :mod:`nccourse.metrics`, as lesson 16
does. :mod:`nccourse.ufm` and :class:`nccourse.training.TrainConfig` know only the losses of the papers.
"""

from collections.abc import Callable

from torch import Tensor

from nccourse import checks
from nccourse.losses.sigmoid import binary_cross_entropy
from nccourse.losses.softmax import cross_entropy, focal_loss, label_smoothing
from nccourse.losses.squared import dot_regression, mean_squared_error

__all__ = [
    "NAMES",
    "binary_cross_entropy",
    "cross_entropy",
    "dot_regression",
    "focal_loss",
    "get",
    "label_smoothing",
    "mean_squared_error",
]

_BY_NAME: dict[str, Callable[..., Tensor]] = {
    "ce": cross_entropy,
    "bce": binary_cross_entropy,
    "focal": focal_loss,
    "label_smoothing": label_smoothing,
    "mse": mean_squared_error,
}

NAMES = tuple(_BY_NAME)
"""The names :func:`get` knows."""


def get(name: str) -> Callable[..., Tensor]:
    """Return the loss of a given name.

    Args:
        name: "ce", "bce", "focal", "label_smoothing" or "mse".

    Returns:
        The function (logits, targets, *, reduction="mean", ...) -> loss.

    Raises:
        InputValueError: an unknown name.

    >>> get("bce") is binary_cross_entropy
    True
    """
    return _BY_NAME[checks.choice("name", name, NAMES)]
