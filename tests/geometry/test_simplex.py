"""A simplex ETF has every property of one, for every K and d >= K-1."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.testing import assert_close

from nccourse.geometry import centring_matrix, etf_distance, simplex_etf, zero_sum_basis

laws = settings(max_examples=25, deadline=None)
sizes = st.integers(2, 12).flatmap(lambda k: st.tuples(st.just(k), st.integers(k - 1, k + 5)))
generators = st.none() | st.integers(0, 2**31).map(lambda seed: torch.Generator().manual_seed(seed))


@laws
@given(sizes, st.floats(1e-3, 1e3), generators)
def test_gram_is_that_of_equal_vectors_at_the_widest_equal_angle(size, norm, generator):
    num_classes, dim = size
    frame = simplex_etf(num_classes, dim, norm=norm, generator=generator)
    gram = torch.full((num_classes, num_classes), -1 / (num_classes - 1), dtype=torch.float64)
    gram.fill_diagonal_(1)
    assert frame.shape == (num_classes, dim)
    assert_close(frame @ frame.T, norm**2 * gram, rtol=1e-13, atol=1e-13 * norm**2)
    assert_close(frame.sum(dim=0), torch.zeros(dim, dtype=torch.float64), rtol=0, atol=1e-13 * norm)


@laws
@given(sizes, generators)
def test_frame_is_tight(size, generator):
    num_classes, dim = size
    frame = simplex_etf(num_classes, dim, generator=generator)
    # Tight on its span: all non-zero eigenvalues of MᵀM are K/(K-1).
    eigenvalues = torch.linalg.svdvals(frame)[: num_classes - 1].square()
    assert_close(eigenvalues, torch.full_like(eigenvalues, num_classes / (num_classes - 1)))


@pytest.mark.parametrize("num_classes", [2, 3, 10, 257])
def test_canonical_frame_is_the_padded_centred_identity(num_classes):
    scale = math.sqrt(num_classes / (num_classes - 1))
    frame = simplex_etf(num_classes, num_classes + 3)
    assert_close(frame[:, :num_classes], scale * centring_matrix(num_classes))
    assert not frame[:, num_classes:].any()
    assert torch.equal(simplex_etf(num_classes), frame[:, :num_classes])


def test_hundred_classes_in_the_smallest_dimension():
    assert etf_distance(simplex_etf(100, 99)) < 1e-13


def test_generator_decides_the_frame():
    def draw(seed):
        return simplex_etf(4, 6, generator=torch.Generator().manual_seed(seed))

    assert torch.equal(draw(1), draw(1))
    assert not torch.allclose(draw(1), draw(2))


@pytest.mark.parametrize("dim", [3, 7])
def test_random_frame_is_a_rotation_of_the_canonical_one(dim):
    canonical = simplex_etf(4, dim)
    rotated = simplex_etf(4, dim, generator=torch.Generator().manual_seed(0))
    left, _, right = torch.linalg.svd(canonical.T @ rotated)
    assert_close(canonical @ (left @ right), rotated)
    if dim == 3:
        assert float(torch.linalg.det(left @ right)) == pytest.approx(1)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_dtype_is_rounded_once_from_float64(dtype):
    assert torch.equal(simplex_etf(7, 9, dtype=dtype), simplex_etf(7, 9).to(dtype))


@laws
@given(st.integers(2, 40))
def test_zero_sum_basis_is_an_orthonormal_factor_of_the_centring_matrix(num_classes):
    basis = zero_sum_basis(num_classes)
    assert_close(basis.T @ basis, torch.eye(num_classes - 1, dtype=torch.float64))
    assert_close(basis @ basis.T, centring_matrix(num_classes))
