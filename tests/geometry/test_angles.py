"""Cosines and angles are those of Euclid, and accurate where arccos is not."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.testing import assert_close

from nccourse.geometry import angles, cosines, random_rotation, simplex_etf

laws = settings(max_examples=25, deadline=None)
seeds = st.integers(0, 2**31).map(lambda seed: torch.Generator().manual_seed(seed))


@laws
@given(seeds, st.integers(1, 6), st.integers(2, 6), st.floats(1e-200, 1e200))
def test_cosine_of_the_angle_is_the_cosine_and_ignores_length_and_rotation(generator, count, dim, length):
    frame = torch.randn(count, dim, generator=generator, dtype=torch.float64)
    other = torch.randn(3, dim, generator=generator, dtype=torch.float64)
    rotation = random_rotation(dim, generator=generator)
    expected = torch.nn.functional.cosine_similarity(frame[:, None], other[None], dim=-1)
    assert_close(cosines(length * frame @ rotation, other @ rotation), expected, rtol=1e-12, atol=1e-12)
    assert_close(angles(frame, length * other).cos(), expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("num_classes", [2, 3, 10])
def test_simplex_angles(num_classes):
    off_diagonal = ~torch.eye(num_classes, dtype=torch.bool)
    found = angles(simplex_etf(num_classes))
    assert_close(found[off_diagonal], torch.full_like(found[off_diagonal], math.acos(-1 / (num_classes - 1))))
    assert not found.diagonal().any()


@pytest.mark.parametrize("angle", [1e-12, 1e-3, 1.0, math.pi - 1e-3, math.pi])
def test_tiny_and_flat_angles_keep_their_digits(angle):
    frame = torch.tensor([[1.0, 0.0], [math.cos(angle), math.sin(angle)]], dtype=torch.float64)
    assert float(angles(frame)[0, 1]) == pytest.approx(angle, rel=1e-14)


@pytest.mark.parametrize("function", [cosines, angles])
def test_a_zero_vector_has_no_angle_and_the_others_keep_theirs(function):
    frame = torch.tensor([[0.0, 0.0], [1.0, 0.0], [0.0, 2.0]])
    found = function(frame)
    assert bool(found[0].isnan().all())
    assert bool(found[:, 0].isnan().all())
    assert_close(found[1:, 1:], function(frame[1:]))
