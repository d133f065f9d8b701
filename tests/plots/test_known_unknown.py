"""Histograms of known and unknown images."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from nccourse.errors import InputTypeError, InputValueError
from nccourse.plots import known_unknown

PAIR = ([0.9, 1.0, 0.8], [0.1, 0.3])


def test_each_histogram_sums_to_one_on_one_axis():
    figure = known_unknown(
        {"CE": PAIR, "BCE": ([0.5], [-0.5])}, theory={"CE": 1.0}, xlabel="cosine (no unit)"
    )
    assert isinstance(figure, Figure)
    for ax in figure.axes:
        heights = np.array([patch.get_height() for patch in ax.patches]).reshape(2, -1).sum(axis=1)
        assert heights == pytest.approx([1.0, 1.0])
        assert ax.get_xlabel() == "cosine (no unit)"
    first, second = (ax.patches[0].get_x() for ax in figure.axes)
    assert first == second
    assert [len(ax.lines) for ax in figure.axes] == [1, 0]


def test_a_spare_place_stays_empty():
    figure = known_unknown(dict.fromkeys("abc", PAIR), xlabel="x")
    assert [ax.get_visible() for ax in figure.axes] == [True, True, True, False]


@pytest.mark.parametrize(
    ("panels", "error", "words"),
    [
        ({}, InputValueError, "at least one panel"),
        ([PAIR], InputTypeError, "a dict"),
        ({"CE": ([], [0.1])}, InputValueError, "CE"),
        ({"CE": ([0.1], [float("nan")])}, InputValueError, "CE"),
    ],
)
def test_what_cannot_be_drawn_is_explained(panels, error, words):
    with pytest.raises(error, match=words):
        known_unknown(panels, xlabel="x")
