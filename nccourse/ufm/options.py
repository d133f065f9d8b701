"""The arguments of ``solve`` that do not depend on the problem, checked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from nccourse import checks
from nccourse.errors import InputValueError
from nccourse.ufm.recording import recording

METHODS = ("auto", "full", "gradient_descent")
_MAX_STEPS = {"auto": 500, "full": 500, "gradient_descent": 20_000}


@dataclass(frozen=True)
class Options:
    """How to solve: see :func:`nccourse.ufm.solve`."""

    method: str
    tolerance: float
    max_steps: int
    step_size: float | None
    momentum: float
    seed: int
    record: int | frozenset[int] | None


def checked(
    method: Any, tolerance: Any, max_steps: Any, step_size: Any, momentum: Any, seed: Any, record: Any
) -> Options:
    """Return the options.

    Raises:
        InputTypeError: an argument of the wrong type.
        InputValueError: an argument outside its domain, or of another method.
    """
    method = checks.choice("method", method, METHODS)
    momentum = checks.real("momentum", momentum, minimum=0.0)
    if momentum >= 1.0:
        raise InputValueError("momentum", expected="a number in [0, 1)", got=str(momentum))
    if method != "gradient_descent":
        for name, value, default in (("step_size", step_size, None), ("momentum", momentum, 0.0)):
            if value != default:
                advice = 'method="gradient_descent"'
                raise InputValueError(
                    name, expected=f"nothing for method {method!r}", got=str(value), advice=advice
                )
    return Options(
        method=method,
        tolerance=checks.real("tolerance", tolerance, minimum=0.0),
        max_steps=_MAX_STEPS[method]
        if max_steps is None
        else checks.integer("max_steps", max_steps, minimum=1),
        step_size=None if step_size is None else checks.real("step_size", step_size, above=0.0),
        momentum=momentum,
        seed=checks.integer("seed", seed, minimum=0),
        record=recording(record),
    )
