"""Orthogonal frames: pairwise orthogonal vectors of equal (OF) or of any (GOF) lengths."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from nccourse import checks
from nccourse.errors import InputTypeError, InputValueError
from nccourse.geometry.inputs import floating_dtype, random_generator, standard_normal
from nccourse.geometry.rotation import random_rotation


def orthogonal_frame(
    norms: Sequence[float] | Tensor,
    dim: int,
    *,
    nonnegative: bool = False,
    generator: torch.Generator | None = None,
    dtype: torch.dtype | None = None,
) -> Tensor:
    """Build a general orthogonal frame: K pairwise orthogonal vectors of given lengths.

    M = diag(norms) Q with Q Qᵀ = I, so M Mᵀ = diag(norms²). Without a generator Q is the identity padded
    with zeros. With one, Q is uniform among such frames; or, when nonnegative, each of the d coordinates
    belongs to exactly one vector, since vectors without negative entries are orthogonal only if no coordinate
    is shared: a random one to each, the others to vectors drawn independently. Within its coordinates a
    vector's direction is uniform in the non-negative orthant.

    Args:
        norms: (K,) lengths, finite and >= 0; a collapsed class has length 0.
        dim: d >= K.
        nonnegative: place the frame in the non-negative orthant, where ReLU features live.
        generator: None gives the canonical frame along the first K axes, else a random one.
        dtype: floating dtype of the result, float64 by default.

    Returns:
        (K, d) tensor. Equal norms make it an orthogonal frame, which centres to a simplex ETF.

    Raises:
        InputTypeError: an argument of the wrong type.
        InputValueError: no norm, a norm negative or not finite, or d < K.

    Source: paper D, Section 3 and Theorem 1 (transposed).

    Cost: O(d K²) with a generator, O(d K) without.

    >>> orthogonal_frame([2.0, 1.0], 3).tolist()
    [[2.0, 0.0, 0.0], [0.0, 1.0, 0.0]]
    """
    lengths = _lengths(norms)
    dim = checks.integer("dim", dim, minimum=len(lengths))
    if not isinstance(nonnegative, bool):
        raise InputTypeError("nonnegative", expected="True or False", got=repr(nonnegative))
    dtype = floating_dtype(dtype)
    generator = random_generator(generator)
    if generator is None:
        directions = torch.eye(len(lengths), dim, dtype=torch.float64)
    elif nonnegative:
        directions = _disjoint_directions(len(lengths), dim, generator)
    else:
        directions = random_rotation(dim, rows=len(lengths), generator=generator)
    return (lengths.to(directions.device)[:, None] * directions).to(dtype)


def _disjoint_directions(count: int, dim: int, generator: torch.Generator) -> Tensor:
    device = generator.device
    order = torch.randperm(dim, generator=generator, device=device)
    others = torch.randint(count, (dim - count,), generator=generator, device=device)
    owners = torch.cat([torch.arange(count, device=device), others])
    directions = torch.zeros(count, dim, dtype=torch.float64, device=device)
    directions[owners, order] = standard_normal((dim,), generator).abs()
    return torch.nn.functional.normalize(directions)


def _lengths(norms: Any) -> Tensor:
    expected = "K >= 1 finite numbers >= 0"
    try:
        lengths = torch.as_tensor(norms, dtype=torch.float64).detach()
    except (TypeError, ValueError, RuntimeError) as error:
        raise InputTypeError("norms", expected=expected, got=repr(norms)) from error
    if lengths.ndim != 1 or len(lengths) == 0:
        raise InputValueError("norms", expected=expected, got=f"shape {tuple(lengths.shape)}")
    if not bool((torch.isfinite(lengths) & (lengths >= 0)).all()):
        raise InputValueError("norms", expected=expected, got=str(lengths.tolist()))
    return lengths
