"""Where solving starts: from states the caller gives, or from reproducible random ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from nccourse.errors import InputTypeError, InputValueError
from nccourse.ufm.problems import UFM, State
from nccourse.ufm.problems.base import Array
from nccourse.ufm.solution import Solution


def random_states(problems: Sequence[UFM], seed: int, attempt: int, *, warm: bool = False) -> State:
    """Return stacked random states from equal random numbers for all: a sweep differs in nothing else."""
    return stacked(
        [_random_state(p, np.random.default_rng((seed, attempt)), attempt, warm) for p in problems]
    )


def _random_state(problem: UFM, rng: np.random.Generator, attempt: int, warm: bool) -> State:
    if attempt > 0 and (special := problem.later_state(rng, attempt)) is not None:
        return special
    return problem.warm_state(rng) if warm else problem.random_state(rng)


def stacked(states: Sequence[State]) -> State:
    """Return states (B, ...) from B states."""
    return State(*(np.stack(arrays) for arrays in zip(*states, strict=True)))


def given_states(start: Any, problems: Sequence[UFM]) -> list[State]:
    """Return one state a problem from a Solution, a triple (W, H, b), or a list of these.

    Raises:
        InputTypeError: none of these.
        InputValueError: a list of the wrong length, an array of the wrong shape, not finite or not feasible.
    """
    many = isinstance(start, list)
    starts = list(start) if many else [start] * len(problems)
    if len(starts) != len(problems):
        raise InputValueError("start", expected=f"{len(problems)} starts", got=str(len(starts)))
    return [_state(one, problem) for one, problem in zip(starts, problems, strict=True)]


def _state(start: Any, problem: UFM) -> State:
    expected = "a Solution or a triple (W, H, b)"
    if isinstance(start, Solution):
        start = (start.W, start.H, start.b)
    if not isinstance(start, tuple) or len(start) != 3:
        raise InputTypeError("start", expected=expected, got=type(start).__name__)
    K, d, N = problem.num_classes, problem.dim, len(problem.labels)
    W, H, b = start
    state = State(_array("start W", W, (K, d)), _array("start H", H, (N, d)), _array("start b", b, (K,)))
    problem.admit(state)
    return state


def _array(name: str, value: Any, shape: tuple[int, ...]) -> Array:
    if not isinstance(value, torch.Tensor | np.ndarray):
        raise InputTypeError(name, expected="a tensor or an array", got=type(value).__name__)
    array = value.detach().cpu().numpy() if isinstance(value, torch.Tensor) else value
    if array.dtype.kind not in "fiu":
        raise InputTypeError(name, expected="real numbers", got=f"dtype {array.dtype}")
    if array.shape != shape:
        raise InputValueError(name, expected=f"shape {shape}", got=f"shape {array.shape}")
    if not np.isfinite(array).all():
        raise InputValueError(name, expected="finite values", got="NaN or infinity")
    return np.asarray(array, np.float64)
