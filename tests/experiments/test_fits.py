"""The fits of paper A recover what made the data."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nccourse.errors import InputValueError
from nccourse.experiments import fits

SMALL, LARGE = np.array([0.01, 0.04, 0.1, 0.4]), np.array([6.0, 7.0, 8.0, 9.0, 9.5])


@given(st.floats(1, 100), st.floats(-50, 100))
def test_a_hyperbola_is_recovered(slope, offset):
    assert fits.reciprocal(SMALL, slope / SMALL + offset) == pytest.approx(
        (slope, offset), rel=1e-6, abs=1e-6
    )


@given(st.floats(0.2, 2), st.floats(0.4, 1.2), st.floats(-1, 5))
def test_an_exponential_is_recovered(factor, rate, offset):
    found = fits.exponential(LARGE, factor * np.exp(rate * LARGE) + offset)
    assert found == pytest.approx((factor, rate, offset), rel=1e-3, abs=1e-2)


def test_three_points_suffice_for_an_exponential():
    g = LARGE[:3]
    assert fits.exponential(g, np.exp(g)) == pytest.approx((1.0, 1.0, 0.0), abs=1e-4)


def test_no_exponential_is_explained():
    with pytest.raises(InputValueError, match="growth"):
        fits.exponential(LARGE, 100 / LARGE)
