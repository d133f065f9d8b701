"""What the constructions of this package ask of their dtype, source of randomness and frames."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from nccourse import checks
from nccourse.errors import InputTypeError, InputValueError


def floating_dtype(dtype: Any) -> torch.dtype:
    """Return ``dtype``, float64 if None, refusing what is not a floating dtype."""
    if dtype is None:
        return torch.float64
    if not isinstance(dtype, torch.dtype) or not dtype.is_floating_point:
        raise InputTypeError(
            "dtype", expected="a floating torch.dtype", got=repr(dtype), advice="torch.float64"
        )
    return dtype


def random_generator(generator: Any) -> torch.Generator | None:
    """Return ``generator``, refusing what is neither None nor a torch.Generator."""
    if generator is not None and not isinstance(generator, torch.Generator):
        raise InputTypeError(
            "generator",
            expected="a torch.Generator or None",
            got=type(generator).__name__,
            advice="torch.Generator().manual_seed(0)",
        )
    return generator


def standard_normal(shape: tuple[int, ...], generator: torch.Generator | None) -> Tensor:
    """Draw float64 standard normals where the generator lives, from torch's global one if it is None."""
    device = None if generator is None else generator.device
    return torch.randn(shape, generator=generator, device=device, dtype=torch.float64)


def frame_of(name: str, value: Any, *, min_rows: int = 1, dim: int | str = "d") -> Tensor:
    """Return ``value`` as a finite frame of shape (K, d) with at least ``min_rows`` vectors and d >= 1."""
    frame = checks.tensor(name, value, ("K", dim))
    if frame.shape[0] < min_rows or frame.shape[1] < 1:
        expected = f"shape (K, d) with K >= {min_rows} and d >= 1"
        raise InputValueError(name, expected=expected, got=f"shape {tuple(frame.shape)}")
    return frame
