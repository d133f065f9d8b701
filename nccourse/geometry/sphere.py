"""The sphere, as a manifold: the vectors of R^d as long as a given one.

The sphere meant is always the one through ``point``, so any radius works without being named. Leading
dimensions are batches, each vector on its own sphere. These are the inner loop of optimisers: they look at
shapes and dtypes only, so that nothing waits for a GPU and ``torch.func.vmap`` applies. NaN passes through,
and a zero ``point``, which lies on no sphere, gives NaN.
"""

from __future__ import annotations

import torch
from torch import Tensor

from nccourse import checks
from nccourse.errors import InputTypeError, InputValueError
from nccourse.geometry.inputs import floating_dtype, random_generator, standard_normal


def projection(point: Tensor, vector: Tensor) -> Tensor:
    """Project a vector orthogonally on the tangent space at a point.

    P_x(v) = v - x <x, v> / <x, x>.

    Args:
        point: x (..., d), not zero.
        vector: v (..., d), of the same shape and dtype.

    Returns:
        (..., d) tensor, orthogonal to ``point``.

    Raises:
        InputTypeError: not floating tensors of one dtype.
        InputValueError: shapes that differ.

    >>> projection(torch.tensor([2.0, 0.0]), torch.tensor([3.0, 4.0])).tolist()
    [0.0, 4.0]
    """
    _checked_pair(point, "vector", vector)
    return vector - point * (_dot(point, vector) / _dot(point, point))


def retraction(point: Tensor, tangent: Tensor) -> Tensor:
    """Step from a point along a tangent vector and return to the sphere.

    R_x(u) = ‖x‖ (x + u) / ‖x + u‖, which agrees with the geodesic to second order in u.

    Args:
        point: x (..., d), not zero.
        tangent: u (..., d) of the same shape and dtype, orthogonal to x; then x + u cannot vanish.

    Returns:
        (..., d) tensor as long as ``point``.

    Raises:
        InputTypeError: not floating tensors of one dtype.
        InputValueError: shapes that differ.

    >>> retraction(torch.tensor([3.0, 0.0]), torch.tensor([0.0, 4.0]))
    tensor([1.8000, 2.4000])
    """
    _checked_pair(point, "tangent", tangent)
    moved = point + tangent
    return moved * (_length(point) / _length(moved))


def riemannian_gradient(point: Tensor, gradient: Tensor) -> Tensor:
    """Turn the gradient in R^d of a function into its gradient on the sphere.

    grad f(x) = P_x(∇f(x)).

    Args:
        point: x (..., d), not zero.
        gradient: ∇f(x) (..., d), of the same shape and dtype.

    Returns:
        (..., d) tangent vector; zero exactly at the critical points of f on the sphere.

    Raises:
        InputTypeError: not floating tensors of one dtype.
        InputValueError: shapes that differ.

    >>> riemannian_gradient(torch.tensor([1.0, 0.0]), torch.tensor([5.0, 0.0])).tolist()
    [0.0, 0.0]
    """
    _checked_pair(point, "gradient", gradient)
    return projection(point, gradient)


def riemannian_hessian(point: Tensor, gradient: Tensor, hessian_product: Tensor, tangent: Tensor) -> Tensor:
    """Turn a Hessian-vector product in R^d into that of the Riemannian Hessian.

    Hess f(x)[u] = P_x(∇²f(x) u) - (<x, ∇f(x)> / <x, x>) u. On a product of spheres ∇²f u is for the joint u.

    Args:
        point: x (..., d), not zero.
        gradient: ∇f(x) (..., d).
        hessian_product: ∇²f(x) u (..., d).
        tangent: u (..., d), orthogonal to x.

    Returns:
        (..., d) tangent vector.

    Raises:
        InputTypeError: not floating tensors of one dtype.
        InputValueError: shapes that differ.

    >>> x, u = torch.tensor([1.0, 0.0]), torch.tensor([0.0, 1.0])
    >>> riemannian_hessian(x, -x, 0 * u, u).tolist()
    [0.0, 1.0]
    """
    _checked_pair(point, "gradient", gradient)
    _checked_pair(point, "hessian_product", hessian_product)
    _checked_pair(point, "tangent", tangent)
    curvature = _dot(point, gradient) / _dot(point, point)
    return projection(point, hessian_product) - curvature * tangent


def random_point(
    dim: int,
    *,
    radius: float = 1.0,
    generator: torch.Generator | None = None,
    dtype: torch.dtype | None = None,
) -> Tensor:
    """Draw a point uniformly from the sphere.

    radius g / ‖g‖ with g standard normal.

    Args:
        dim: d >= 1.
        radius: length of the point, > 0.
        generator: source of randomness; None takes torch's global one.
        dtype: floating dtype of the result, float64 by default.

    Returns:
        (d,) tensor of length ``radius``.

    Raises:
        InputTypeError: an argument of the wrong type.
        InputValueError: ``dim`` < 1 or ``radius`` <= 0.

    >>> float(random_point(5, radius=2.0).norm().round(decimals=12))
    2.0
    """
    dim = checks.integer("dim", dim, minimum=1)
    radius = checks.real("radius", radius, above=0)
    dtype = floating_dtype(dtype)
    direction = standard_normal((dim,), random_generator(generator))
    return (radius * direction / _length(direction)).to(dtype)


def _dot(x: Tensor, y: Tensor) -> Tensor:
    return (x * y).sum(dim=-1, keepdim=True)


def _length(x: Tensor) -> Tensor:
    length: Tensor = torch.linalg.vector_norm(x, dim=-1, keepdim=True)
    return length


def _checked_pair(point: Tensor, name: str, vector: Tensor) -> None:
    for what, value in (("point", point), (name, vector)):
        if not isinstance(value, torch.Tensor) or not value.is_floating_point():
            got = f"dtype {value.dtype}" if isinstance(value, torch.Tensor) else type(value).__name__
            raise InputTypeError(what, expected="a float tensor of shape (..., d)", got=got)
    if point.ndim == 0 or point.shape[-1] == 0:
        raise InputValueError(
            "point", expected="shape (..., d) with d >= 1", got=f"shape {tuple(point.shape)}"
        )
    if vector.shape != point.shape:
        expected = f"the shape of point, {tuple(point.shape)}"
        raise InputValueError(name, expected=expected, got=f"shape {tuple(vector.shape)}")
    if vector.dtype != point.dtype:
        raise InputTypeError(name, expected=f"the dtype of point, {point.dtype}", got=f"dtype {vector.dtype}")
