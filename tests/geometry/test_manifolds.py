"""The sphere and the oblique manifold obey the laws of Riemannian submanifolds."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.func import grad, vmap
from torch.testing import assert_close

from nccourse.geometry import oblique, random_rotation, sphere

laws = settings(max_examples=20, deadline=None)
seeds = st.integers(0, 2**31).map(lambda seed: torch.Generator().manual_seed(seed))
shapes = st.sampled_from([(2,), (5,), (3, 2), (4, 6), (2, 3, 4)])


def pair(shape, generator, radius=3.0):
    """Draw a point with rows of one length and a vector of the ambient space."""
    vector = torch.randn(shape, generator=generator, dtype=torch.float64)
    point = torch.randn(shape, generator=generator, dtype=torch.float64)
    return radius * point / point.norm(dim=-1, keepdim=True), vector


@laws
@given(shapes, seeds)
def test_projection_is_the_orthogonal_projection_on_the_tangent_space(shape, generator):
    point, vector = pair(shape, generator)
    tangent = sphere.projection(point, vector)
    zero = torch.zeros(shape[:-1], dtype=torch.float64)
    assert_close((point * tangent).sum(-1), zero, rtol=0, atol=1e-13)
    assert_close(sphere.projection(point, tangent), tangent)
    assert_close(((vector - tangent) * tangent).sum(-1), zero, rtol=0, atol=1e-13)
    assert torch.equal(sphere.riemannian_gradient(point, vector), tangent)


@laws
@given(shapes, seeds, st.floats(0.01, 100))
def test_retraction_stays_on_the_sphere_through_the_point(shape, generator, radius):
    point, vector = pair(shape, generator, radius)
    tangent = sphere.projection(point, vector)
    assert_close(sphere.retraction(point, tangent).norm(dim=-1), point.norm(dim=-1))
    assert_close(sphere.retraction(point, 0 * tangent), point)


@laws
@given(st.integers(2, 6), seeds)
def test_projection_and_retraction_turn_with_the_space(dim, generator):
    point, vector = pair((3, dim), generator)
    rotation = random_rotation(dim, generator=generator)
    tangent = sphere.projection(point, vector)
    assert_close(sphere.projection(point @ rotation, vector @ rotation), tangent @ rotation)
    moved = sphere.retraction(point, tangent)
    assert_close(sphere.retraction(point @ rotation, tangent @ rotation), moved @ rotation)


def test_retraction_agrees_with_the_geodesic_to_second_order():
    point, vector = pair((4, 5), torch.Generator().manual_seed(0), radius=2.0)
    tangent = sphere.projection(point, vector)
    speed = tangent.norm(dim=-1, keepdim=True) / 2.0

    def errors(step):
        geodesic = torch.cos(step * speed) * point + torch.sin(step * speed) * tangent / speed
        moved = sphere.retraction(point, step * tangent)
        return (moved - point - step * tangent).norm(), (moved - geodesic).norm()

    steps = (1e-2, 1e-3)
    coarse, fine = (errors(step) for step in steps)
    slopes = [math.log10(float(large / small)) for large, small in zip(coarse, fine, strict=True)]
    assert slopes == pytest.approx([2, 3], abs=0.02)


@laws
@given(shapes, seeds)
def test_gradient_and_hessian_are_the_derivatives_along_the_retraction(shape, generator):
    point, vector = pair(shape, generator, radius=1.7)
    tangent = sphere.projection(point, vector)
    weights = torch.randn(shape, generator=generator, dtype=torch.float64)

    def function(x):
        return (weights * x.sin()).sum() + (x.flatten()[0] * x.flatten()[-1]) ** 2

    def along(step):
        return function(sphere.retraction(point, step * tangent))

    zero = torch.zeros((), dtype=torch.float64)
    ambient = grad(function)(point)
    product = grad(lambda x: (grad(function)(x) * tangent).sum())(point)
    gradient = sphere.riemannian_gradient(point, ambient)
    assert_close((gradient * tangent).sum(), grad(along)(zero))
    hessian = sphere.riemannian_hessian(point, ambient, product, tangent)
    assert_close(sphere.projection(point, hessian), hessian)
    assert_close((hessian * tangent).sum(), grad(grad(along))(zero))


def test_oblique_acts_row_by_row_and_under_vmap():
    point, vector = pair((4, 3, 5), torch.Generator().manual_seed(0))
    for name in ("projection", "retraction"):
        rows = [getattr(sphere, name)(x, v) for x, v in zip(point[0], vector[0], strict=True)]
        assert_close(getattr(oblique, name)(point[0], vector[0]), torch.stack(rows))
        assert_close(vmap(getattr(oblique, name))(point, vector), getattr(oblique, name)(point, vector))


@pytest.mark.parametrize("radius", [1.0, 2.5])
def test_random_points_have_the_radius_and_no_preferred_direction(radius):
    generator = torch.Generator().manual_seed(0)
    points = oblique.random_point(4000, 3, radius=radius, generator=generator)
    ones = torch.ones(4000, dtype=torch.float64)
    assert_close(points.norm(dim=1), radius * ones)
    # Mean and covariance of the uniform distribution: 0 and radius² I/d, within five standard errors.
    assert float(points.mean(dim=0).abs().max()) < 5 * radius * (3 * 4000) ** -0.5
    covariance = points.T @ points / 4000
    assert_close(covariance, radius**2 / 3 * torch.eye(3, dtype=torch.float64), rtol=0, atol=0.03 * radius**2)
    single = sphere.random_point(3, radius=radius, generator=generator, dtype=torch.float32)
    assert single.dtype == torch.float32
    assert float(single.norm()) == pytest.approx(radius, rel=1e-6)
