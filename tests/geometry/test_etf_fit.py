"""The distance from an ETF vanishes at ETFs alone; the nearest ETF solves the problem it states."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.testing import assert_close

from nccourse.geometry import etf_distance, nearest_etf, random_rotation, simplex_etf

laws = settings(max_examples=25, deadline=None)
sizes = st.integers(2, 7).flatmap(lambda k: st.tuples(st.just(k), st.integers(k - 1, k + 3)))
seeds = st.integers(0, 2**31).map(lambda seed: torch.Generator().manual_seed(seed))


def gaussian(size, generator):
    return torch.randn(size, generator=generator, dtype=torch.float64)


@laws
@given(sizes, seeds, st.floats(1e-170, 1e170))
def test_distance_is_blind_to_scale_and_rotation_and_bounded(size, generator, scale):
    frame = gaussian(size, generator)
    distance = etf_distance(frame)
    assert 0 <= distance <= math.sqrt(2)
    assert etf_distance(scale * frame @ random_rotation(size[1], generator=generator)) == pytest.approx(
        distance
    )
    assert etf_distance(simplex_etf(*size, norm=scale, generator=generator)) < 1e-14


def test_distance_grows_with_each_defect():
    etf = simplex_etf(4)
    longer = etf * torch.tensor([1.1, 1, 1, 1], dtype=torch.float64)[:, None]
    shifted = etf + 0.1
    assert etf_distance(longer) > 1e-2
    assert etf_distance(shifted) > 1e-2
    assert etf_distance(torch.ones(4, 3)) == pytest.approx(math.sqrt(2))
    assert math.isnan(etf_distance(torch.zeros(4, 3)))


@pytest.mark.parametrize("num_classes", [3, 10])
def test_distance_of_an_orthogonal_frame(num_classes):
    # <I/sqrt(K), (I - 11'/K)/sqrt(K-1)> = sqrt((K-1)/K) between two matrices of norm one.
    expected = math.sqrt(2 - 2 * math.sqrt((num_classes - 1) / num_classes))
    assert etf_distance(torch.eye(num_classes)) == pytest.approx(expected)


@laws
@given(sizes, seeds, st.none() | st.floats(0.1, 10))
def test_nearest_is_an_etf_no_farther_than_any_other(size, generator, norm):
    frame = gaussian(size, generator)
    nearest = nearest_etf(frame, norm=norm)
    length = float(nearest[0].norm())
    assert etf_distance(nearest) < 1e-13
    assert norm is None or length == pytest.approx(norm)
    least = float((frame - nearest).norm())
    for turn in (1e-3, 1e-1, 10.0):
        # Cayley's map of a skew matrix: a small rotation, then ever larger ones, some of them reflected.
        skew = gaussian((size[1], size[1]), generator)
        skew = turn * (skew - skew.T)
        identity = torch.eye(size[1], dtype=torch.float64)
        moved = nearest @ torch.linalg.solve(identity + skew, identity - skew)
        moved_norm = length if norm else length * (1 + turn * float(gaussian((), generator)))
        assert least <= float((frame - moved * moved_norm / length).norm()) + 1e-12
        assert least <= float((frame + moved * moved_norm / length).norm()) + 1e-12


@laws
@given(sizes, seeds, st.floats(1e-2, 1e2))
def test_an_etf_is_its_own_nearest(size, generator, norm):
    etf = simplex_etf(*size, norm=norm, generator=generator)
    mirrored = etf * torch.tensor([-1.0] + [1.0] * (size[1] - 1), dtype=torch.float64)
    offset = gaussian((size[1],), generator)
    for frame in (etf, mirrored):
        assert_close(nearest_etf(frame), frame)
        assert_close(nearest_etf(frame + offset), frame, rtol=1e-7, atol=1e-11)


def test_best_scale_beats_neighbouring_scales():
    frame = gaussian((5, 4), torch.Generator().manual_seed(0))
    best = nearest_etf(frame)
    norm = float(best[0].norm())
    distances = [float((frame - nearest_etf(frame, norm=norm * factor)).norm()) for factor in (0.99, 1, 1.01)]
    assert distances[1] == min(distances)
    assert_close(nearest_etf(frame, norm=norm), best)


def test_nearest_to_merged_classes_is_still_an_etf():
    frame = simplex_etf(5, 4)
    frame[1] = frame[0]
    assert etf_distance(nearest_etf(frame)) < 1e-14


def test_nearest_keeps_the_dtype_and_computes_in_float64():
    frame = simplex_etf(10, 16, norm=3.0, dtype=torch.float32)
    assert_close(nearest_etf(frame), frame, rtol=1e-6, atol=1e-6)
