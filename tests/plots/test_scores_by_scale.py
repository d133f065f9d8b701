"""Scores over the scale: points with their spread, theory dashed."""

import pytest
from matplotlib.figure import Figure

from nccourse.errors import InputValueError
from nccourse.plots import scores_by_scale

PAIR = ([1.0, 2.0], [0.1, 0.2])
PANEL = {"scale": [1.0, 8.0], "positive": PAIR, "negative": PAIR, "bias": PAIR}


def test_each_training_has_a_panel_and_its_theory():
    theory = {"scale": [1.0, 4.0, 8.0], "positive": [1.0, 4.0, 8.0]}
    figure = scores_by_scale({"CE": PANEL, "BCE": PANEL, "both": PANEL}, {"CE": theory})
    assert isinstance(figure, Figure)
    visible = [ax for ax in figure.axes if ax.get_visible()]
    assert [ax.get_title() for ax in visible] == ["CE", "BCE", "both"]
    dashed = [[line for line in ax.lines if len(line.get_xdata()) == 3] for ax in visible]
    assert [len(lines) for lines in dashed] == [1, 0, 0]
    assert list(dashed[0][0].get_ydata()) == [1.0, 4.0, 8.0]


def test_no_panel_is_refused():
    with pytest.raises(InputValueError, match="at least one"):
        scores_by_scale({}, {})


def test_lengths_must_fit():
    with pytest.raises(InputValueError, match="positive"):
        scores_by_scale({"CE": {**PANEL, "positive": ([1.0], [0.1])}}, {})
