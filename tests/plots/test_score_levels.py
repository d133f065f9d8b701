"""Scores of a few settings side by side: a place each, theory dashed there."""

import pytest
from matplotlib.figure import Figure

from nccourse.errors import InputValueError
from nccourse.plots import score_levels

PAIR = ([1.0, 2.0], [0.1, 0.2])
PANEL = {"settings": ["0", "10"], "positive": PAIR, "negative": PAIR, "bias": PAIR}


def segments(ax):
    """Return the dashed levels, (x from, x to, y); error bars have segments too, upright ones."""
    found = [path.vertices for collection in ax.collections for path in collection.get_paths()]
    return [(a[0], b[0], a[1]) for a, b in found if a[1] == b[1]]


def test_theory_is_a_level_at_each_setting():
    theory = {"CE": {"positive": [5.0, 6.0]}, "BCE": {"bias": 3.0}}
    figure = score_levels({"CE": PANEL, "BCE": PANEL}, theory, xlabel="initial mean (no unit)")
    assert isinstance(figure, Figure)
    left, right = figure.axes
    assert segments(left) == [(-0.4, 0.4, 5.0), (0.6, 1.4, 6.0)]
    assert [level for *_, level in segments(right)] == [3.0, 3.0]
    assert [label.get_text() for label in left.get_xticklabels()] == ["0", "10"]
    assert left.get_xlabel() == "initial mean (no unit)"


def test_a_spare_place_stays_empty():
    figure = score_levels(dict.fromkeys("abc", PANEL), {}, xlabel="x")
    assert [ax.get_visible() for ax in figure.axes] == [True, True, True, False]


def test_no_panel_is_refused():
    with pytest.raises(InputValueError, match="at least one"):
        score_levels({}, {}, xlabel="x")


def test_lengths_must_fit():
    with pytest.raises(InputValueError, match="negative"):
        score_levels({"CE": {**PANEL, "negative": ([1.0], [0.1])}}, {}, xlabel="x")
