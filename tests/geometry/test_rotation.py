"""Random rotations are rotations, and uniform."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from torch.testing import assert_close

from nccourse.geometry import random_rotation

laws = settings(max_examples=25, deadline=None)


@laws
@given(st.integers(1, 12), st.data())
def test_rows_are_orthonormal(dim, data):
    rows = data.draw(st.none() | st.integers(1, dim))
    generator = torch.Generator().manual_seed(data.draw(st.integers(0, 2**31)))
    rotation = random_rotation(dim, rows=rows, generator=generator)
    assert rotation.shape == (dim if rows is None else rows, dim)
    assert_close(rotation @ rotation.T, torch.eye(len(rotation), dtype=torch.float64))
    if len(rotation) == dim:
        assert float(torch.linalg.det(rotation)) == pytest.approx(1)


@pytest.mark.parametrize("rows", [None, 2])
def test_every_row_is_uniform_on_the_sphere(rows):
    # Archimedes: any coordinate of a uniform point of the sphere in R^3 is uniform in [-1, 1]. QR without
    # the sign fix, or a determinant fixed by flipping only the sign of one entry, fails this.
    generator = torch.Generator().manual_seed(0)
    draws = torch.stack([random_rotation(3, rows=rows, generator=generator) for _ in range(1000)])
    for coordinate in draws.flatten(1).T:
        assert stats.kstest(coordinate.numpy(), stats.uniform(-1, 2).cdf).pvalue > 1e-3


def test_rotations_of_the_plane_have_uniform_angle():
    generator = torch.Generator().manual_seed(0)
    draws = torch.stack([random_rotation(2, generator=generator) for _ in range(1000)])
    turns = torch.atan2(draws[:, 1, 0], draws[:, 0, 0]) / torch.pi
    assert stats.kstest(turns.numpy(), stats.uniform(-1, 2).cdf).pvalue > 1e-3
