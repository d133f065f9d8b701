"""Orthogonal frames are orthogonal, of the lengths asked for, and centre to simplex ETFs."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.testing import assert_close

from nccourse.geometry import centred, etf_distance, orthogonal_frame

laws = settings(max_examples=25, deadline=None)
lengths = st.lists(st.just(0.0) | st.floats(1e-2, 1e2), min_size=1, max_size=8)
generators = st.none() | st.integers(0, 2**31).map(lambda seed: torch.Generator().manual_seed(seed))


@laws
@given(lengths, st.integers(0, 5), st.booleans(), generators)
def test_gram_is_diagonal_with_the_squared_norms(norms, spare, nonnegative, generator):
    dim = len(norms) + spare
    frame = orthogonal_frame(norms, dim, nonnegative=nonnegative, generator=generator)
    gram = torch.diag(torch.tensor(norms, dtype=torch.float64) ** 2)
    assert_close(frame @ frame.T, gram, rtol=1e-12, atol=1e-12 * max(norms) ** 2)
    if nonnegative:
        assert bool((frame >= 0).all())
        assert bool(((frame > 0).sum(dim=0) <= 1).all())


@laws
@given(st.integers(2, 8), st.integers(0, 5), st.booleans(), generators)
def test_equal_norms_centre_to_a_simplex_etf(num_classes, spare, nonnegative, generator):
    frame = orthogonal_frame(
        [2.0] * num_classes, num_classes + spare, nonnegative=nonnegative, generator=generator
    )
    assert etf_distance(centred(frame)) < 1e-14
    shrunk = torch.full((num_classes,), 2 * ((num_classes - 1) / num_classes) ** 0.5, dtype=torch.float64)
    assert_close(centred(frame).norm(dim=1), shrunk)


def test_random_nonnegative_frame_shares_out_every_coordinate():
    generator = torch.Generator().manual_seed(0)
    frames = [orthogonal_frame([1.0, 1.0], 5, nonnegative=True, generator=generator) for _ in range(40)]
    assert all(bool((frame > 0).any(dim=0).all()) for frame in frames)
    first_owns = {tuple((frame[0] > 0).tolist()) for frame in frames}
    assert {sum(owned) for owned in first_owns} == {1, 2, 3, 4}


@pytest.mark.parametrize("norms", [(3, 1), np.array([3.0, 1.0]), torch.tensor([3.0, 1.0])])
def test_norms_may_come_in_any_sequence(norms):
    assert orthogonal_frame(norms, 2).tolist() == [[3, 0], [0, 1]]
