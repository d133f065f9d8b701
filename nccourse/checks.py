"""Validation of arguments, shared by every public function.

Each check returns the value in the form the caller computes with, or raises an
:class:`~nccourse.errors.NCCourseError` that names the argument, what was expected, what came, what to try.
Torch is imported only by the checks that need it, so the closed forms stay free of it.
"""

from __future__ import annotations

import difflib
import math
import numbers
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

from nccourse.errors import InputTypeError, InputValueError

if TYPE_CHECKING:
    from torch import Tensor


def integer(name: str, value: Any, *, minimum: int | None = None, maximum: int | None = None) -> int:
    """Return ``value`` as an int within [minimum, maximum].

    Raises:
        InputTypeError: not an integer (bool and float are refused).
        InputValueError: outside the interval.
    """
    expected = _interval("an integer", minimum, maximum)
    if isinstance(value, bool) or not isinstance(value, numbers.Integral):
        raise InputTypeError(name, expected=expected, got=_describe(value), advice=f"int({name})")
    number = int(value)
    if (minimum is not None and number < minimum) or (maximum is not None and number > maximum):
        raise InputValueError(name, expected=expected, got=str(number))
    return number


def real(
    name: str,
    value: Any,
    *,
    minimum: float | None = None,
    maximum: float | None = None,
    above: float | None = None,
) -> float:
    """Return ``value`` as a finite float with minimum <= value <= maximum and value > above.

    Raises:
        InputTypeError: not a real number.
        InputValueError: not finite or outside the interval.
    """
    expected = f"a finite number > {above:g}" if above is not None else "a finite number"
    expected = _interval(expected, minimum, maximum)
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        raise InputTypeError(name, expected=expected, got=_describe(value), advice=f"float({name})")
    number = float(value)
    outside = (
        not math.isfinite(number)
        or (above is not None and not number > above)
        or (minimum is not None and number < minimum)
        or (maximum is not None and number > maximum)
    )
    if outside:
        raise InputValueError(name, expected=expected, got=str(value))
    return number


def height_and_width(value: Any, *, name: str = "image_size") -> tuple[int, int]:
    """Return an image size as (H, W), one integer standing for both.

    Raises:
        InputTypeError: not integers.
        InputValueError: not one or two of them, or one below 1.
    """
    sides = value if isinstance(value, (tuple, list)) else (value, value)
    if len(sides) != 2:
        raise InputValueError(name, expected="(H, W) or one integer", got=str(value))
    height, width = (integer(name, side, minimum=1) for side in sides)
    return height, width


def choice(name: str, value: Any, options: Collection[str]) -> str:
    """Return ``value`` if it is one of ``options``.

    Raises:
        InputValueError: not among the options.
    """
    if not isinstance(value, str) or value not in options:
        listed = ", ".join(repr(option) for option in options)
        raise InputValueError(
            name, expected=f"one of {listed}", got=repr(value), advice=closest(value, options)
        )
    return value


def closest(value: Any, options: Collection[str]) -> str:
    """Return the option that ``value`` may have meant, quoted; "" where none is near.

    >>> closest("Cross-Entropy", ["cross_entropy", "mse"])
    "'cross_entropy'"
    """
    by_lower = {option.lower(): option for option in options}
    near = difflib.get_close_matches(str(value).lower(), by_lower, n=1)
    return repr(by_lower[near[0]]) if near else ""


def tensor(name: str, value: Any, shape: tuple[int | str, ...], *, finite: bool = True) -> Tensor:
    """Return ``value`` as a floating-point tensor of the given shape.

    Args:
        name: the argument's name.
        value: a torch tensor.
        shape: an int is the required size, a string names a free one, e.g. ``("N", 3)``.
        finite: refuse NaN and infinities (one pass over the data).

    Raises:
        InputTypeError: not a tensor, or not floating point.
        InputValueError: wrong shape, or a value that is not finite.
    """
    import torch

    expected = f"a float tensor of shape ({', '.join(map(str, shape))}{',' * (len(shape) == 1)})"
    if isinstance(value, torch.nn.Module):
        raise InputTypeError(
            name, expected=expected, got=_describe(value), advice="its tensor: W=layer.weight, b=-layer.bias"
        )
    if not isinstance(value, torch.Tensor):
        raise InputTypeError(name, expected=expected, got=_describe(value), advice=f"torch.as_tensor({name})")
    if not value.is_floating_point():
        raise InputTypeError(name, expected=expected, got=f"dtype {value.dtype}", advice=f"{name}.double()")
    if not _fits(value.shape, shape):
        advice = f"{name}.T" if value.ndim == 2 and _fits(value.shape[::-1], shape) else ""
        raise InputValueError(name, expected=expected, got=f"shape {tuple(value.shape)}", advice=advice)
    if finite and not bool(torch.isfinite(value).all()):
        count = int((~torch.isfinite(value)).sum())
        raise InputValueError(
            name, expected="finite values", got=f"{count} NaN or infinite", advice="looking where they arise"
        )
    return value


def _fits(found: Sequence[int], wanted: Sequence[int | str]) -> bool:
    return len(found) == len(wanted) and all(
        isinstance(size, str) or got == size for got, size in zip(found, wanted, strict=True)
    )


def labels(
    value: Any,
    num_samples: int | None = None,
    num_classes: int | None = None,
    *,
    name: str = "labels",
    in_range: bool = True,
) -> Tensor:
    """Return class labels as an int64 tensor of shape (N,) with values in [0, K).

    Args:
        value: an integer tensor.
        num_samples: N, the required length; None leaves it free.
        num_classes: K, the bound on the values; None leaves it free.
        name: the argument's name.
        in_range: look at the values too; for a tensor on a GPU that waits for it.

    Raises:
        InputTypeError: not a tensor of integers.
        InputValueError: wrong shape, empty, or a label outside [0, K).
    """
    import torch

    size = "N" if num_samples is None else num_samples
    expected = f"an integer tensor of shape ({size},)"
    if not isinstance(value, torch.Tensor):
        raise InputTypeError(name, expected=expected, got=_describe(value), advice=f"torch.as_tensor({name})")
    if value.is_floating_point() or value.is_complex() or value.dtype == torch.bool:
        raise InputTypeError(name, expected=expected, got=f"dtype {value.dtype}", advice=f"{name}.long()")
    if value.ndim == 1 and len(value) == 0 and not num_samples:
        raise InputValueError(name, expected="an integer tensor of shape (N,), N >= 1", got="shape (0,)")
    if value.ndim != 1 or len(value) == 0 or (num_samples is not None and len(value) != num_samples):
        raise InputValueError(name, expected=expected, got=f"shape {tuple(value.shape)}")
    if not in_range:
        return value.long()
    low, high = (int(bound) for bound in torch.aminmax(value))
    if low < 0 or (num_classes is not None and high >= num_classes):
        bound = "K" if num_classes is None else num_classes
        raise InputValueError(
            name,
            expected=f"values in [0, {bound})",
            got=f"values from {low} to {high}",
            advice="classes numbered from 0",
        )
    return value.long()


def _interval(expected: str, minimum: float | None, maximum: float | None) -> str:
    if minimum is not None and maximum is not None:
        return f"{expected} in [{minimum:g}, {maximum:g}]"
    if minimum is not None:
        return f"{expected} >= {minimum:g}"
    if maximum is not None:
        return f"{expected} <= {maximum:g}"
    return expected


def _describe(value: Any) -> str:
    text = repr(value)
    return f"{type(value).__name__} {text if len(text) <= 40 else text[:37] + '...'}"
