"""Samples of each class, checked."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from nccourse import checks
from nccourse.errors import InputTypeError, InputValueError


def class_sizes(counts: Any) -> tuple[int, ...]:
    """Return ``counts`` as a tuple.

    Raises:
        InputTypeError: not a sequence of integers.
        InputValueError: fewer than two classes, or one without samples.
    """
    expected = "a sequence of samples a class"
    if isinstance(counts, str) or not isinstance(counts, list | tuple | np.ndarray | torch.Tensor):
        raise InputTypeError("counts", expected=expected, got=type(counts).__name__)
    if np.ndim(counts) != 1 or len(counts) < 2:
        raise InputValueError("counts", expected="at least two classes", got=str(counts))
    sizes = counts.tolist() if isinstance(counts, np.ndarray | torch.Tensor) else counts
    return tuple(checks.integer("counts", size, minimum=1) for size in sizes)
